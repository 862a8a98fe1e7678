import { CLASS_NAMES, type OpenInstallment, STATUS_NAMES } from '../../accounting/fold/position.js';
import { type EpochDay, NO_DAY } from '../../accounting/money/units.js';
import { countsOn, decidedOn, FPD_DAYS } from '../../operations/figures/first-payment.js';
import type { InstalmentOfDay, LoanStanding } from '../../operations/figures/loan-at-close.js';
import type { LoanOfDay, PaidLine, Standing } from '../day/at-close/loans-at-close.js';
import type { FreeDays } from './free-days.js';

/** What a loan is to one day: its row, that of the day before, and what was paid on it. */
export interface LoanToday {
  readonly loan: LoanOfDay;
  readonly before: Standing | undefined;
  readonly paid: readonly PaidLine[];
}

const NO_LINES: readonly PaidLine[] = [];
const NO_INSTALMENTS: readonly InstalmentOfDay[] = [];

export function loanToday(
  loan: LoanOfDay,
  before: Standing | undefined,
  paid: readonly PaidLine[] = NO_LINES,
): LoanToday {
  return { loan, before, paid };
}

export function standingOf({ loan, before }: LoanToday): LoanStanding {
  return {
    status: STATUS_NAMES[loan.status] ?? 'cancelled',
    classification: CLASS_NAMES[loan.classification] ?? 'loss',
    principal: loan.principal,
    daysPastDue: loan.daysPastDue,
    statusBefore: before === undefined ? 'new' : (STATUS_NAMES[before.status] ?? 'cancelled'),
    principalBefore: before?.principal ?? 0,
    daysPastDueBefore: before?.daysPastDue ?? 0,
  };
}

/**
 * The instalments that figures of the day ask for, by principal and interest as they fell due:
 * those that fall due on it or have their last penalty-free day on it, and those that were open
 * behind that day last night. An open one knows that day itself; one that asks nothing is none.
 */
export function instalmentsToday(
  { loan, before, paid }: LoanToday,
  day: EpochDay,
  free: FreeDays,
): readonly InstalmentOfDay[] {
  if (loan.open.length === 0 && loan.billed.length === 0 && !isBehind(before)) {
    return NO_INSTALMENTS;
  }
  const found: InstalmentOfDay[] = [];
  const add = (
    { seq, dueOn }: { readonly seq: number; readonly dueOn: EpochDay },
    freeUntil: EpochDay,
    amounts: { readonly due: bigint; readonly open: bigint; readonly openBefore: bigint },
  ) => {
    const lines = paid.find((line) => line.seq === seq);
    found.push({ dueOn, freeUntil, paid: BigInt(lines?.scheduled ?? 0), ...amounts });
  };
  for (const item of loan.open) {
    const { dueOn, lastFreeOn } = item;
    if (!isScheduled(item) || (dueOn !== day && lastFreeOn !== day)) continue;
    add(item, lastFreeOn, { due: dueAmount(item), open: openAmount(item), openBefore: 0n });
  }
  for (const row of loan.billed) {
    const { dueOn } = row;
    if (dueOn > day || loan.open.some((item) => item.seq === row.seq && isScheduled(item)))
      continue;
    const freeUntil = free.of(loan.groupId, dueOn);
    if (freeUntil === null || (dueOn !== day && freeUntil !== day)) continue;
    const due = BigInt(row.principal) + BigInt(row.interest);
    if (due > 0n) add(row, freeUntil, { due, open: 0n, openBefore: 0n });
  }
  for (const item of before?.open ?? []) {
    if (!isScheduled(item) || item.lastFreeOn >= day) continue;
    const now = loan.open.find(({ seq, dueOn }) => seq === item.seq && dueOn === item.dueOn);
    add(item, item.lastFreeOn, {
      due: dueAmount(item),
      open: now === undefined ? 0n : openAmount(now),
      openBefore: openAmount(item),
    });
  }
  return found;
}

/** A charge may stand alone, and what was written off has a claim of its own. */
function isScheduled(item: OpenInstallment): boolean {
  return item.seq !== 0 && item.principalDue + item.interestDue > 0;
}

function dueAmount({ principalDue, interestDue }: OpenInstallment): bigint {
  return BigInt(principalDue) + BigInt(interestDue);
}

function isBehind(before: Standing | undefined): boolean {
  return before !== undefined && before.open.length > 0;
}

function openAmount({ principalOpen, interestOpen }: OpenInstallment): bigint {
  return BigInt(principalOpen) + BigInt(interestOpen);
}

/** Whether the first instalment of a loan is open at the close. */
export function isFirstOpen({ open }: LoanOfDay): boolean {
  return open.some((item) => item.seq === 1 && openAmount(item) > 0n);
}

/**
 * When the first instalment is decided, by its place in `FPD_DAYS`; null where that does not count
 * on the day, or was before the book.
 */
export function firstDecided(
  { groupId, firstDueOn }: LoanOfDay,
  { day, firstDay }: { readonly day: EpochDay; readonly firstDay: EpochDay },
  free: FreeDays,
): readonly (EpochDay | null)[] {
  if (firstDueOn === NO_DAY || firstDueOn >= day) return NONE_DECIDED;
  if (firstDueOn < day - FPD_SPAN) return NONE_DECIDED;
  const freeUntil = free.of(groupId, firstDueOn);
  if (freeUntil === null) return NONE_DECIDED;
  return FPD_DAYS.map((days) => {
    const on = decidedOn({ dueOn: firstDueOn, freeUntil }, days);
    return countsOn(day, on) && on >= firstDay ? on : null;
  });
}

/** Longer than any first instalment takes to be decided and counts then. */
const FPD_SPAN = 500;
const NONE_DECIDED: readonly null[] = FPD_DAYS.map(() => null);
