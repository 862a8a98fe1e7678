import { viewOf } from './copy-tuple.js';

const NOTHING = Buffer.alloc(0);
/** Bytes of a list at first. */
const ROOM = 1 << 14;

/**
 * Tuples of one width, kept as the bytes that they came in; one buffer serves list after list. As
 * objects they would live as long as a task, long enough for the collector to move them among the
 * old ones, where each task's would lie on top of those of the task before.
 */
export class TupleList {
  view: DataView = viewOf(NOTHING);
  count = 0;
  #bytes: Buffer = NOTHING;
  #width = 0;

  /** Keeps a copy of what lies between `at` and `end`; RangeError when it is wider than others. */
  push(bytes: Buffer, at: number, end: number): void {
    if (this.count === 0) this.#width = end - at;
    if (end - at !== this.#width) throw new RangeError('the tuples of a list differ in width');
    const to = this.at(this.count);
    if (to + this.#width > this.#bytes.length) this.#grow();
    bytes.copy(this.#bytes, to, at, end);
    this.count += 1;
  }

  /** Where a tuple begins in `view`. */
  at(index: number): number {
    return index * this.#width;
  }

  clear(): void {
    this.count = 0;
  }

  #grow(): void {
    const grown = Buffer.allocUnsafeSlow(Math.max(ROOM, this.#width, 2 * this.#bytes.length));
    this.#bytes.copy(grown);
    this.#bytes = grown;
    this.view = viewOf(grown);
  }
}
