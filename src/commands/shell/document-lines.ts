import { addAbortSignal } from 'node:stream';
import { fileChunks } from '../../files/file-content.js';
import { isStandardInput } from '../../files/regular-file.js';
import { TEXT_BYTES_MAX, tooLarge } from '../../files/text-file.js';
import type { CommandContext } from './context.js';
import { put } from './output.js';

/** Results are written in pieces of about this many characters. */
const PIECE_CHARS = 1 << 16;

/** Documents as they come in: standard input, or a file. */
export interface DocumentInput {
  /** How an error names it. */
  readonly name: string;
  readonly chunks: AsyncIterable<Buffer>;
}

/** `-` is standard input. */
export function documentInput(context: CommandContext, file: string): DocumentInput {
  if (file === '-' || isStandardInput(file)) {
    return { name: 'standard input', chunks: addAbortSignal(context.signal, context.stdin) };
  }
  return { name: file, chunks: fileChunks(file, context.signal) };
}

/** The whole input as one document. Throws LoanbookError `document_too_large` (2). */
export async function wholeDocument({ name, chunks }: DocumentInput): Promise<Buffer> {
  const read: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    read.push(Buffer.from(chunk));
    length += chunk.length;
    if (length > TEXT_BYTES_MAX) throw tooLarge(name);
  }
  return Buffer.concat(read);
}

/** One answer a line for one document a line; blank lines have none. */
export async function answerLines(
  context: CommandContext,
  { name, chunks }: DocumentInput,
  answer: (line: Buffer, name: string) => object | Promise<object>,
): Promise<void> {
  const out = { stream: context.stdout, signal: context.signal };
  let number = 0;
  let piece = '';
  for await (const line of linesOf(chunks)) {
    number += 1;
    if (line.every((byte) => BLANKS.has(byte))) continue;
    context.signal.throwIfAborted();
    piece += `${JSON.stringify(await answer(line, `${name}:${number}`))}\n`;
    if (piece.length < PIECE_CHARS) continue;
    await put(out, piece);
    piece = '';
  }
  context.stdout.write(piece);
}

/** Space, tab and carriage return. */
const BLANKS = new Set([0x20, 0x09, 0x0d]);

/** Lines as bytes, without their ends. The last may lack one: a JSON object ends by itself. */
async function* linesOf(input: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk);
    let from = 0;
    for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, from)) {
      yield Buffer.concat([...rest, bytes.subarray(from, end)]);
      rest = [];
      from = end + 1;
    }
    if (from < bytes.length) rest.push(bytes.subarray(from));
  }
  if (rest.length > 0) yield Buffer.concat(rest);
}
