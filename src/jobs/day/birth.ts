import { EVENT_TYPE } from '../../accounting/events/loan-event.js';
import { beginLoan } from '../../accounting/fold/begin-loan.js';
import { installmentAt, startPeriod } from '../../accounting/fold/billing.js';
import { foldRange } from '../../accounting/fold/fold-range.js';
import type { LoanFile } from '../../accounting/fold/loan-terms-at-hand.js';
import type { Position } from '../../accounting/fold/position.js';
import { InvariantError } from '../../accounting/money/refusal.js';
import type { EpochDay } from '../../accounting/money/units.js';
import {
  BALANCE,
  type DayFlow,
  INTEREST,
  MOVEMENT,
  PRINCIPAL,
} from '../../accounting/posting/flow.js';
import type { Schedule } from '../../accounting/schedule/schedule-rows.js';
import { damagedDate } from './damage/damaged-row.js';
import type { DayTerms } from './day-terms.js';
import type { PositionRow } from './position-row.js';
import type { Birth } from './task-input.js';

/**
 * Makes `row` the loan as it stood on the evening before `bornOn`, and leaves in `flow` what enters
 * the book with it. A disbursed loan enters with its principal. An opened one (migrated) is folded
 * from its disbursement, or from the last instalment paid before the book began, and enters with
 * every balance that gives.
 */
export function bear(
  row: PositionRow,
  birth: Birth,
  bornOn: EpochDay,
  days: DayTerms,
  flow: DayFlow,
): LoanFile {
  row.blank();
  const { position } = row;
  const schedule = birth.schedule();
  if (bornOn < birth.contract.disbursedOn) {
    throw damagedDate('loan', 'disbursed_on', birth.contract.disbursedOn);
  }
  position.loanId = birth.loanId;
  position.bucket = birth.bucket;
  position.groupId = birth.groupId;
  const totals = row.openTotals();
  const file = { contract: birth.contract, schedule, changed: false, totals: () => totals };
  beginLoan(position, days.fold(birth.groupId, birth.contract.disbursedOn).terms, file);
  const from =
    birth.paidPeriods === 0 ? birth.contract.disbursedOn : startPaid(row, birth, schedule);
  const foldDays = { book: days.book, terms: (date: EpochDay) => days.fold(birth.groupId, date) };
  const span = { from, to: bornOn - 1 };
  foldRange({ position, file, totals }, span, [], foldDays, flow, () => undefined);
  position.businessDate = bornOn - 1;
  position.foldedOn = bornOn - 1;
  flow.reset();
  flow.accruing = position.accruing;
  enter(position, birth, flow);
  return file;
}

/** Puts the loan behind its last instalment paid before the book; returns the first day to fold. */
function startPaid(row: PositionRow, birth: Birth, schedule: Schedule): EpochDay {
  const { position, totals } = row;
  const paid = birth.paidPeriods;
  let principal = 0;
  let interest = 0;
  for (let i = 0; i < paid; i += 1) {
    principal += schedule.principal[i]!;
    interest += schedule.interest[i]!;
  }
  position.principal = birth.contract.principal - principal;
  position.principalNotDue = position.principal;
  if (schedule.balanceAfter[paid - 1] !== position.principal) {
    throw new InvariantError('the schedule does not sum to the loan', { paidPeriods: paid });
  }
  position.interestAccruedTotal = interest;
  for (const [component, amount] of [
    [PRINCIPAL, principal],
    [INTEREST, interest],
  ] as const) {
    totals[4 * component] = amount;
    totals[4 * component + 1] = amount;
  }
  const start = schedule.dueOn[paid - 1]!;
  startPeriod(position, start, installmentAt(schedule, paid));
  return start;
}

function enter(position: Position, birth: Birth, flow: DayFlow): void {
  const { accruing } = position;
  const id = birth.eventId;
  if (birth.type === EVENT_TYPE.disbursement) {
    flow.move(MOVEMENT.disbursement, BALANCE.principalNormal, true, position.principal, id);
  } else {
    const normal = position.principal - position.principalOverdue;
    const amounts = [
      [BALANCE.principalNormal, normal],
      [BALANCE.principalOverdue, position.principalOverdue],
      [BALANCE.interestAccrued, position.interestAccrued],
      [BALANCE.interestDue, position.interestDue],
      [BALANCE.penalty, position.penaltyDue],
      [BALANCE.compound, position.compoundDue],
    ] as const;
    for (const [balance, amount] of amounts) {
      flow.move(MOVEMENT.opening, balance, accruing, amount, id);
    }
  }
  flow.settle(id, '', 0, 0);
}
