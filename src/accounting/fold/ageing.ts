import { isSettled } from '../events/loan-event.js';
import { InvariantError } from '../money/refusal.js';
import { type EpochDay, type Fen, NO_DAY } from '../money/units.js';
import { BALANCE, type DayFlow, MOVEMENT } from '../posting/flow.js';
import { principalMetAhead } from './ahead.js';
import type { BookDay } from './fold-terms.js';
import { CLASS_NAMES, type Position, STATUS } from './position.js';

/** Days past due, M bucket, class, overdue principal, accruing or not, status. */
export function ageLoan(position: Position, book: BookDay, flow: DayFlow): void {
  const { date, policy } = book;
  const { status } = position;
  ageOf(position, book);
  let notDue = position.principal;
  // The claim of a loan that was written off lies outside the instalments.
  if (position.open.length > 0 && status !== STATUS.writtenOff) {
    notDue -= moveOverdue(position, date, flow);
  }
  if (position.special !== null) notDue += principalMetAhead(position);
  if (notDue !== position.principalNotDue) {
    throw new InvariantError('principal is not the sum of its parts', {
      principal: position.principal,
      principalNotDue: position.principalNotDue,
      principalOpen: position.principal - notDue,
    });
  }
  if (status === STATUS.writtenOff) return;
  if (status === STATUS.cancelled || status === STATUS.transferred) return;
  switchAccruing(position, policy.nonAccrualAfter, flow);
  position.status = statusOf(position);
}

/**
 * Sets what the open instalments and the day alone say of a loan: its oldest instalment, days past
 * due, M bucket and class.
 */
export function ageOf(position: Position, { date, policy }: BookDay): void {
  const { open, status } = position;
  let days = 0;
  position.oldestDueOn = NO_DAY;
  position.oldestFreeOn = NO_DAY;
  if (open.length > 0) {
    const oldest = open[0]!;
    position.oldestDueOn = oldest.dueOn;
    position.oldestFreeOn = oldest.lastFreeOn;
    if (date > oldest.lastFreeOn) days = date - oldest.dueOn;
  }
  position.daysPastDue = days;
  position.overdueBucket = days > 180 ? 7 : Math.ceil(days / 30);
  position.classification = status === STATUS.writtenOff ? LOSS : classOf(days, policy.classDays);
}

const LOSS = CLASS_NAMES.indexOf('loss');

function classOf(days: number, classDays: readonly number[]): number {
  let classification = 0;
  while (classification < classDays.length && days > classDays[classification]!) {
    classification += 1;
  }
  return classification;
}

/** Principal past its last penalty-free day moves to overdue; returns all principal that is due. */
function moveOverdue(position: Position, date: EpochDay, flow: DayFlow): Fen {
  let open = 0;
  for (const installment of position.open) {
    open += installment.principalOpen;
    if (installment.overdue || date <= installment.lastFreeOn) continue;
    installment.overdue = true;
    position.principalOverdue += installment.principalOpen;
    const moved = installment.principalOpen;
    flow.move(MOVEMENT.overdue, BALANCE.principalOverdue, position.accruing, moved, 0);
  }
  return open;
}

/**
 * Non-accrual begins when days past due exceed the limit; the way back is open when no interest,
 * penalty or compound is due and days past due are within it. What is accrued and not received
 * moves off the balance sheet, or back (CONVENTIONS, Non-accrual; practice C4, E7).
 */
function switchAccruing(position: Position, nonAccrualAfter: number, flow: DayFlow): void {
  const late = position.daysPastDue > nonAccrualAfter;
  const owesInterest = position.interestDue + position.penaltyDue + position.compoundDue > 0;
  const accruing = !late && (position.accruing || !owesInterest);
  if (accruing === position.accruing) return;
  const kind = accruing ? MOVEMENT.accrualBack : MOVEMENT.nonAccrual;
  flow.move(kind, BALANCE.interestAccrued, accruing, position.interestAccrued, 0);
  flow.move(kind, BALANCE.interestDue, accruing, position.interestDue, 0);
  flow.move(kind, BALANCE.penalty, accruing, position.penaltyDue, 0);
  flow.move(kind, BALANCE.compound, accruing, position.compoundDue, 0);
  position.accruing = accruing;
}

function statusOf(position: Position): Position['status'] {
  if (isSettled(position)) return STATUS.settled;
  return position.daysPastDue > 0 ? STATUS.overdue : STATUS.normal;
}
