import { readInt8, viewOf } from './copy-tuple.js';

const NOTHING = Buffer.alloc(0);
/** Bytes and tuples that there is room for at first. */
const ROOM = 1 << 14;
const TUPLES = 1 << 8;

/**
 * Tuples in the order of their first field, an int8, kept as the bytes that they came in; one
 * buffer serves list after list. As objects they would live as long as a task, long enough for the
 * collector to move them among the old ones, where each task's would lie on top of those of the
 * task before.
 */
export class TupleList {
  bytes: Buffer = NOTHING;
  view: DataView = viewOf(NOTHING);
  count = 0;
  /** Where each tuple begins, and behind them where the last one ends. */
  #starts = new Int32Array(TUPLES);

  /** Keeps a copy of what lies between `at` and `end`. */
  push(bytes: Buffer, at: number, end: number): void {
    const to = this.at(this.count);
    const next = to + end - at;
    if (next > this.bytes.length) this.#growBytes(next);
    bytes.copy(this.bytes, to, at, end);
    this.count += 1;
    if (this.count === this.#starts.length) this.#growStarts();
    this.#starts[this.count] = next;
  }

  /** Where a tuple begins in `bytes` and `view`. */
  at(index: number): number {
    return this.#starts[index]!;
  }

  /** The first field of a tuple; Infinity behind the last one. */
  idAt(index: number): number {
    if (index >= this.count) return Number.POSITIVE_INFINITY;
    return readInt8(this.view, this.at(index) + 4);
  }

  /** The first tuple whose first field is `id` or more; `count` when there is none. */
  firstOf(id: number): number {
    let from = 0;
    let to = this.count;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.idAt(middle) < id) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  clear(): void {
    this.count = 0;
  }

  #growBytes(needed: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.max(ROOM, needed, 2 * this.bytes.length));
    this.bytes.copy(grown);
    this.bytes = grown;
    this.view = viewOf(grown);
  }

  #growStarts(): void {
    const grown = new Int32Array(2 * this.#starts.length);
    grown.set(this.#starts);
    this.#starts = grown;
  }
}
