import type { Fingerprint } from './fingerprint.js';

export interface Difference {
  /** A table, or the hash of a day. */
  readonly what: string;
  readonly expected: string;
  readonly actual: string;
}

const NOTHING = 'nothing';

/** What differs between a book as it should be and as it is; empty: nothing does. */
export function differencesOf(expected: Fingerprint, actual: Fingerprint): Difference[] {
  const names = [...new Set([...expected.keys(), ...actual.keys()])].sort();
  return names.flatMap((what) => {
    const [wanted, found] = [expected.get(what) ?? NOTHING, actual.get(what) ?? NOTHING];
    return wanted === found ? [] : [{ what, expected: wanted, actual: found }];
  });
}

/** Of two lists in the same order, at most so many that are in one of them alone. */
export function strayRows(
  expected: readonly string[],
  actual: readonly string[],
  max: number,
): { readonly missing: readonly string[]; readonly added: readonly string[] } {
  return {
    missing: without(expected, actual).slice(0, max),
    added: without(actual, expected).slice(0, max),
  };
}

/** A row that is there twice counts twice. */
function without(rows: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const row of others) left.set(row, (left.get(row) ?? 0) + 1);
  return rows.filter((row) => {
    const count = left.get(row) ?? 0;
    left.set(row, count - 1);
    return count <= 0;
  });
}
