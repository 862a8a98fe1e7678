import type { EpochDay } from '../../../accounting/money/units.js';
import type { Book } from '../../book/book.js';

/** Rows of a file that are looked up together. */
export const PAGE_ROWS = 1_000;

export interface VerifyScene {
  readonly book: Book;
  /** The day before the first one of the book that folds what came. */
  readonly cutOverOn: EpochDay;
  readonly minorDigits: number;
  readonly signal?: AbortSignal | undefined;
}

/** A difference of one loan. */
export interface Found {
  readonly loanNo: string;
  readonly about: 'schedule' | 'balance' | 'age';
  readonly seq: number | null;
  readonly field: string;
  readonly theirs: string;
  readonly ours: string;
  /** What differs, or the convention that most likely explains it. */
  readonly difference: string;
}
