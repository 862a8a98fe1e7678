import { lastFreeDay } from '../calendar/calendar.js';
import { blankInstallment } from '../events/charge.js';
import { zeroBalances } from '../events/close-out.js';
import { isSettled } from '../events/loan-event.js';
import { ageOf } from '../fold/ageing.js';
import { openAhead, specialOf } from '../fold/ahead.js';
import { beginLoan } from '../fold/begin-loan.js';
import { installmentAt, startPeriod } from '../fold/billing.js';
import type { LoanRun } from '../fold/fold-range.js';
import type { BookDay, FoldTerms } from '../fold/fold-terms.js';
import { type OpenInstallment, type Position, STATUS } from '../fold/position.js';
import { exactRound } from '../money/exact-round.js';
import { InvariantError } from '../money/refusal.js';
import { type Fen, NO_DAY } from '../money/units.js';
import { COMPOUND, FEE, INTEREST, PENALTY, PRINCIPAL } from '../posting/flow.js';
import { nightWeights } from '../schedule/period-interest.js';
import type { Schedule } from '../schedule/schedule-rows.js';
import { openingFault } from './opening-fault.js';
import type { OpeningInstallment, OpeningPosition } from './opening-position.js';
import { balanceBefore, type OpeningRows, openingRows } from './opening-rows.js';

/**
 * Makes a blank run the loan as it stands at the close of the cut-over day `book.date`, without a
 * day of it being computed (CONVENTIONS, Opening). The nights of the running period count from its
 * start, so that the coming ones level what is accrued by then; exact sums of penalty and compound
 * interest go on from the amounts given. Its totals hold what the contract asked of the instalments
 * that became due; the file gets the schedule it goes on by. Throws InvariantError for a position
 * that `openingFault` refuses, Refusal `calendar_year_not_loaded`.
 */
export function openLoan(
  run: LoanRun,
  opening: OpeningPosition,
  fold: FoldTerms,
  book: BookDay,
): void {
  const { position, file } = run;
  const { contract, schedule: agreed } = file;
  const fault = openingFault(opening, contract, agreed);
  if (fault !== undefined) {
    const { key, rule, value } = fault;
    throw new InvariantError('the opening position cannot be', { key, rule, value });
  }
  beginLoan(position, fold.terms, file);
  const flatBase = shrinkFlatBase(position, opening, agreed, contract.principal);
  const rows = openingRows(opening, file, fold, flatBase);
  file.schedule = rows.schedule;
  startPeriod(position, rows.startOn, installmentAt(rows.schedule, rows.due));
  if (position.nextSeq !== 0) {
    const weights = nightWeights(fold.terms.interest.basis, rows.startOn, book.date + 1);
    position.periodUnits = position.ratePpb * weights;
  }
  if (rows.laid !== null) {
    const special = specialOf(position);
    special.payment = rows.laid.payment ?? 0;
    special.principalPart = rows.laid.principalPart;
  }
  waitForFees(position, opening, rows.due);
  position.principalNotDue = opening.principalNotDue;
  position.principal = opening.principalNotDue;
  position.interestAccrued = opening.interestAccrued;
  position.suspense = opening.suspense;
  position.accruing = opening.accruing;
  for (const item of opening.open) {
    putOpen(position, openInstallment(item, rows.schedule, fold, book));
  }
  if (fold.recalculates && position.nextSeq !== 0) {
    const nights = book.date + 1 - position.periodStartOn;
    specialOf(position).owedNights = position.principal * nights;
  }
  putTotals(run, rows, contract.principal);
  if (opening.writtenOff) writeOff(position, opening);
  ageOf(position, book);
  if (position.status !== STATUS.writtenOff) {
    const live = position.daysPastDue > 0 ? STATUS.overdue : STATUS.normal;
    position.status = isSettled(position) ? STATUS.settled : live;
  }
  position.businessDate = book.date;
  position.foldedOn = book.date;
}

