import { describe, expect, it } from 'vitest';
import { Chooser } from '../../src/chaos/chooser.js';
import { type Cell, cellName, KINDS } from '../../src/chaos/kinds.js';
import { Random } from '../../src/jobs/generate/random.js';

const JOBS = { close: ['take', 'fold', 'seal'], import: ['stage', 'store'] };
const CELLS: readonly Cell[] = KINDS.flatMap((kind) =>
  Object.entries(JOBS).flatMap(([job, phases]) => phases.map((phase) => ({ kind, job, phase }))),
);

/** So many rounds in which every fault hits where it was aimed, but for the cells that never do. */
function rounds(count: number, seed: number, never: (cell: Cell) => boolean = () => false): Cell[] {
  const chooser = new Chooser(CELLS, new Random(seed));
  const hits: Cell[] = [];
  for (let round = 0; round < count; round += 1) {
    const cell = chooser.next();
    if (cell === undefined) break;
    if (never(cell)) {
      chooser.missed(cell);
      continue;
    }
    chooser.hit(cell);
    hits.push(cell);
  }
  return hits;
}

function counts(cells: readonly Cell[], key: (cell: Cell) => string): number[] {
  const found = new Map<string, number>();
  for (const cell of cells) found.set(key(cell), (found.get(key(cell)) ?? 0) + 1);
  return [...found.values()];
}

describe('what is chosen', () => {
  it('is every kind once before any twice', () => {
    const kinds = rounds(KINDS.length, 1).map(({ kind }) => kind);
    expect(new Set(kinds).size).toBe(KINDS.length);
  });

  it('gives kinds, and the phases of a kind, their equal shares', () => {
    const hits = rounds(300, 2);
    const kinds = counts(hits, ({ kind }) => kind);
    expect(Math.max(...kinds) - Math.min(...kinds)).toBeLessThanOrEqual(1);
    expect(counts(hits, ({ kind, phase }) => `${kind} ${phase}`)).toHaveLength(KINDS.length * 5);
    expect(Math.min(...counts(hits, cellName))).toBeGreaterThanOrEqual(4);
  });

  it('is the same for the same seed, and another for another', () => {
    expect(rounds(40, 7)).toEqual(rounds(40, 7));
    expect(rounds(40, 7)).not.toEqual(rounds(40, 8));
  });

  it('gives up what never hits, and ends when nothing is left', () => {
    const hits = rounds(300, 3, ({ phase }) => phase === 'seal');
    expect(hits.length).toBeGreaterThan(250);
    expect(rounds(1_000, 3, () => true)).toEqual([]);
    const chooser = new Chooser(CELLS.slice(0, 1), new Random(1));
    for (let miss = 0; miss < 3; miss += 1) chooser.missed(CELLS[0]!);
    expect(chooser.next()).toBeUndefined();
  });
});
