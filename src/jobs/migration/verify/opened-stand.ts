import { foldTerms } from '../../../accounting/fold/fold-terms.js';
import type { LoanFile } from '../../../accounting/fold/loan-terms-at-hand.js';
import { blankPosition, CLASS_NAMES } from '../../../accounting/fold/position.js';
import { Refusal } from '../../../accounting/money/refusal.js';
import type { Fen } from '../../../accounting/money/units.js';
import { openLoan } from '../../../accounting/opening/open-loan.js';
import { TOTALS_COUNT } from '../../../accounting/posting/totals.js';
import type { BookedLoan } from './booked-loans.js';
import type { VerifyScene } from './verify-scene.js';

/** What the book works out of a position that came: '' where it came with none. */
export interface OpenedStand {
  readonly class: string;
  readonly daysPastDue: string;
}

const NONE: OpenedStand = { class: '', daysPastDue: '' };

/** A loan as its first close finds it. */
export function standOf(
  { opening, contract, schedule, productId }: BookedLoan,
  { book }: VerifyScene,
): OpenedStand {
  const terms = book.products.get(productId);
  if (opening === null || terms === undefined) return NONE;
  const { cutOverOn: date } = opening;
  const totals = new Array<Fen>(TOTALS_COUNT).fill(0);
  const file: LoanFile = { contract, schedule, changed: false, totals: () => totals };
  const position = blankPosition();
  try {
    const day = { date, policy: book.policyOn(date), calendar: book.calendar };
    openLoan({ position, file, totals }, opening, foldTerms(terms, date), day);
  } catch (error) {
    if (error instanceof Refusal) return NONE;
    throw error;
  }
  const { classification, daysPastDue } = position;
  return { class: CLASS_NAMES[classification]!, daysPastDue: String(daysPastDue) };
}
