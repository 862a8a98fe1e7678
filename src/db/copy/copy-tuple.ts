import { NO_DAY } from '../../accounting/money/units.js';

/**
 * PostgreSQL's binary COPY format, both ways (documentation: COPY, Binary Format): a header, then
 * tuples of a field count and length-prefixed fields, then a trailer. All numbers big-endian.
 */
const SIGNATURE = Buffer.from('5047434f50590aff0d0a00', 'hex');
const HEADER_BYTES = SIGNATURE.length + 8;
const TWO_32 = 4_294_967_296;

/** Days from 1970-01-01, our day zero, to 2000-01-01, PostgreSQL's. */
const PG_EPOCH_DAY = 10_957;

/** The dates of a book: 0001-01-01 to the ledger's sentinel 9999-12-31. */
const DAY_MIN = -719_162;
const DAY_MAX = NO_DAY;

/** An int8 field as a number; RangeError beyond the safe integers. */
export function readInt8(view: DataView, at: number): number {
  const value = view.getInt32(at) * TWO_32 + view.getUint32(at + 4);
  if (!Number.isSafeInteger(value)) throw notWritable('safe integer', view.getBigInt64(at));
  return value;
}

/** The value must be a safe integer: `requireInt8` says so of one that may not be. */
export function writeInt8(view: DataView, at: number, value: number): void {
  view.setInt32(at, Math.floor(value / TWO_32));
  view.setUint32(at + 4, value >>> 0);
}

export function readDate(view: DataView, at: number): number {
  return view.getInt32(at) + PG_EPOCH_DAY;
}

/** The day must be one of `isDay`. */
export function writeDate(view: DataView, at: number, day: number): void {
  view.setInt32(at, day - PG_EPOCH_DAY);
}

/** False for fractions, NaN and infinity too. */
export function isDay(day: number): boolean {
  return day >= DAY_MIN && day <= DAY_MAX && Number.isSafeInteger(day);
}

/** Whether a column of two bytes holds it. */
export function isInt2(value: number): boolean {
  return value === (value << 16) >> 16;
}

/** Whether a column of four bytes holds it. */
export function isInt4(value: number): boolean {
  return value === (value | 0);
}

/** Throws RangeError for what `readInt8` could not read again. */
export function requireInt8(value: number): void {
  if (!Number.isSafeInteger(value)) throw notWritable('safe integer', value);
}

/** Throws RangeError for what is no date of a book. */
export function requireDay(day: number): void {
  if (!isDay(day)) throw notWritable('date', day);
}

export function requireInt4(value: number): void {
  if (!isInt4(value)) throw notWritable('int4', value);
}

export function requireInt2(value: number): void {
  if (!isInt2(value)) throw notWritable('int2', value);
}

function notWritable(kind: string, value: number | bigint): RangeError {
  return new RangeError(`${value} is no ${kind}`);
}

/** The view of a buffer's bytes. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * What a tuple lies in, where it starts and ends, as `TupleReader` hands it out. The bytes are good
 * for the time of the call.
 */
export type OnTuple = (view: DataView, at: number, bytes: Buffer, end: number) => void;

/** A tuple that straddles two chunks is looked for in this many bytes before all are joined. */
const SEAM_BYTES = 8192;

/**
 * Cuts a binary COPY stream into tuples. Push chunks as they come; `next` moves to the next whole
 * tuple and leaves its start (behind the field count) in `at`, its bytes in `bytes` and `view`.
 * Chunks are read where they lie; only the tuple across a seam is copied.
 */
export class TupleReader {
  bytes: Buffer = Buffer.alloc(0);
  view: DataView = viewOf(this.bytes);
  at = 0;
  #next = 0;
  #headerSeen = false;
  #ended = false;
  /** While the tuple across a seam is read: the new chunk, and where it begins in `bytes`. */
  #chunk: Buffer | undefined;
  #chunkAt = 0;
  /** Where tuples across a seam are put together, one after the other. */
  #seam: Buffer | undefined;
  readonly #fields: number;

  constructor(fields: number) {
    this.#fields = fields;
  }

