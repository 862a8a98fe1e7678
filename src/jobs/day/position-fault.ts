import { principalMetAhead } from '../../accounting/fold/ahead.js';
import { ENGINE_VERSION } from '../../accounting/fold/close-day.js';
import { type Position, STATUS } from '../../accounting/fold/position.js';
import type { InvariantError } from '../../accounting/money/refusal.js';
import { type EpochDay, NO_DAY } from '../../accounting/money/units.js';
import { isDay } from '../../db/copy/copy-tuple.js';
import { damagedColumn } from './damaged-row.js';

const STATUS_MAX = STATUS.transferred;

/**
 * Holds a position that was read of day `date` against what a close can have written. Throws
 * InvariantError with the column and its value. Comparisons of what is at hand and no more: every
 * close does this for every loan.
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
  if (!inRange) throw outOfRange(p, date);
}

/** Which of them it is; slow, and asked only when one is. */
function outOfRange(p: Position, date: EpochDay): InvariantError {
  const columns: readonly (readonly [string, number, boolean])[] = [
    ['folded_on', p.foldedOn, p.foldedOn <= date],
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
  const [column, value] = columns.find(([, , holds]) => !holds)!;
  return damagedColumn('position', column, String(value));
}

/**
 * What of a position contradicts the rest of it, by column; undefined: it is whole. A close never
 * writes such a row, so it was changed since. The claim of a loan that was written off lies outside
 * its instalments.
 */
export function contradiction(p: Position): string | undefined {
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
  if (p.principal - sums.principal + ahead !== p.principalNotDue) return 'principal';
  if (p.principalOverdue !== sums.overdue) return 'principal_overdue';
  if (p.interestDue !== sums.interest) return 'interest_due';
  if (p.penaltyDue !== sums.penalty) return 'penalty_due';
  if (p.compoundDue !== sums.compound) return 'compound_due';
  return p.feeDue === sums.fee ? undefined : 'fee_due';
}
