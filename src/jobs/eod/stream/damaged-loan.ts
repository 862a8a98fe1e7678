import type pg from 'pg';
import { yearOf } from '../../../accounting/calendar/epoch-day.js';
import { InvariantError, Refusal } from '../../../accounting/money/refusal.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { damagedDate } from '../../day/damage/damaged-row.js';
import type { DayTerms } from '../../day/day-terms.js';
import { type DeepLoan, loadWholePast, scheduleOn } from '../../day/loan-past.js';
import type { PositionRow } from '../../day/position-row.js';
import { foldAsKnown } from '../../day/refold.js';
import type { Birth } from '../../day/task-input.js';

/** A loan that is held and whose last row can't be carried over, since it is damaged itself. */
export interface DamagedLoan {
  readonly loanId: number;
  /** The day that the row is of. */
  readonly through: EpochDay;
  readonly reason: string;
  /** The row, and what columns it has. */
  readonly tuple: Buffer;
  readonly columns: readonly string[];
  /** It had left the book, and has a row again. */
  readonly isReturning: boolean;
}

/**
 * The reason to hold a loan for: what is wrong with it alone. Anything else goes on upwards: an
 * event that no posting rule covers, a calendar without the year of the day, a lost session.
 */
export function holdReason(error: unknown, date: EpochDay): string {
  if (error instanceof InvariantError) return `${error.message} ${JSON.stringify(error.evidence)}`;
  if (error instanceof Refusal && !isOfTheBook(error, date)) {
    return `${error.code}: ${error.message} ${JSON.stringify(error.evidence)}`;
  }
  if (error instanceof RangeError || error instanceof TypeError) return error.message;
  throw error;
}

/** Every loan that is due meets the calendar of these years; of others a damaged date asks. */
function isOfTheBook({ code, evidence }: Refusal, date: EpochDay): boolean {
  const { year } = evidence;
  return (
    code === 'calendar_year_not_loaded' &&
    typeof year === 'number' &&
    Math.abs(year - yearOf(date)) <= 1
  );
}

/** All that is known of the loan; undefined when that is damaged too. */
export async function pastOf(
  client: pg.Client,
  { loanId, through }: DamagedLoan,
): Promise<DeepLoan | undefined> {
  try {
    return await loadWholePast(client, loanId, through);
  } catch (error) {
    holdReason(error, through);
    return undefined;
  }
}

/**
 * Makes `row` what the close of `through` booked of the loan, from its contract and its events
 * alone. Throws what folding a loan throws.
 */
export function remake(row: PositionRow, loan: DeepLoan, through: EpochDay, days: DayTerms): void {
  const run = foldAsKnown(loan, through, days);
  row.blank();
  Object.assign(row.position, run.position);
  row.position.scheduleVersion = scheduleOn(loan, through).version;
  const totals = row.openTotals();
  for (const [k, total] of run.totals.entries()) totals[k] = total;
}

/** Throws InvariantError: the day on which a loan enters the book is that of its first event. */
export function neverBorn({ bornOn, schedule }: Birth): never {
  schedule();
  throw damagedDate('loan', 'born_on', bornOn);
}
