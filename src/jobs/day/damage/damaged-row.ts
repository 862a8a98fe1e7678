import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import { IDS_PER_BUCKET } from '../../../accounting/fold/loan-bucket.js';
import { InvariantError } from '../../../accounting/money/refusal.js';
import { BUCKET_COUNT, type EpochDay, NO_DAY } from '../../../accounting/money/units.js';
import { isDay } from '../../../db/copy/copy-tuple.js';
import { LoanbookError } from '../../../errors.js';

/** What a value says that no program of this book wrote; its loan is held. */
export function damagedColumn(table: string, column: string, value: string): InvariantError {
  return new InvariantError(`a row of ${table} is damaged`, { column, value });
}

export function damagedDate(table: string, column: string, day: EpochDay): InvariantError {
  const outside = day > NO_DAY ? 'after 9999-12-31' : 'before 0001-01-01';
  return damagedColumn(table, column, isDay(day) ? formatDay(day) : outside);
}

/**
 * Names the first of a tuple's leading int8 columns that holds no safe integer; undefined: none
 * does. `columns` are those of the whole tuple, whose first ones are int8.
 */
export function unsafeColumn(
  table: string,
  columns: readonly string[],
  view: DataView,
  at: number,
): InvariantError | undefined {
  for (let k = 0; view.getInt32(at + 12 * k) === 8; k += 1) {
    const value = view.getBigInt64(at + 12 * k + 4);
    if (Number.isSafeInteger(Number(value))) continue;
    return damagedColumn(table, columns[k]!, String(value));
  }
  return undefined;
}

/** The int8 field whose length word stands at `at`; what is no safe integer does not become one. */
export function int8At(view: DataView, at: number): number {
  return view.getInt32(at + 4) * IDS_PER_BUCKET + view.getUint32(at + 8);
}

const ID_END = BUCKET_COUNT * IDS_PER_BUCKET;

/** Whether a number can be a loan's, and comes behind another in the order of every stream. */
export function isNextLoan(loanId: number, before: number): boolean {
  return loanId > before && loanId < ID_END;
}

/** A loan's number was changed where it stands in a key: nothing tells whose row it is. */
export function damagedKey(
  table: string,
  date: EpochDay,
  loanId: number | bigint,
  before: number,
): LoanbookError {
  return new LoanbookError('key_damaged', `A row of ${table} names a loan out of its order.`, {
    evidence: {
      table,
      businessDate: formatDay(date),
      loanId: String(loanId),
      after: before < 0 ? undefined : before,
    },
    next: '`loanbook check` of the day before names its rows; restore the row, then close again.',
  });
}
