import { IDS_PER_BUCKET } from '../../accounting/fold/loan-bucket.js';

/**
 * Gives the loans of some buckets their numbers, in the order of their rows, and tells a number
 * that the book has from one that an earlier row of the file has. A row that clashes has used up
 * its ordinal: which clash is none of the row's own matters.
 */
export class LoanNumbers {
  readonly #ordinals: number[];
  readonly #inBook: ReadonlySet<string>;
  readonly #inFile = new Set<string>();

  /** `ordinals`: the last one given, by bucket; `inBook`: those of the file that the book has. */
  constructor(ordinals: readonly number[], inBook: ReadonlySet<string>) {
    this.#ordinals = [...ordinals];
    this.#inBook = inBook;
  }

  /** The last ordinal given, by bucket. */
  get ordinals(): readonly number[] {
    return this.#ordinals;
  }

  nextId(bucket: number): number {
    const ordinal = this.#ordinals[bucket]! + 1;
    this.#ordinals[bucket] = ordinal;
    return bucket * IDS_PER_BUCKET + ordinal;
  }

  /** The rule that a number breaks which is there already; it is there from now on. */
  clashOf(loanNo: string): string | undefined {
    if (this.#inBook.has(loanNo)) return 'loan_no_in_book';
    if (this.#inFile.has(loanNo)) return 'loan_no_repeated';
    this.#inFile.add(loanNo);
    return undefined;
  }
}
