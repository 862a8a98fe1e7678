import {
  requireDay,
  requireInt2,
  requireInt4,
  requireInt8,
  viewOf,
  writeDate,
  writeInt8,
} from './copy-tuple.js';

const NOTHING = Buffer.alloc(0);

/**
 * Builds binary COPY tuples in memory. `take` hands out what has been written since the last call,
 * and the next tuple goes elsewhere, so that bytes given to a socket are never written again. What
 * was written since `mark` is dropped by `rewind`, as long as nothing was taken in between. A value
 * that its column cannot hold is a RangeError: the tuple is then half written, and for `rewind`.
 */
export class TupleWriter {
  bytes: Buffer = NOTHING;
  view: DataView = viewOf(NOTHING);
  length = 0;
  rows = 0;
  readonly #room: number;
  readonly #free: Buffer[] = [];
  #markedLength = 0;
  #markedRows = 0;

  /** `room`: bytes of a buffer at first. */
  constructor(room: number) {
    this.#room = room;
  }

  /** Makes sure that `bytes` more fit. */
  ensure(more: number): void {
    const needed = this.length + more;
    if (needed <= this.bytes.length) return;
    if (this.length === 0) this.#use(this.#free.pop() ?? this.bytes);
    if (needed <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#room, 2 * this.bytes.length, needed));
    this.bytes.copy(grown, 0, 0, this.length);
    this.#use(grown);
  }

  #use(bytes: Buffer): void {
    this.bytes = bytes;
    this.view = viewOf(bytes);
  }

  tuple(fields: number): void {
    this.ensure(2);
    this.view.setInt16(this.length, fields);
    this.length += 2;
    this.rows += 1;
  }

  int8(value: number): void {
    requireInt8(value);
    this.ensure(12);
    this.view.setInt32(this.length, 8);
    writeInt8(this.view, this.length + 4, value);
    this.length += 12;
  }

  int4(value: number): void {
    requireInt4(value);
    this.ensure(8);
    this.view.setInt32(this.length, 4);
    this.view.setInt32(this.length + 4, value);
    this.length += 8;
  }

  int2(value: number): void {
    requireInt2(value);
    this.ensure(6);
    this.view.setInt32(this.length, 2);
    this.view.setInt16(this.length + 4, value);
    this.length += 6;
  }

  date(day: number): void {
    requireDay(day);
    this.ensure(8);
    this.view.setInt32(this.length, 4);
    writeDate(this.view, this.length + 4, day);
    this.length += 8;
  }

  text(value: string): void {
    const size = Buffer.byteLength(value);
    this.ensure(4 + size);
    this.view.setInt32(this.length, size);
    this.bytes.write(value, this.length + 4);
    this.length += 4 + size;
  }

  bytea(value: Buffer): void {
    this.ensure(4 + value.length);
    this.view.setInt32(this.length, value.length);
    value.copy(this.bytes, this.length + 4);
    this.length += 4 + value.length;
  }

  /** A field as it came, its length word included. */
  raw(field: Buffer): void {
    this.ensure(field.length);
    this.bytes.set(field, this.length);
    this.length += field.length;
  }

  /** Remembers how much is written. */
  mark(): void {
    this.#markedLength = this.length;
    this.#markedRows = this.rows;
  }

  /** Drops what was written since the last mark. */
  rewind(): void {
    this.length = this.#markedLength;
    this.rows = this.#markedRows;
  }

  /** Drops all tuples that were not taken. */
  clear(): void {
    this.length = 0;
    this.rows = 0;
  }

  /** The tuples since the last call, without header or trailer. */
  take(): Buffer {
    const taken = this.bytes.subarray(0, this.length);
    this.#use(NOTHING);
    this.length = 0;
    return taken;
  }

  /**
   * Takes back bytes that `take` handed out, once the socket is done with them: fresh buffers of
   * this size a thousand times a second would keep the garbage collector busy.
   */
  recycle(taken: Buffer): void {
    this.#free.push(Buffer.from(taken.buffer));
  }
}
