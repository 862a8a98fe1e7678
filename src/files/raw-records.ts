import { type FileHandle, open } from 'node:fs/promises';
import { unreadable } from './regular-file.js';

const CHUNK_BYTES = 1 << 18;
const NEWLINE = 0x0a;
const QUOTE = 0x22;

/**
 * The records of a CSV file as bytes, each by the line on which it begins: in whatever charset they
 * came, for neither UTF-8 nor GB 18030 has a quote or a line end inside a character. Asked for in
 * the order of lines it reads the file once. Throws LoanbookError `file_missing` or
 * `file_unreadable`.
 */
export class RawRecords {
  readonly #path: string;
  #handle: FileHandle | undefined;
  #held: Buffer = Buffer.alloc(0);
  #at = 0;
  #offset = 0;
  #line = 1;

  constructor(path: string) {
    this.#path = path;
  }

  /** The record with its line end; undefined: the file has no such line. */
  async recordAt(line: number): Promise<Buffer | undefined> {
    try {
      if (line < this.#line) this.#rewind();
      while (this.#line < line) {
        if (!(await this.#skipLine())) return undefined;
      }
      return await this.#take();
    } catch (error) {
      throw unreadable(this.#path, error);
    }
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
    this.#rewind();
  }

  #rewind(): void {
    this.#held = Buffer.alloc(0);
    this.#at = 0;
    this.#offset = 0;
    this.#line = 1;
  }

  async #skipLine(): Promise<boolean> {
    for (;;) {
      const end = this.#held.indexOf(NEWLINE, this.#at);
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
  async #take(): Promise<Buffer | undefined> {
    let lines = 0;
    let isQuoted = false;
    let length = 0;
    for (;;) {
      const from = this.#at + length;
      const end = this.#held.indexOf(NEWLINE, from);
      const piece = this.#held.subarray(from, end < 0 ? undefined : end + 1);
      for (const byte of piece) if (byte === QUOTE) isQuoted = !isQuoted;
      length += piece.length;
      if (end >= 0) lines += 1;
      if ((end >= 0 && !isQuoted) || (end < 0 && !(await this.#readOn()))) break;
    }
    if (length === 0) return undefined;
    const record = Buffer.from(this.#held.subarray(this.#at, this.#at + length));
    this.#at += length;
    this.#line += lines;
    return record;
  }

  /** One more chunk behind what is not taken yet; false at the end of the file. */
  async #readOn(): Promise<boolean> {
    this.#handle ??= await open(this.#path, 'r');
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    const { bytesRead } = await this.#handle.read(chunk, 0, CHUNK_BYTES, this.#offset);
    this.#held = Buffer.concat([this.#held.subarray(this.#at), chunk.subarray(0, bytesRead)]);
    this.#at = 0;
    this.#offset += bytesRead;
    return bytesRead > 0;
  }
}
