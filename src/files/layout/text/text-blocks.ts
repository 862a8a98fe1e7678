import { isAscii, isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { EXIT, LoanbookError } from '../../../errors.js';
import { fileChunks } from '../../file-content.js';
import { requireText } from '../../file-kind.js';
import type { LayoutCharset } from '../layout-schema.js';

/** Whole lines of a file as text, the last one perhaps without its end. */
export interface TextBlock {
  readonly text: string;
  readonly bytesRead: number;
  readonly hasNul: boolean;
  /** Nothing comes behind it. */
  readonly isLast: boolean;
}

/** Bytes of a file, from and to. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

const CHUNK_BYTES = 1 << 18;
/** A line or a record of more is no record of a loan book, and memory has an end. */
export const RECORD_LENGTH_MAX = 1 << 24;
const NEWLINE = 0x0a;

/**
 * The text of a file block by block, in constant memory, without its byte order mark. A block is
 * cut at a line end, which is one byte in every charset but UTF-16. Throws LoanbookError
 * `wrong_charset` with the line, `not_text`, `line_too_long`, `file_missing`, `file_unreadable`.
 */
export async function* textBlocks(
  path: string,
  charset: LayoutCharset,
  { range, signal }: { range?: ByteRange | undefined; signal?: AbortSignal | undefined } = {},
): AsyncGenerator<TextBlock> {
  const decoder = new BlockDecoder(path, charset, range?.from ?? 0);
  const isWide = charset.startsWith('utf-16');
  let rest: Buffer = Buffer.alloc(0);
  let bytesRead = 0;
  for await (const chunk of chunksOf(path, range, signal)) {
    if (bytesRead === 0 && range === undefined && !isWide) requireText(path, chunk);
    bytesRead += chunk.length;
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const cut = lastLineEnd(bytes, charset);
    rest = bytes.subarray(cut);
    if (rest.length > RECORD_LENGTH_MAX) throw await decoder.tooLong();
    if (cut === 0) continue;
    yield { ...(await decoder.decoded(bytes.subarray(0, cut))), bytesRead, isLast: false };
  }
  yield { ...(await decoder.decoded(rest)), bytesRead, isLast: true };
}

async function* chunksOf(
  path: string,
  range: ByteRange | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  if (range === undefined) {
    yield* fileChunks(path, signal);
    return;
  }
  if (range.to <= range.from) return;
  const stream = createReadStream(path, {
    start: range.from,
    end: range.to - 1,
    highWaterMark: CHUNK_BYTES,
  });
  try {
    for await (const chunk of stream) {
      signal?.throwIfAborted();
      yield chunk as Buffer;
    }
  } finally {
    stream.destroy();
  }
}

/** Behind the last line end; 0 where there is none. */
function lastLineEnd(bytes: Buffer, charset: LayoutCharset): number {
  if (!charset.startsWith('utf-16')) return bytes.lastIndexOf(NEWLINE) + 1;
  const [high, low] = charset === 'utf-16le' ? [1, 0] : [0, 1];
  for (let at = (bytes.length & ~1) - 2; at >= 0; at -= 2) {
    if (bytes[at + low] === NEWLINE && bytes[at + high] === 0) return at + 2;
  }
  return 0;
}

/** Bytes as text, each block whole lines. */
class BlockDecoder {
  readonly #path: string;
  readonly #charset: LayoutCharset;
  readonly #decoder: InstanceType<typeof TextDecoder> | undefined;
  #offset: number;

  constructor(path: string, charset: LayoutCharset, from: number) {
    this.#path = path;
    this.#charset = charset;
    this.#offset = from;
    if (charset === 'gb18030') this.#decoder = new TextDecoder('gb18030', { fatal: true });
  }

  async decoded(bytes: Buffer): Promise<{ text: string; hasNul: boolean }> {
    const text = this.#textOf(bytes);
    if (text === undefined) throw await this.#wrong(bytes);
    const isFirst = this.#offset === 0;
    this.#offset += bytes.length;
    const hasNul = this.#charset.startsWith('utf-16') ? text.includes('\0') : bytes.includes(0);
    return { text: isFirst && text.startsWith('\ufeff') ? text.slice(1) : text, hasNul };
  }

  async tooLong(): Promise<LoanbookError> {
    return new LoanbookError('line_too_long', 'A line of the file does not end.', {
      exitCode: EXIT.failed,
      evidence: {
        file: this.#path,
        line: await lineAt(this.#path, this.#offset),
        rule: `a line has ${RECORD_LENGTH_MAX} bytes at most`,
      },
      next: 'Look whether `charset` and `format` of the layout are those of the file.',
    });
  }

  #textOf(bytes: Buffer): string | undefined {
    if (!this.#charset.startsWith('utf-16')) {
      if (isAscii(bytes)) return bytes.toString('latin1');
      if (this.#decoder === undefined) return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
      try {
        return this.#decoder.decode(bytes);
      } catch {
        return undefined;
      }
    }
    if (bytes.length % 2 !== 0) return undefined;
    const isLittle = this.#charset === 'utf-16le';
    const text = (isLittle ? bytes : Buffer.from(bytes).swap16()).toString('utf16le');
    // The mark of the other byte order.
    return /^\ufffe|\p{Surrogate}/u.test(text) ? undefined : text;
  }

  /** The line is looked for: the block holds many. */
  async #wrong(bytes: Buffer): Promise<LoanbookError> {
    let at = 0;
    if (!this.#charset.startsWith('utf-16')) {
      for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, at)) {
        if (this.#textOf(bytes.subarray(at, end + 1)) === undefined) break;
        at = end + 1;
      }
    }
    return new LoanbookError('wrong_charset', 'The file has bytes that are no text of it.', {
      exitCode: EXIT.failed,
      evidence: {
        file: this.#path,
        charset: this.#charset,
        line: await lineAt(this.#path, this.#offset + at),
      },
      next: 'Say the right `charset` in the layout, or ask for the file again. Nothing was taken.',
    });
  }
}

/** The line on which a byte stands, from 1; in UTF-16 about the line. */
async function lineAt(path: string, offset: number): Promise<number> {
  let line = 1;
  let from = 0;
  for await (const chunk of fileChunks(path)) {
    const held = chunk.subarray(0, Math.max(offset - from, 0));
    for (let at = held.indexOf(NEWLINE); at >= 0; at = held.indexOf(NEWLINE, at + 1)) line += 1;
    from += chunk.length;
    if (from >= offset) break;
  }
  return line;
}

/** The byte on which a line begins, from 1; the size of the file where it has fewer. */
export async function offsetOfLine(path: string, line: number): Promise<number> {
  let left = line - 1;
  let from = 0;
  for await (const chunk of fileChunks(path)) {
    let at = -1;
    while (left > 0) {
      at = chunk.indexOf(NEWLINE, at + 1);
      if (at < 0) break;
      left -= 1;
    }
    if (left === 0) return from + at + 1;
    from += chunk.length;
  }
  return from;
}
