import { type BookDay, type FoldTerms, foldTerms } from '../../accounting/fold/fold-terms.js';
import { InvariantError } from '../../accounting/money/refusal.js';
import type { EpochDay } from '../../accounting/money/units.js';
import type { Book } from '../book/book.js';

/** Terms and policy of a day, as the task prepared them. */
export interface DayTerms {
  readonly book: (date: EpochDay) => BookDay;
  readonly fold: (groupId: number, date: EpochDay) => FoldTerms;
}

/** Terms by day and group, prepared once each. */
export function dayTerms(book: Book): DayTerms {
  const days = new Map<EpochDay, BookDay>();
  const terms = new Map<string, FoldTerms>();
  return {
    book: (date) => {
      let day = days.get(date);
      if (day === undefined) {
        day = { date, policy: book.policyOn(date), calendar: book.calendar };
        days.set(date, day);
      }
      return day;
    },
    fold: (groupId, date) => {
      const productId = book.groups.get(groupId)?.productId ?? 0;
      const product = book.products.get(productId);
      if (product === undefined) throw new InvariantError('unknown product', { productId });
      const actual = product.interest.basis === 'actual';
      const key = `${productId}/${actual ? date : 0}`;
      let fold = terms.get(key);
      if (fold === undefined) {
        fold = foldTerms(product, date);
        terms.set(key, fold);
      }
      return fold;
    },
  };
}
