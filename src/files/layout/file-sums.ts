import { formatAmount } from '../../accounting/money/amount-text.js';
import { Total } from '../../accounting/money/total.js';
import type { ReadClaim } from './claim-line.js';
import { minorUnits } from './forms/amount-form.js';
import { refusalOf } from './layout-refusals.js';
import type { RowReader } from './row-reader.js';

/** A sum of amounts of whatever size. */
class Sum {
  readonly #near = new Total();
  #far = 0n;

  add(amount: string, minorDigits: number): void {
    if (amount === '') return;
    const minor = minorUnits(amount, minorDigits);
    if (typeof minor === 'number') this.#near.add(minor);
    else this.#far += minor;
  }

  get value(): bigint {
    return this.#near.value + this.#far;
  }
}

/** Counts the rows of a file and sums what it says sums of, and holds it to that. */
export class FileSums {
  /** All rows, those too that are left out or have a problem. */
  count = 0;
  readonly #path: string;
  readonly #minorDigits: number;
  readonly #sums = new Map<string, Sum>();
  readonly #totalOf: string | undefined;

  constructor(
    path: string,
    minorDigits: number,
    totalOf: string | undefined,
    others: readonly string[],
  ) {
    this.#path = path;
    this.#minorDigits = minorDigits;
    this.#totalOf = totalOf;
    for (const field of totalOf === undefined ? others : [totalOf, ...others]) {
      this.#sums.set(field, new Sum());
    }
  }

  add(reader: RowReader): void {
    this.count += 1;
    for (const [field, sum] of this.#sums) {
      sum.add(reader.values[reader.slotOf(field)] ?? '', this.#minorDigits);
    }
  }

  /** Our fields that are summed. */
  get fields(): string[] {
    return [...this.#sums.keys()];
  }

  /** Of `total_of`; undefined where nothing needs it. */
  get total(): bigint | undefined {
    return this.#totalOf === undefined ? undefined : this.#sums.get(this.#totalOf)?.value;
  }

  /** Throws LoanbookError `count_differs` or `total_differs`. */
  hold({ claim, sums }: ReadClaim): void {
    const { by: saidBy, line, count, total } = claim;
    if (count !== undefined && count !== this.count) {
      const evidence = { saidBy, expected: count, actual: this.count };
      throw refusalOf('count_differs', this.#path, line, {
        ...evidence,
        difference: this.count - count,
      });
    }
    const said = new Map(sums);
    if (total !== undefined && this.#totalOf !== undefined) said.set(this.#totalOf, total);
    for (const [field, expected] of said) {
      const actual = this.#sums.get(field)?.value ?? 0n;
      if (actual === expected) continue;
      const shown = (amount: bigint) => formatAmount(amount, this.#minorDigits);
      throw refusalOf('total_differs', this.#path, line, {
        saidBy,
        field,
        expected: shown(expected),
        actual: shown(actual),
        difference: shown(actual - expected),
      });
    }
  }
}
