import type { CsvBatch } from '../../csv-reader.js';
import type { TextOptions } from '../read-options.js';
import { refusedFile } from '../refused-file.js';
import { StatementRecords } from '../statement-record.js';
import { mt940Fields } from './mt940-fields.js';
import { Mt940Reader } from './mt940-reader.js';

/**
 * The entries of a file of MT940 statements, one or more, under STATEMENT_TITLES. Amounts stay
 * text; RC (a credit taken back) is money out, RD money in; the year of an entry date is the one
 * nearest to the value date; references keep their zeros, NONREF is none. The opening balance and
 * the entries must give the closing one, and pages of a statement must follow one another. Throws
 * LoanbookError `mt940_malformed`, `statement_balance_differs`, `statement_page_missing`,
 * `file_truncated`, `file_empty`, and those of `decodedLines`.
 *
 * No library: of two that are public one gives entries of January to the old year, the other hides
 * reversals, and both take amounts as floats.
 */
export async function* mt940Batches(
  path: string,
  options: TextOptions = {},
): AsyncGenerator<CsvBatch> {
  const meter = options.meter ?? { bytes: 0 };
  const records = new StatementRecords();
  const reader = new Mt940Reader(path, records);
  for await (const pieces of mt940Fields(path, { ...options, meter })) {
    for (const piece of pieces) reader.take(piece);
    const batch = records.take(meter.bytes);
    if (batch !== undefined) yield batch;
  }
  if (!reader.hasBegun) {
    throw refusedFile('file_empty', 'The file holds no statement.', { file: path });
  }
  reader.end();
  const batch = records.take(meter.bytes);
  if (batch !== undefined) yield batch;
}
