import { type EpochDay, NO_DAY } from '../../../accounting/money/units.js';
import type { TupleWriter } from '../../../db/copy/tuple-writer.js';
import { CARRIED_COLUMNS, POSITION_COLUMNS } from '../position-row.js';

/** The tuple of `CARRIED_COLUMNS` at `at`, none of which is NULL. */
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
