import { describe, expect, it } from 'vitest';
import { differencesOf, strayRows } from '../../src/chaos/differences.js';

const BOOK = new Map([
  ['hash of 2026-02-27', 'aa bb'],
  ['entry', '3 rows cc'],
]);

describe('a book beside what it should be', () => {
  it('has no difference where it is the same', () => {
    expect(differencesOf(BOOK, new Map(BOOK))).toEqual([]);
  });

  it.each([
    ['another hash', new Map([...BOOK, ['hash of 2026-02-27', 'aa bc']]), ['hash of 2026-02-27']],
    ['a table more', new Map([...BOOK, ['position_20260301', '0 rows ']]), ['position_20260301']],
    ['a table less', new Map([...BOOK].slice(0, 1)), ['entry']],
  ])('is told by %s', (_, actual, names) => {
    expect(differencesOf(BOOK, actual).map(({ what }) => what)).toEqual(names);
    expect(differencesOf(actual, BOOK).map(({ what }) => what)).toEqual(names);
  });

  it('shows the rows behind it, one that is there twice too', () => {
    expect(strayRows(['a', 'b', 'b', 'c'], ['b', 'c', 'c', 'd'], 5)).toEqual({
      missing: ['a', 'b'],
      added: ['c', 'd'],
    });
    expect(strayRows(['a', 'b', 'c'], [], 2)).toEqual({ missing: ['a', 'b'], added: [] });
  });
});
