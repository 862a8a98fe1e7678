import type { CsvBatch } from '../csv-reader.js';
import type { LayoutDocument } from './layout-document.js';
import type { LayoutRange } from './layout-rows.js';
import type { LayoutFormat } from './layout-schema.js';
import { textRecords } from './text/text-records.js';

/** Records of one stretch of a file. */
export interface RecordBatch extends CsvBatch {
  /** From this record on the rows are over, by a blank line. */
  readonly rowsTo?: number | undefined;
  /** The last line has no line end. */
  readonly isUnterminated?: boolean;
}

export interface SourceOptions {
  readonly range?: LayoutRange | undefined;
  readonly signal?: AbortSignal | undefined;
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

/** A format that can be read adds a line here. */
export const SOURCES: Readonly<Partial<Record<LayoutFormat, RecordSource>>> = {
  delimited: textRecords,
  fixed: textRecords,
};