  push(chunk: Buffer): void {
    const rest = this.bytes.subarray(this.#next);
    if (rest.length === 0) this.#read(chunk, 0);
    else {
      this.#chunk = chunk;
      this.#chunkAt = rest.length;
      this.#read(this.#joined(rest, chunk.subarray(0, SEAM_BYTES)), 0);
    }
    if (!this.#headerSeen) this.#readHeader();
  }

  /** Moves to the next tuple; false when the rest of it has not arrived yet, or at the end. */
  next(): boolean {
    if (this.#ended || !this.#headerSeen) return false;
    if (this.#chunk !== undefined && this.#next >= this.#chunkAt) {
      this.#read(this.#chunk, this.#next - this.#chunkAt);
      this.#chunk = undefined;
    }
    if (this.#findTuple()) return true;
    if (this.#chunk === undefined || this.#ended) return false;
    // The tuple across the seam is longer than the piece: join it with the whole chunk after all.
    const rest = this.bytes.subarray(this.#next, this.#chunkAt);
    this.#read(Buffer.concat([rest, this.#chunk]), 0);
    this.#chunk = undefined;
    return this.#findTuple();
  }

  /**
   * The next whole tuples that lie side by side, field counts included, in one piece; undefined
   * where `next` is false.
   */
  nextPiece(): Buffer | undefined {
    if (!this.next()) return undefined;
    const from = this.at - 2;
    let end = this.#next;
    while (this.#findTuple()) end = this.#next;
    return this.bytes.subarray(from, end);
  }

  /** `rest`, which may lie in the seam itself, and what comes behind it. */
  #joined(rest: Buffer, piece: Buffer): Buffer {
    const size = rest.length + piece.length;
    if (size > 2 * SEAM_BYTES) return Buffer.concat([rest, piece]);
    this.#seam ??= Buffer.allocUnsafeSlow(2 * SEAM_BYTES);
    rest.copy(this.#seam, 0);
    piece.copy(this.#seam, rest.length);
    return this.#seam.subarray(0, size);
  }

  #findTuple(): boolean {
    const { view } = this;
    const size = this.bytes.length;
    let at = this.#next;
    if (at + 2 > size) return false;
    const count = view.getInt16(at);
    if (count === -1) {
      this.#ended = true;
      this.#next = at + 2;
      return false;
    }
    if (count !== this.#fields) {
      throw new RangeError(`COPY sent ${count} fields, expected ${this.#fields}`);
    }
    at += 2;
    const start = at;
    for (let field = 0; field < count; field += 1) {
      if (at + 4 > size) return false;
      const length = view.getInt32(at);
      at += length > 0 ? 4 + length : 4;
    }
    if (at > size) return false;
    this.at = start;
    this.#next = at;
    return true;
  }

  /** The end of the current tuple in `bytes`. */
  get end(): number {
    return this.#next;
  }

  /** The current tuple with its field count. */
  get tuple(): Buffer {
    return this.bytes.subarray(this.at - 2, this.#next);
  }

  /** Where the value of a field of the current tuple begins; it is not NULL. */
  fieldAt(field: number): number {
    let { at } = this;
    for (let before = 0; before < field; before += 1) {
      at += 4 + Math.max(0, this.view.getInt32(at));
    }
    return at + 4;
  }

  /** Throws unless the stream was whole. */
  finish(): void {
    if (!this.#ended) throw new RangeError('COPY ended in the middle of its data');
  }

  #read(bytes: Buffer, from: number): void {
    this.bytes = bytes;
    this.view = viewOf(bytes);
    this.#next = from;
  }

  #readHeader(): void {
    if (this.bytes.length < HEADER_BYTES) return;
    if (!this.bytes.subarray(0, SIGNATURE.length).equals(SIGNATURE)) {
      throw new RangeError('COPY did not send its binary signature');
    }
    this.#headerSeen = true;
    this.#next = HEADER_BYTES + this.view.getInt32(HEADER_BYTES - 4);
  }
}

/** What a binary COPY begins and ends with. */
export const COPY_HEADER = Buffer.concat([SIGNATURE, Buffer.alloc(8)]);
export const COPY_TRAILER = Buffer.from([0xff, 0xff]);
