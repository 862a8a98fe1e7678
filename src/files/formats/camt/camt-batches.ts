import type { CsvBatch } from '../../csv-reader.js';
import type { TextOptions } from '../read-options.js';
import { StatementRecords } from '../statement-record.js';
import { XmlReader, xmlPieces } from '../xml-reader.js';
import { CamtReader } from './camt-reader.js';

/**
 * The entries of camt.053 and camt.054 (versions 001.02 and later), under STATEMENT_TITLES, which
 * MT940 gives too. Amounts and references stay text. The direction of an entry is its CdtDbtInd, of
 * a reversal too; an entry of several transactions is given as these where they sum to it. Where a
 * statement has its opening and closing balance, the booked entries must lead from one to the
 * other. Throws LoanbookError `not_camt`, `camt_malformed`, `statement_balance_differs`, and those
 * of XmlReader and `decodedText`.
 */
export async function* camtBatches(
  path: string,
  options: TextOptions = {},
): AsyncGenerator<CsvBatch> {
  const meter = options.meter ?? { bytes: 0 };
  const records = new StatementRecords();
  const reader = new CamtReader(path, records, () => xml.line);
  const xml: XmlReader = new XmlReader({ file: path }, reader);
  yield* xmlPieces(path, { ...options, meter }, xml, () => records.take(meter.bytes));
  reader.end();
}
