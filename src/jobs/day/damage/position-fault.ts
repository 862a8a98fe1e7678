import { principalMetAhead } from '../../../accounting/fold/ahead.js';
import { ENGINE_VERSION } from '../../../accounting/fold/close-day.js';
import { type Position, STATUS } from '../../../accounting/fold/position.js';
import { InvariantError } from '../../../accounting/money/refusal.js';
import { type EpochDay, NO_DAY } from '../../../accounting/money/units.js';
import { isDay, isInt2, isInt4 } from '../../../db/copy/copy-tuple.js';
import { damagedColumn, damagedDate } from './damaged-row.js';

const STATUS_MAX = STATUS.transferred;

/**
 * Holds a position against what its columns can hold, safe integers among them: what is written
 * here has to be read tomorrow. Throws InvariantError. Every close asks it for every loan, so it is
 * one expression of values at hand; `columnsOf` then says which of them it was.
 */
export function requireWritable(p: Position): void {
  const fits =
    Number.isSafeInteger(p.loanId) &&
    Number.isSafeInteger(p.ratePpb) &&
    Number.isSafeInteger(p.periodUnits) &&
    Number.isSafeInteger(p.nextPrincipal) &&
    Number.isSafeInteger(p.nextInterest) &&
    Number.isSafeInteger(p.principal) &&
    Number.isSafeInteger(p.principalNotDue) &&
    Number.isSafeInteger(p.principalOverdue) &&
    Number.isSafeInteger(p.interestAccrued) &&
    Number.isSafeInteger(p.interestDue) &&
    Number.isSafeInteger(p.penaltyDue) &&
    Number.isSafeInteger(p.compoundDue) &&
    Number.isSafeInteger(p.feeDue) &&
    Number.isSafeInteger(p.suspense) &&
    Number.isSafeInteger(p.refundDue) &&
    Number.isSafeInteger(p.interestAccruedTotal) &&
    isDay(p.foldedOn) &&
    isDay(p.periodStartOn) &&
    isDay(p.nextDueOn) &&
    isDay(p.businessDate) &&
    isDay(p.oldestDueOn) &&
    isDay(p.oldestFreeOn) &&
    isInt4(p.groupId) &&
    isInt4(p.daysPastDue) &&
    isInt2(p.bucket) &&
    isInt2(p.engineVersion) &&
    isInt2(p.scheduleVersion) &&
    isInt2(p.status) &&
    isInt2(p.nextSeq) &&
    isInt2(p.classification) &&
    isInt2(p.overdueBucket);
  if (!fits) throw unwritable(p);
  if (p.suspense > 0 && p.refundDue > 0) throw heldAndOwed(p);
}

function unwritable(p: Position): InvariantError {
  for (const [column, value] of Object.entries(p)) {
    if (typeof value !== 'number') continue;
    const fits = column.endsWith('On') || column === 'businessDate' ? isDay : Number.isSafeInteger;
    if (fits(value)) continue;
    return new InvariantError('a value of the loan fits no column', { [column]: String(value) });
  }
  return new InvariantError('a value of the loan fits no column', { loanId: p.loanId });
}

function heldAndOwed({ suspense, refundDue }: Position): InvariantError {
  return new InvariantError('money is held while a refund is owed', { suspense, refundDue });
}

/**
 * Holds a position that was read of day `date` against what a close can have written. Throws
 * InvariantError with the column and its value. Every close asks it for every loan too.
 */
export function requireInRange(p: Position, date: EpochDay): void {
  const inRange =
    p.foldedOn <= date &&
    p.nextDueOn <= NO_DAY &&
    p.periodStartOn <= NO_DAY &&
    p.status >= 0 &&
    p.status <= STATUS_MAX &&
    p.nextSeq >= 0 &&
    p.scheduleVersion > 0 &&
    p.engineVersion > 0 &&
    p.engineVersion <= ENGINE_VERSION &&
    p.ratePpb >= 0 &&
    p.periodUnits >= 0 &&
    p.nextPrincipal >= 0 &&
    p.nextInterest >= 0 &&
    p.principal >= 0 &&
    p.principalNotDue >= 0 &&
    p.principalOverdue >= 0 &&
    p.interestDue >= 0 &&
    p.penaltyDue >= 0 &&
    p.compoundDue >= 0 &&
    p.feeDue >= 0;
  if (!inRange) throw outOfRange(p, date)!;
}

