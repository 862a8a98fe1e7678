import type { Random } from '../jobs/generate/random.js';
import { type AnyCell, cellName } from './kinds.js';

/** A cell that was aimed at so often and never hit is given up. */
const MISSES_MAX = 3;

/**
 * Chooses what comes next: of all cells that can be reached one whose kind was hit least, then
 * whose kind and phase were, then whose kind and job were; between equals the seed decides. So
 * every kind has its share from the first rounds on, and every phase and job within it in time.
 */
export class Chooser<Cell extends AnyCell> {
  readonly #cells: readonly Cell[];
  readonly #random: Random;
  readonly #hits = new Map<string, number>();
  readonly #misses = new Map<string, number>();

  constructor(cells: readonly Cell[], random: Random) {
    this.#cells = cells;
    this.#random = random;
  }

  /** Undefined when every cell is given up. */
  next(): Cell | undefined {
    let best: Cell[] = [];
    let bestRank: readonly number[] | undefined;
    for (const cell of this.#cells) {
      if (this.#isGivenUp(cell)) continue;
      const rank = this.#rankOf(cell);
      const order = bestRank === undefined ? -1 : compare(rank, bestRank);
      if (order > 0) continue;
      if (order < 0) best = [];
      best.push(cell);
      bestRank = rank;
    }
    return best.length === 0 ? undefined : best[this.#random.below(best.length)];
  }

  /** A fault hit there, wherever it had been aimed at. */
  hit(cell: Cell): void {
    for (const key of keysOf(cell)) this.#hits.set(key, (this.#hits.get(key) ?? 0) + 1);
  }

  /** A fault was aimed there and hit nothing, or something else. */
  missed(cell: Cell): void {
    const name = cellName(cell);
    this.#misses.set(name, (this.#misses.get(name) ?? 0) + 1);
  }

  #isGivenUp(cell: Cell): boolean {
    const name = cellName(cell);
    const misses = this.#misses.get(name) ?? 0;
    return misses >= MISSES_MAX && misses > 2 * (this.#hits.get(name) ?? 0);
  }

  /** A miss weighs as much as a hit between the cells of a kind, but not between kinds. */
  #rankOf(cell: Cell): readonly number[] {
    const [kind, phase, job, name] = keysOf(cell).map((key) => this.#hits.get(key) ?? 0);
    const tried = (name ?? 0) + (this.#misses.get(cellName(cell)) ?? 0);
    return [kind ?? 0, (phase ?? 0) + tried, (job ?? 0) + tried, tried];
  }
}

function keysOf(cell: AnyCell): readonly string[] {
  const { kind, job, phase } = cell;
  return [`kind ${kind}`, `phase ${kind} ${phase}`, `job ${kind} ${job}`, cellName(cell)];
}

function compare(left: readonly number[], right: readonly number[]): number {
  for (const [at, value] of left.entries()) {
    if (value !== right[at]) return value - (right[at] ?? 0);
  }
  return 0;
}
