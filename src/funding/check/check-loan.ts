import type { EpochDay, Fen } from '../../accounting/money/units.js';

/** Ways in which a partner's loan is not ours, in the order in which a loan has them. */
export const BREAK_TYPES = [
  'duplicate',
  'missing_ours',
  'missing_theirs',
  'roll',
  'status',
  'class',
  'amount',
  'cross_day',
] as const;
export type BreakType = (typeof BREAK_TYPES)[number];

/** Statuses with which a loan of ours may be absent from a snapshot of theirs. */
export const MAY_BE_ABSENT: readonly string[] = ['settled', 'cancelled'];

/** Amounts by component; undefined: nothing is said of it. */
export type ByComponent = readonly (Fen | undefined)[];

/** A partner's share of a loan as our book has it at the end of the day. */
export interface OurLoan {
  readonly status: string | undefined;
  readonly class: string | undefined;
  readonly amounts: ByComponent;
  /** Our moves after their cut-off, which their figures have not yet. */
  readonly late: ByComponent;
  /** First day of a cross-day break of the loan that is open; null: there is none. */
  readonly crossSince: EpochDay | null;
}

/** The same as the partner's file has it. */
export interface TheirLoan {
  readonly status: string | undefined;
  readonly class: string | undefined;
  readonly amounts: ByComponent;
  /** Their figures of the day before, and their moves of the day; undefined: they say none. */
  readonly before: ByComponent | undefined;
  readonly flows: ByComponent;
}

export interface CheckTerms {
  readonly day: EpochDay;
  /** Difference of a component of a loan that is none, in minor units. */
  readonly tolerance: Fen;
  /** Days for which a difference may be explained by late moves. */
  readonly crossDays: number;
}

export interface LoanBreak {
  readonly type: BreakType;
  /** Index of a component and theirs - ours, of an amount; today - (before + flows), of a roll. */
  readonly component?: number;
  readonly difference?: Fen;
}

export interface CheckedLoan {
  readonly breaks: readonly LoanBreak[];
  /** Differences up to the tolerance, by component; undefined where there is none. */
  readonly tolerated: ByComponent;
}

const NOTHING: ByComponent = [];

/**
 * What is wrong with one loan of a snapshot (FUNDING, Mirror and check); none of ours and none of
 * theirs is no loan. `theirs` are all rows of the file for it.
 */
export function checkLoan(
  ours: OurLoan | null,
  theirs: readonly TheirLoan[],
  terms: CheckTerms,
): CheckedLoan {
  if (theirs.length > 1) return only({ type: 'duplicate' });
  const [their] = theirs;
  if (ours === null) return only({ type: 'missing_ours' });
  if (their === undefined) {
    const mayBe = ours.status !== undefined && MAY_BE_ABSENT.includes(ours.status);
    return mayBe ? { breaks: [], tolerated: NOTHING } : only({ type: 'missing_theirs' });
  }
  const breaks: LoanBreak[] = rollsOf(their);
  if (differs(ours.status, their.status)) breaks.push({ type: 'status' });
  if (differs(ours.class, their.class)) breaks.push({ type: 'class' });
  const differences = differencesOf(ours, their);
  if (isCrossDay(ours, differences, terms)) {
    return { breaks: [...breaks, { type: 'cross_day' }], tolerated: NOTHING };
  }
  const tolerated: (Fen | undefined)[] = [];
  for (const [component, difference] of differences.entries()) {
    if (difference === undefined || difference === 0) continue;
    if (Math.abs(difference) <= terms.tolerance) tolerated[component] = difference;
    else breaks.push({ type: 'amount', component, difference });
  }
  return { breaks, tolerated };
}

function only(found: LoanBreak): CheckedLoan {
  return { breaks: [found], tolerated: NOTHING };
}

/** What a file does not say is not compared. */
function differs(ours: string | undefined, theirs: string | undefined): boolean {
  return theirs !== undefined && ours !== theirs;
}

function rollsOf({ amounts, before, flows }: TheirLoan): LoanBreak[] {
  if (before === undefined) return [];
  return Array.from(before).flatMap((from, component) => {
    const today = amounts[component];
    if (from === undefined || today === undefined) return [];
    const difference = today - from - (flows[component] ?? 0);
    return difference === 0 ? [] : [{ type: 'roll' as const, component, difference }];
  });
}

function differencesOf(ours: OurLoan, { amounts }: TheirLoan): (Fen | undefined)[] {
  return Array.from(amounts, (theirs, component) =>
    theirs === undefined ? undefined : theirs - (ours.amounts[component] ?? 0),
  );
}

/** Whether our late moves explain what differs, to the fen, and have not done so for too long. */
function isCrossDay(
  { late, crossSince }: OurLoan,
  differences: ByComponent,
  { day, crossDays }: CheckTerms,
): boolean {
  if (differences.every((difference) => (difference ?? 0) === 0)) return false;
  const isExplained = differences.every(
    (difference, component) =>
      difference === undefined || difference + (late[component] ?? 0) === 0,
  );
  return isExplained && (crossSince === null || day - crossSince <= crossDays);
}