/** Which of them it is; slow, and asked only when one is. */
function outOfRange(p: Position, date: EpochDay): InvariantError | undefined {
  const columns: readonly (readonly [string, number, boolean])[] = [
    ['folded_on', p.foldedOn, isDay(p.foldedOn) && p.foldedOn <= date],
    ['next_due_on', p.nextDueOn, isDay(p.nextDueOn)],
    ['period_start_on', p.periodStartOn, isDay(p.periodStartOn)],
    ['status', p.status, p.status >= 0 && p.status <= STATUS_MAX],
    ['next_seq', p.nextSeq, p.nextSeq >= 0],
    ['schedule_version', p.scheduleVersion, p.scheduleVersion > 0],
    ['engine_version', p.engineVersion, p.engineVersion > 0 && p.engineVersion <= ENGINE_VERSION],
    ['rate_ppb', p.ratePpb, p.ratePpb >= 0],
    ['period_units', p.periodUnits, p.periodUnits >= 0],
    ['next_principal', p.nextPrincipal, p.nextPrincipal >= 0],
    ['next_interest', p.nextInterest, p.nextInterest >= 0],
    ['principal', p.principal, p.principal >= 0],
    ['principal_not_due', p.principalNotDue, p.principalNotDue >= 0],
    ['principal_overdue', p.principalOverdue, p.principalOverdue >= 0],
    ['interest_due', p.interestDue, p.interestDue >= 0],
    ['penalty_due', p.penaltyDue, p.penaltyDue >= 0],
    ['compound_due', p.compoundDue, p.compoundDue >= 0],
    ['fee_due', p.feeDue, p.feeDue >= 0],
  ];
  const found = columns.find(([, , holds]) => !holds);
  if (found === undefined) return undefined;
  const [column, value] = found;
  if (column.endsWith('_on')) return damagedDate('position', column, value);
  return damagedColumn('position', column, String(value));
}

/**
 * The same of a position whose loan is to be held, and whether its columns contradict its
 * instalments: a close never writes such a row, so it was changed since.
 */
export function requireSound(p: Position, date: EpochDay): void {
  const fault = outOfRange(p, date) ?? contradiction(p);
  if (fault !== undefined) throw fault;
}

/** The claim of a loan that was written off lies outside its instalments. */
function contradiction(p: Position): InvariantError | undefined {
  if (p.status === STATUS.writtenOff) return undefined;
  const sums = { principal: 0, overdue: 0, interest: 0, penalty: 0, compound: 0, fee: 0 };
  for (const item of p.open) {
    sums.principal += item.principalOpen;
    if (item.overdue) sums.overdue += item.principalOpen;
    sums.interest += item.interestOpen;
    sums.penalty += item.penalty.open;
    sums.compound += item.compound.open;
    sums.fee += item.feeOpen;
  }
  const ahead = p.special === null ? 0 : principalMetAhead(p);
  const columns: readonly (readonly [string, number, number])[] = [
    ['principal', p.principal, p.principalNotDue - ahead + sums.principal],
    ['principal_overdue', p.principalOverdue, sums.overdue],
    ['interest_due', p.interestDue, sums.interest],
    ['penalty_due', p.penaltyDue, sums.penalty],
    ['compound_due', p.compoundDue, sums.compound],
    ['fee_due', p.feeDue, sums.fee],
  ];
  const found = columns.find(([, value, parts]) => value !== parts);
  if (found === undefined) return undefined;
  const [column, value, parts] = found;
  return new InvariantError('a row of position is damaged', { column, value, parts });
}
