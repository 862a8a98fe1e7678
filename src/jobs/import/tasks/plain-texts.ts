import type { RowCount } from '../source/row-count.js';
import type { SourceBatch } from '../source/source-file.js';

/** The lines of a batch where a row can go as the line that it is. */
export function plainTexts(batch: SourceBatch, count: RowCount): readonly string[] | undefined {
  const isPlain = count.countsLines && !batch.hasNul && batch.hasSeparator === false;
  return isPlain ? batch.texts : undefined;
}