/** Of a flat loan: the base has shrunk with the principal. Returns it; 0 of every other method. */
function shrinkFlatBase(
  position: Position,
  opening: OpeningPosition,
  agreed: Schedule,
  principal: Fen,
): number {
  const { special } = position;
  if (special === null || special.flatBase === 0) return 0;
  const due = agreed.dueOn.filter((day) => day <= opening.cutOverOn).length;
  const scheduled = balanceBefore(agreed, due, principal);
  if (scheduled > 0) {
    const factors = [special.flatBase, opening.principalNotDue];
    special.flatBase = exactRound(factors, [scheduled], 'half_even');
  }
  return special.flatBase;
}

/** Agreed fees of instalments not yet due wait for them; those before are none of the position. */
function waitForFees(
  position: Position,
  { coming, writtenOff }: OpeningPosition,
  due: number,
): void {
  const { special } = position;
  if (special !== null) {
    special.ahead = coming === null ? special.ahead.filter(({ seq }) => seq > due) : [];
    if (writtenOff) special.ahead = [];
  }
  if (writtenOff) return;
  for (const { seq, fee } of coming ?? []) if (fee > 0) openAhead(position, seq).feeDue = fee;
}

function openInstallment(
  item: OpeningInstallment,
  { principal, interest }: Schedule,
  { terms }: FoldTerms,
  { date, calendar }: BookDay,
): OpenInstallment {
  const { graceDays, postpone } = terms.penalty;
  const lastFreeOn = item.freeUntil ?? lastFreeDay(item.dueOn, graceDays, postpone, calendar);
  const { penalty, compound } = item;
  return {
    ...blankInstallment(item.seq, item.dueOn, lastFreeOn),
    missed: date >= lastFreeOn,
    overdue: date > lastFreeOn,
    principalDue: principal[item.seq - 1]!,
    principalOpen: item.principal,
    interestDue: interest[item.seq - 1]!,
    interestOpen: item.interest,
    feeDue: item.fee,
    feeOpen: item.fee,
    penalty: { due: penalty, open: penalty, whole: penalty, rest: 0 },
    compound: { due: compound, open: compound, whole: compound, rest: 0 },
  };
}

function putOpen(position: Position, item: OpenInstallment): void {
  position.open.push(item);
  position.principal += item.principalOpen;
  if (item.overdue) position.principalOverdue += item.principalOpen;
  position.interestDue += item.interestOpen;
  position.penaltyDue += item.penalty.open;
  position.compoundDue += item.compound.open;
  position.feeDue += item.feeOpen;
}

/** What was due and paid before the book: principal by its balance, interest by the contract. */
function putTotals({ position, totals }: LoanRun, rows: OpeningRows, principal: Fen): void {
  let interest = 0;
  for (let k = 0; k < rows.due; k += 1) interest += rows.schedule.interest[k]!;
  const billed = principal - position.principalNotDue;
  const open = position.principal - position.principalNotDue;
  for (const [component, due, left] of [
    [PRINCIPAL, billed, open],
    [INTEREST, interest, position.interestDue],
    [PENALTY, position.penaltyDue, position.penaltyDue],
    [COMPOUND, position.compoundDue, position.compoundDue],
    [FEE, position.feeDue, position.feeDue],
  ] as const) {
    totals[4 * component] = due;
    totals[4 * component + 1] = due - left;
  }
  position.interestAccruedTotal = interest + position.interestAccrued;
}

/** Nothing of a loan that was written off is a balance; what is not yet due is a claim. */
function writeOff(position: Position, { principalNotDue, interestAccrued }: OpeningPosition): void {
  if (principalNotDue + interestAccrued > 0) {
    const claim = blankInstallment(0, NO_DAY, NO_DAY);
    claim.principalDue = principalNotDue;
    claim.principalOpen = principalNotDue;
    claim.interestDue = interestAccrued;
    claim.interestOpen = interestAccrued;
    position.open.push(claim);
  }
  startPeriod(position, position.periodStartOn, null);
  position.principalNotDue = 0;
  zeroBalances(position);
  position.status = STATUS.writtenOff;
  position.accruing = false;
}
