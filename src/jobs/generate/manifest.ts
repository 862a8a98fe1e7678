import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { formatAmount } from '../../accounting/money/amount-text.js';
import type { Fen } from '../../accounting/money/units.js';
import type { DrawnLoan } from './draw-loan.js';
import type { GenerateOptions } from './options.js';
import { productFile } from './product-documents.js';
import type { ProductMix } from './product-mix.js';

const MINOR_DIGITS = 2;

/** What one repayment file holds. */
export interface RepaymentCounts {
  readonly date: string;
  readonly file: string;
  readonly repayments: number;
  readonly settlements: number;
  readonly amount: string;
}

/** `manifest.json`: what was written, without anything that differs from one run to the next. */
export interface Manifest {
  readonly profile: string;
  readonly seed: number;
  readonly loans: number;
  readonly start: string;
  readonly days: number;
  readonly business_days: { readonly first: string; readonly last: string };
  readonly principal: string;
  readonly standings: {
    readonly current: number;
    readonly in_grace: number;
    readonly late: number;
    readonly new: number;
  };
  /** Late loans by M bucket as the book opens. */
  readonly buckets: Readonly<Record<string, number>>;
  readonly products: readonly {
    readonly code: string;
    readonly name: string;
    readonly file: string;
    readonly loans: number;
    readonly principal: string;
  }[];
  readonly repayments: readonly RepaymentCounts[];
}

/** Counts loans and repayments while they are written. */
export class Tally {
  readonly #options: GenerateOptions;
  readonly #byProduct = new Map<ProductMix, { loans: number; principal: Fen }>();
  readonly #standings = { current: 0, in_grace: 0, late: 0, new: 0 };
  readonly #buckets: number[] = new Array(8).fill(0);
  readonly #days: { repayments: number; settlements: number; amount: Fen }[];

  constructor(options: GenerateOptions, mixes: readonly ProductMix[]) {
    this.#options = options;
    for (const mix of mixes) this.#byProduct.set(mix, { loans: 0, principal: 0 });
    this.#days = Array.from({ length: options.days }, () => ({
      repayments: 0,
      settlements: 0,
      amount: 0,
    }));
  }

  loan(loan: DrawnLoan): void {
    const product = this.#byProduct.get(loan.mix)!;
    product.loans += 1;
    product.principal += loan.contract.principal;
    this.#standings[loan.standing] += 1;
    this.#buckets[loan.bucket]! += 1;
  }

  /** `at`: the day's place in the window; no amount: a settlement. */
  event(at: number, amount: Fen | null): void {
    const day = this.#days[at]!;
    if (amount === null) {
      day.settlements += 1;
    } else {
      day.repayments += 1;
      day.amount += amount;
    }
  }

  manifest(): Manifest {
    const { profile, seed, loans, startOn, days } = this.#options;
    const products = [...this.#byProduct].map(([mix, { loans: count, principal }]) => ({
      code: mix.text.code,
      name: mix.text.name,
      file: productFile(mix.text),
      loans: count,
      principal: formatAmount(principal, MINOR_DIGITS),
    }));
    let principal = 0;
    for (const product of this.#byProduct.values()) principal += product.principal;
    const buckets = this.#buckets.map((count, m) => [`M${m}`, count] as const).slice(1);
    return {
      profile,
      seed,
      loans,
      start: formatDay(startOn),
      days,
      business_days: { first: formatDay(startOn), last: formatDay(startOn + days - 1) },
      principal: formatAmount(principal, MINOR_DIGITS),
      standings: { ...this.#standings },
      buckets: Object.fromEntries(buckets),
      products,
      repayments: this.#days.map(({ repayments, settlements, amount }, at) => ({
        date: formatDay(startOn + at),
        file: repaymentsFile(formatDay(startOn + at)),
        repayments,
        settlements,
        amount: formatAmount(amount, MINOR_DIGITS),
      })),
    };
  }
}

export function repaymentsFile(date: string): string {
  return `repayments-${date}.csv`;
}
