import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

const MARK_BYTES = 4;

/**
 * What a day's events of a task are told by: a SHA-256 over all of them, and a CRC-32 of each,
 * which says which of them is another one.
 */
export class EventDigest {
  count = 0;
  readonly #hash = createHash('sha256');
  #marks: Buffer;

  constructor(room: number) {
    this.#marks = Buffer.alloc(MARK_BYTES * room);
  }

  /** Adds the tuple between `at` and `end`. */
  add(bytes: Buffer, at: number, end: number): void {
    const tuple = bytes.subarray(at, end);
    this.#hash.update(tuple);
    if (MARK_BYTES * this.count === this.#marks.length) {
      this.#marks = Buffer.concat([this.#marks, Buffer.alloc(this.#marks.length + MARK_BYTES)]);
    }
    this.#marks.writeUInt32BE(crc32(tuple), MARK_BYTES * this.count);
    this.count += 1;
  }

  hash(): Buffer {
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
