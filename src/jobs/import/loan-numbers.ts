import { IDS_PER_BUCKET } from '../../accounting/fold/loan-bucket.js';

/** A loan of the book that has the number of a row. */
export interface LoanInBook {
  readonly loanId: number;
  /** Why no row of its number can go in; null: it takes the place of the loan. */
  readonly bar: 'there' | 'folded' | 'reconciled' | null;
}

function ruleOf(bar: NonNullable<LoanInBook['bar']>): string {
  if (bar === 'folded') return 'loan_was_folded';
  return bar === 'reconciled' ? 'loan_was_reconciled' : 'loan_no_in_book';
}

/**
 * Gives the loans of some buckets their numbers, in the order of their rows, and tells a number
 * that the book has from one that an earlier row of the file has. A row that clashes has used up
 * its ordinal: which clash is none of the row's own matters.
 */
export class LoanNumbers {
  readonly #ordinals: number[];
  readonly #inBook: ReadonlyMap<string, LoanInBook>;
  readonly #inFile = new Set<string>();

  /** `ordinals`: the last one given, by bucket; `inBook`: those of the file that the book has. */
  constructor(ordinals: readonly number[], inBook: ReadonlyMap<string, LoanInBook>) {
    this.#ordinals = [...ordinals];
    this.#inBook = inBook;
  }

  /** The last ordinal given, by bucket. */
  get ordinals(): readonly number[] {
    return this.#ordinals;
  }

  /** The number of the loan whose place the row takes, else the next one. */
  idOf(bucket: number, loanNo: string): number {
    const inBook = this.#of(loanNo);
    if (inBook?.bar === null) return inBook.loanId;
    const ordinal = this.#ordinals[bucket]! + 1;
    this.#ordinals[bucket] = ordinal;
    return bucket * IDS_PER_BUCKET + ordinal;
  }

  /** The rule that a number breaks which is there already; it is there from now on. */
  clashOf(loanNo: string): string | undefined {
    const bar = this.#of(loanNo)?.bar ?? null;
    if (bar !== null) return ruleOf(bar);
    if (this.#inFile.has(loanNo)) return 'loan_no_repeated';
    this.#inFile.add(loanNo);
    return undefined;
  }

  #of(loanNo: string): LoanInBook | undefined {
    return this.#inBook.size === 0 ? undefined : this.#inBook.get(loanNo);
  }
}
