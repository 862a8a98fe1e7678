import { openChunks } from '../formats/open-chunks.js';

const QUOTE = 0x22;

/** How the lines of a file are told. */
export interface RawOptions {
  /** UTF-16: a character is two bytes; any other: as bytes. */
  readonly charset?: string;
  /** Double quotes carry a record over lines. */
  readonly isQuoted?: boolean;
}

/**
 * The records of a text file, unpacked, each by the line on which it begins, in whatever charset
 * they came: as text of a character a byte, for neither UTF-8 nor GB 18030 has a quote or a line
 * end inside a character; of UTF-16 as the text that it is. Asked for in the order of lines it
 * reads the file once. Throws as `openChunks` does.
 */
export class RawRecords {
  readonly #path: string;
  readonly #charset: string;
  readonly #isQuoted: boolean;
  #chunks: AsyncGenerator<Buffer> | undefined;
  /** Half of a character of two bytes. */
  #half: Buffer = Buffer.alloc(0);
  #held = '';
  #at = 0;
  #line = 1;

  constructor(path: string, { charset = 'utf-8', isQuoted = true }: RawOptions = {}) {
    this.#path = path;
    this.#charset = charset;
    this.#isQuoted = isQuoted;
  }

  /** The record with its line end; undefined: the file has no such line. */
  async recordAt(line: number): Promise<string | undefined> {
    if (line < this.#line) await this.close();
    while (this.#line < line) {
      if (!(await this.#skipLine())) return undefined;
    }
    return await this.#take();
  }

  async close(): Promise<void> {
    await this.#chunks?.return(undefined);
    this.#chunks = undefined;
    this.#half = Buffer.alloc(0);
    this.#held = '';
    this.#at = 0;
    this.#line = 1;
  }

  async #skipLine(): Promise<boolean> {
    for (;;) {
      const end = this.#held.indexOf('\n', this.#at);
      if (end >= 0) {
        this.#at = end + 1;
        this.#line += 1;
        return true;
      }
      this.#at = this.#held.length;
      if (!(await this.#readOn())) return false;
    }
  }

  /** Up to the first line end that no quote encloses. */
  async #take(): Promise<string | undefined> {
    let lines = 0;
    let isInside = false;
    let length = 0;
    for (;;) {
      const from = this.#at + length;
      const end = this.#held.indexOf('\n', from);
      const to = end < 0 ? this.#held.length : end + 1;
      for (let at = from; this.#isQuoted && at < to; at += 1) {
        if (this.#held.charCodeAt(at) === QUOTE) isInside = !isInside;
      }
      length += to - from;
      if (end >= 0) lines += 1;
      if ((end >= 0 && !isInside) || (end < 0 && !(await this.#readOn()))) break;
    }
    if (length === 0) return undefined;
    const record = this.#held.slice(this.#at, this.#at + length);
    this.#at += length;
    this.#line += lines;
    return record;
  }

  /** One more chunk behind what is not taken yet; false at the end of the file. */
  async #readOn(): Promise<boolean> {
    this.#chunks ??= openChunks(this.#path);
    const { value, done } = await this.#chunks.next();
    if (done === true) return false;
    this.#held = this.#held.slice(this.#at) + this.#textOf(value);
    this.#at = 0;
    return true;
  }

  #textOf(chunk: Buffer): string {
    if (!isWide(this.#charset)) return rawText(chunk, this.#charset);
    const bytes = Buffer.concat([this.#half, chunk]);
    const even = bytes.length & ~1;
    this.#half = Buffer.from(bytes.subarray(even));
    return rawText(bytes.subarray(0, even), this.#charset);
  }
}

function isWide(charset: string): boolean {
  return charset.startsWith('utf-16');
}

/** Bytes as text that `rawBytes` turns into the same bytes, whatever they are. */
export function rawText(bytes: Buffer, charset: string): string {
  if (!isWide(charset)) return bytes.toString('latin1');
  return (charset === 'utf-16le' ? bytes : Buffer.from(bytes).swap16()).toString('utf16le');
}

export function rawBytes(text: string, charset: string): Buffer {
  if (!isWide(charset)) return Buffer.from(text, 'latin1');
  const bytes = Buffer.from(text, 'utf16le');
  return charset === 'utf-16le' ? bytes : bytes.swap16();
}
