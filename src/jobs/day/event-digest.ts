import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

const MARK_BYTES = 4;
const NOTHING = Buffer.alloc(0);

/**
 * What a day's events of a task are told by: a SHA-256 over all of them, and a CRC-32 of each,
 * which says which of them is another one.
 */
export class EventDigest {
  count = 0;
  readonly #hash = createHash('sha256');
  #marks: Buffer;
  /** Tuples that were added and are not hashed yet: they lie one behind the other. */
  #waiting: Buffer = NOTHING;
  #from = 0;
  #to = 0;

  constructor(room: number) {
    this.#marks = Buffer.alloc(MARK_BYTES * room);
  }

  /** Adds the tuple between `at` and `end` of bytes that stay as they are until `hash`. */
  add(bytes: Buffer, at: number, end: number): void {
    if (bytes !== this.#waiting || at !== this.#to) {
      this.#hashWaiting();
      this.#waiting = bytes;
      this.#from = at;
    }
    this.#to = end;
    const tuple = bytes.subarray(at, end);
    if (MARK_BYTES * this.count === this.#marks.length) {
      this.#marks = Buffer.concat([this.#marks, Buffer.alloc(this.#marks.length + MARK_BYTES)]);
    }
    this.#marks.writeUInt32BE(crc32(tuple), MARK_BYTES * this.count);
    this.count += 1;
  }

  #hashWaiting(): void {
    if (this.#to > this.#from) this.#hash.update(this.#waiting.subarray(this.#from, this.#to));
    this.#from = this.#to;
  }

  hash(): Buffer {
    this.#hashWaiting();
    return this.#hash.digest();
  }

  marks(): Buffer {
    return this.#marks.subarray(0, MARK_BYTES * this.count);
  }
}

/** The place of the first event whose mark is another; the number of events that both have. */
export function firstMarkThatDiffers(kept: Buffer, now: Buffer): number {
  const most = Math.min(kept.length, now.length) / MARK_BYTES;
  for (let k = 0; k < most; k += 1) {
    if (kept.readUInt32BE(MARK_BYTES * k) !== now.readUInt32BE(MARK_BYTES * k)) return k;
  }
  return most;
}
