import { describe, expect, it } from 'vitest';
import { TupleWriter } from '../../../src/db/copy/tuple-writer.js';

/** One int8 field: two bytes of count, four of length, eight of value. */
const TUPLE_BYTES = 14;

function add(writer: TupleWriter, value: number): void {
  writer.tuple(1);
  writer.int8(value);
}

function values(bytes: Buffer): number[] {
  const found: number[] = [];
  for (let at = 6; at < bytes.length; at += TUPLE_BYTES) {
    found.push(Number(bytes.readBigInt64BE(at)));
  }
  return found;
}

describe('a tuple writer', () => {
  it('never writes again into what it handed out, until it is given back', () => {
    const writer = new TupleWriter(32);
    add(writer, 1);
    const first = writer.take();
    add(writer, 2);
    const second = writer.take();
    expect(values(first)).toEqual([1]);
    expect(values(second)).toEqual([2]);
    writer.recycle(first);
    add(writer, 3);
    const third = writer.take();
    expect(third.buffer).toBe(first.buffer);
    expect(values(second)).toEqual([2]);
    expect(values(third)).toEqual([3]);
    expect(writer.rows).toBe(3);
  });

  it('grows out of its room and out of what was given back', () => {
    const writer = new TupleWriter(32);
    add(writer, 1);
    writer.recycle(writer.take());
    const many = Array.from({ length: 50 }, (_, i) => i - 25);
    for (const value of many) add(writer, value);
    expect(values(writer.take())).toEqual(many);
  });

  it('drops what was written since the mark, and nothing before it', () => {
    const writer = new TupleWriter(32);
    add(writer, 1);
    writer.mark();
    add(writer, 2);
    add(writer, 3);
    writer.rewind();
    add(writer, 4);
    expect(writer.rows).toBe(2);
    expect(values(writer.take())).toEqual([1, 4]);
  });

  it('begins anew when it is cleared', () => {
    const writer = new TupleWriter(32);
    add(writer, 1);
    writer.clear();
    add(writer, 2);
    expect(writer.rows).toBe(1);
    expect(values(writer.take())).toEqual([2]);
  });
});
