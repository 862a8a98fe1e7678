import type { CsvBatch } from '../csv-reader.js';
import { camtBatches } from '../formats/camt/camt-batches.js';
import { mt940Batches } from '../formats/mt940/mt940-batches.js';
import { ndjsonBatches } from '../formats/ndjson-batches.js';
import { xlsxBatches } from '../formats/xlsx/xlsx-batches.js';
import type { LayoutDocument } from './layout-document.js';
import type { LayoutRange } from './layout-rows.js';
import type { LayoutFormat } from './layout-schema.js';
import { sheetRecords } from './sheet-records.js';
import { textRecords } from './text/text-records.js';

/** Records of one stretch of a file. */
export interface RecordBatch extends CsvBatch {
  /** From this record on the rows are over, by a blank line. */
  readonly rowsTo?: number | undefined;
  /** The last line has no line end. */
  readonly isUnterminated?: boolean;
  /** Fields that cannot be read, by the line of their record. */
  readonly unread?: ReadonlyMap<number, readonly UnreadField[]>;
}

/** A field that cannot be read: no harm where nothing is read of it. */
export interface UnreadField {
  readonly index: number;
  /** Throws the error of the file. */
  refuse(): never;
}

export interface SourceOptions {
  readonly range?: LayoutRange | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The columns of a file of rejected rows stand before those of the layout. */
  readonly isOfRejects?: boolean | undefined;
}

/**
 * The records of a file in its format: heads and titles are among them. Lines that `skip`,
 * `comment` and `blank_lines` are about are passed over already.
 */
export type RecordSource = (
  path: string,
  layout: LayoutDocument,
  options: SourceOptions,
) => AsyncGenerator<RecordBatch>;

/** How each format is read. */
export const SOURCES: Readonly<Record<LayoutFormat, RecordSource>> = {
  delimited: textRecords,
  fixed: textRecords,
  mt940: (path, { charset }, { signal }) =>
    ascending(mt940Batches(path, { charset: charset.replace('-bom', ''), signal })),
  camt: (path, _, { signal }) => ascending(camtBatches(path, { signal })),
  ndjson: (path, { charset }, { signal }) =>
    ndjsonBatches(path, { charset: charset.replace('-bom', ''), signal }),
  xlsx: sheetRecords((path, { sheet }, { signal }, onProblem) =>
    xlsxBatches(path, { sheet, signal, onProblem }),
  ),
};

/** A line of a statement may hold several entries: each one behind the first counts on. */
async function* ascending(batches: AsyncGenerator<CsvBatch>): AsyncGenerator<RecordBatch> {
  let last = 0;
  for await (const batch of batches) {
    const lines = batch.lines.map((line) => {
      last = Math.max(line, last + 1);
      return last;
    });
    yield { ...batch, lines };
  }
}
