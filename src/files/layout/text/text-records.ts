import type { LayoutDocument } from '../layout-document.js';
import type { RecordBatch, SourceOptions } from '../record-sources.js';
import { RecordSplitter } from './record-splitter.js';
import { textBlocks } from './text-blocks.js';

/** The records of delimited or fixed width text: a line of fixed width is a record of one field. */
export async function* textRecords(
  path: string,
  layout: LayoutDocument,
  { range, signal }: SourceOptions = {},
): AsyncGenerator<RecordBatch> {
  const splitter = new RecordSplitter({
    path,
    layout,
    firstLine: range?.firstLine ?? 1,
    isPart: range !== undefined,
  });
  let hasNul = false;
  let endsWithNewline = true;
  for await (const block of textBlocks(path, layout.charset, { range, signal })) {
    // A record may begin in the block before.
    hasNul ||= block.hasNul;
    if (block.text !== '') endsWithNewline = block.text.endsWith('\n');
    const { records, lines, rowsTo } = splitter.split(block.text, block.isLast);
    const isUnterminated = block.isLast && !endsWithNewline;
    yield { records, lines, bytesRead: block.bytesRead, hasNul, rowsTo, isUnterminated };
  }
}
