import { Random } from '../../src/jobs/generate/random.js';

// biome-ignore lint/suspicious/noExplicitAny: a document under construction, checked by both readers
export type Loose = any;

/** Random choices, the same for the same seed. */
export class Draw {
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  upTo(below: number): number {
    return this.#random.below(below);
  }

  between(min: number, max: number): number {
    return min + this.upTo(max - min + 1);
  }

  chance(share: number): boolean {
    return this.upTo(10_000) < share * 10_000;
  }

  of<T>(items: readonly T[]): T {
    return items[this.upTo(items.length)]!;
  }
}
