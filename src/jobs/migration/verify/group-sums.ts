import { formatAmount } from '../../../accounting/money/amount-text.js';

/** Where a loan belongs. */
export interface GroupPlace {
  readonly product: string;
  readonly org: string;
  readonly class: string;
}

/** One line of the sums: amounts as decimal text. */
export interface SumLine {
  readonly dimension: string;
  readonly group: string;
  readonly measure: string;
  readonly theirs: string | null;
  readonly ours: string;
  readonly difference: string | null;
}

class Pair {
  theirs = 0n;
  ours = 0n;
  isSaid = false;
}

/** Counts and sums of both sides by product, class, organisation and in all. */
export class GroupSums {
  readonly #pairs = new Map<string, Pair>();
  /** Those of a place and a measure: a loan asks for some thirty. */
  readonly #known = new Map<string, readonly Pair[]>();

  countTheirs(place: GroupPlace): void {
    this.#each(place, 'loans', (pair) => {
      pair.theirs += 1n;
      pair.isSaid = true;
    });
  }

  countOurs(place: GroupPlace): void {
    this.#each(place, 'loans', (pair) => {
      pair.ours += 1n;
    });
  }

  /** `isSaid`: the file says it; otherwise it is taken as ours is. */
  addTheirs(place: GroupPlace, measure: string, amount: bigint, isSaid: boolean): void {
    this.#each(place, measure, (pair) => {
      pair.theirs += amount;
      if (isSaid) pair.isSaid = true;
    });
  }

  addOurs(place: GroupPlace, measure: string, amount: number): void {
    this.#each(place, measure, (pair) => {
      pair.ours += BigInt(amount);
    });
  }

  lines(minorDigits: number): SumLine[] {
    return [...this.#pairs].map(([key, { theirs, ours, isSaid }]) => {
      const [dimension = '', group = '', measure = ''] = JSON.parse(key) as string[];
      const digits = measure === 'loans' ? 0 : minorDigits;
      return {
        ...{ dimension, group, measure },
        theirs: isSaid ? formatAmount(theirs, digits) : null,
        ours: formatAmount(ours, digits),
        difference: isSaid ? formatAmount(ours - theirs, digits) : null,
      };
    });
  }

  #each(place: GroupPlace, measure: string, change: (pair: Pair) => void): void {
    const key = [place.product, place.class, place.org, measure].join('\u0000');
    let pairs = this.#known.get(key);
    if (pairs === undefined) {
      pairs = this.#pairsOf(place, measure);
      this.#known.set(key, pairs);
    }
    for (const pair of pairs) change(pair);
  }

  #pairsOf(place: GroupPlace, measure: string): Pair[] {
    const groups = [
      ['all', ''],
      ['product', place.product],
      ['class', place.class],
      ['org', place.org],
    ];
    return groups.map(([dimension, group]) => {
      const key = JSON.stringify([dimension, group, measure]);
      const pair = this.#pairs.get(key) ?? new Pair();
      this.#pairs.set(key, pair);
      return pair;
    });
  }
}
