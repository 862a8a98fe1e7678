import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { IDS_PER_BUCKET } from '../../accounting/fold/loan-bucket.js';
import { InvariantError } from '../../accounting/money/refusal.js';
import { BUCKET_COUNT, type EpochDay, NO_DAY } from '../../accounting/money/units.js';
import type { TupleWriter } from '../../db/copy/tuple-writer.js';
import { LoanbookError } from '../../errors.js';
import { CARRIED_COLUMNS, POSITION_COLUMNS } from './position-row.js';

/** What a value says that no program of this book wrote; its loan is held. */
export function damagedColumn(table: string, column: string, value: string): InvariantError {
  return new InvariantError(`a row of ${table} is damaged`, { column, value });
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

/** The int8 field whose length word stands at `at`, safe or not: none that is unsafe becomes safe. */
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

/** The end of the tuple of `CARRIED_COLUMNS` at `at`, which are never NULL. */
export function carriedTuple(view: DataView, at: number, bytes: Buffer): Buffer {
  let end = at;
  for (const _column of CARRIED_COLUMNS) end += 4 + view.getInt32(end);
  return Buffer.from(bytes.subarray(at, end));
}

/**
 * Writes a tuple of `columns` as a row of `date`, byte for byte: of a row that cannot be read
 * nothing is lost. Its age is not known where it is of `CARRIED_COLUMNS`.
 */
export function carryTuple(
  writer: TupleWriter,
  columns: readonly string[],
  tuple: Buffer,
  date: EpochDay,
  bucket: number,
): void {
  const fields = new Map<string, Buffer>();
  let at = 0;
  for (const column of columns) {
    const end = at + 4 + tuple.readInt32BE(at);
    fields.set(column, tuple.subarray(at, end));
    at = end;
  }
  fields.delete('business_date');
  writer.tuple(POSITION_COLUMNS.length);
  for (const column of POSITION_COLUMNS) {
    const field = fields.get(column);
    if (field !== undefined) writer.raw(field);
    else if (column === 'business_date') writer.date(date);
    else if (column.endsWith('_on')) writer.date(NO_DAY);
    else if (column === 'days_past_due') writer.int4(0);
    else writer.int2(column === 'bucket' ? bucket : 0);
  }
}
