import { describe, expect, it } from 'vitest';
import { TupleList } from '../../src/db/tuple-list.js';

/** One int8 field behind its length, as it lies in a chunk at `at`. */
function tuple(value: number, at: number): Buffer {
  const bytes = Buffer.alloc(at + 12 + 5, 0xee);
  bytes.writeInt32BE(8, at);
  bytes.writeBigInt64BE(BigInt(value), at + 4);
  return bytes;
}

function values(list: TupleList): number[] {
  const found: number[] = [];
  for (let k = 0; k < list.count; k += 1) {
    found.push(Number(list.view.getBigInt64(list.at(k) + 4)));
  }
  return found;
}

describe('a tuple list', () => {
  it('keeps its own copy of what was pushed, in order, beyond its first room', () => {
    const list = new TupleList();
    const wanted: number[] = [];
    for (let value = 0; value < 5000; value += 1) {
      const bytes = tuple(value, value % 7);
      list.push(bytes, value % 7, (value % 7) + 12);
      bytes.fill(0);
      wanted.push(value);
    }
    expect(values(list)).toEqual(wanted);
  });

  it('is empty after it was cleared, and takes tuples of another width', () => {
    const list = new TupleList();
    list.push(tuple(1, 0), 0, 12);
    list.push(tuple(2, 0), 0, 12);
    list.clear();
    expect(list.count).toBe(0);
    const wide = tuple(3, 0);
    list.push(wide, 0, 16);
    list.push(wide, 0, 16);
    expect(values(list)).toEqual([3, 3]);
    expect(list.at(1)).toBe(16);
  });

  it('takes tuples of one width only', () => {
    const list = new TupleList();
    list.push(tuple(1, 0), 0, 12);
    expect(() => list.push(tuple(2, 0), 0, 13)).toThrow('differ in width');
    expect(values(list)).toEqual([1]);
  });
});
