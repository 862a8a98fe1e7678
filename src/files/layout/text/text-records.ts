import { RowsBehindColumns } from '../../rejects/reject-columns.js';
import type { LayoutDocument } from '../layout-document.js';
import type { RecordBatch, SourceOptions } from '../record-sources.js';
import { RecordSplitter } from './record-splitter.js';
import { textBlocks } from './text-blocks.js';

/** The records of delimited or fixed width text: a line of fixed width is a record of one field. */
export async function* textRecords(
  path: string,
  layout: LayoutDocument,
  { range, signal, isOfRejects }: SourceOptions = {},
): AsyncGenerator<RecordBatch> {
  const splitter = new RecordSplitter({
    path,
    layout,
    firstLine: range?.firstLine ?? 1,
    isPart: range !== undefined,
  });
  const isQuoted = layout.format === 'delimited' && layout.quoting !== 'none';
  const behind = isOfRejects === true ? new RowsBehindColumns(isQuoted) : undefined;
  let hasNul = false;
  let endsWithNewline = true;
  for await (const block of textBlocks(path, layout.charset, { range, signal })) {
    // A record may begin in the block before.
    hasNul ||= block.hasNul;
    if (block.text !== '') endsWithNewline = block.text.endsWith('\n');
    const text = behind === undefined ? block.text : behind.take(block.text);
    const { records, lines, rowsTo } = splitter.split(text, block.isLast);
    const isUnterminated = block.isLast && !endsWithNewline;
    yield { records, lines, bytesRead: block.bytesRead, hasNul, rowsTo, isUnterminated };
  }
}
