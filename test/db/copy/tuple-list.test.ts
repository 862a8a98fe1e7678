import { describe, expect, it } from 'vitest';
import { TupleList } from '../../../src/db/copy/tuple-list.js';

/** An int8 field behind its length, as it lies in a chunk at `at`, and `more` bytes behind it. */
function tuple(id: number, at: number, more = 0): Buffer {
  const bytes = Buffer.alloc(at + 12 + more, 0xee);
  bytes.writeInt32BE(8, at);
  bytes.writeBigInt64BE(BigInt(id), at + 4);
  return bytes;
}

function add(list: TupleList, id: number, at = 0, more = 0): void {
  const bytes = tuple(id, at, more);
  list.push(bytes, at, bytes.length);
  bytes.fill(0);
}

function ids(list: TupleList): number[] {
  return Array.from({ length: list.count }, (_, k) => list.idAt(k));
}

describe('a tuple list', () => {
  it('keeps copies of tuples of any width, in order, beyond its first room', () => {
    const list = new TupleList();
    const wanted: number[] = [];
    for (let id = 0; id < 5000; id += 1) {
      add(list, id, id % 7, id % 5);
      wanted.push(id);
    }
    expect(ids(list)).toEqual(wanted);
    const widths = wanted.map((k) => list.at(k + 1) - list.at(k));
    expect(widths).toEqual(wanted.map((k) => 12 + (k % 5)));
    expect([...list.bytes.subarray(list.at(4) + 12, list.at(5))]).toEqual([238, 238, 238, 238]);
  });

  it('takes a tuple that is larger than all its room', () => {
    const list = new TupleList();
    add(list, 1);
    add(list, 2, 0, 100_000);
    add(list, 3);
    expect(ids(list)).toEqual([1, 2, 3]);
  });

  it('is empty after it was cleared, and can be filled again', () => {
    const list = new TupleList();
    add(list, 1);
    add(list, 2);
    list.clear();
    expect([list.count, list.idAt(0), list.firstOf(1)]).toEqual([0, Number.POSITIVE_INFINITY, 0]);
    add(list, 3, 0, 4);
    expect(ids(list)).toEqual([3]);
  });

  it('finds the first tuple of an id, or of the next one', () => {
    const list = new TupleList();
    for (const id of [2, 4, 4, 4, 2 ** 40, 2 ** 40 + 1]) add(list, id);
    const found = [1, 2, 3, 4, 5, 2 ** 40, 2 ** 40 + 1, 2 ** 41].map((id) => list.firstOf(id));
    expect(found).toEqual([0, 0, 1, 1, 4, 4, 5, 6]);
    expect(list.idAt(6)).toBe(Number.POSITIVE_INFINITY);
  });
});
