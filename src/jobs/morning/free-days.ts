import { lastFreeDay } from '../../accounting/calendar/calendar.js';
import { Refusal } from '../../accounting/money/refusal.js';
import type { EpochDay } from '../../accounting/money/units.js';
import { countsOn, decidedOn, FPD_DAYS } from '../../operations/figures/first-payment.js';
import type { Book } from '../book/book.js';
import type { DueWindow } from '../day/at-close/loans-at-close.js';

/** Holidays in a row are fewer than this. */
const HOLIDAYS_MAX = 45;

/** Last penalty-free days by product and due date, worked out once each. */
export class FreeDays {
  readonly #book: Book;
  readonly #byProduct = new Map<number, Map<EpochDay, EpochDay | null>>();

  constructor(book: Book) {
    this.#book = book;
  }

  /** Of an instalment of a loan of a group; null where the calendar does not hold its days. */
  of(groupId: number, dueOn: EpochDay): EpochDay | null {
    const productId = this.#book.groups.get(groupId)?.productId ?? 0;
    return this.#ofProduct(productId, dueOn);
  }

  /**
   * The due dates that figures of a day ask for: from the earliest whose last penalty-free day is
   * not before it, or whose first instalments count in it.
   */
  window(day: EpochDay): DueWindow {
    let since = day;
    let leftAfter = day;
    for (const [productId, { penalty }] of this.#book.products) {
      const span = penalty.graceDays + HOLIDAYS_MAX;
      for (let dueOn = day - span; dueOn < since; dueOn += 1) {
        if ((this.#ofProduct(productId, dueOn) ?? dueOn) >= day) since = dueOn;
      }
      // Decided within the window, which is twice as long as the latest look at it at most.
      for (let dueOn = day - 2 * FPD_DAYS[2] - span; dueOn < leftAfter; dueOn += 1) {
        const freeUntil = this.#ofProduct(productId, dueOn) ?? dueOn;
        const counts = (days: number) => countsOn(day, decidedOn({ dueOn, freeUntil }, days));
        if (FPD_DAYS.some(counts)) leftAfter = dueOn;
      }
    }
    return { since, leftAfter: Math.min(leftAfter, since) };
  }

  #ofProduct(productId: number, dueOn: EpochDay): EpochDay | null {
    let days = this.#byProduct.get(productId);
    if (days === undefined) {
      days = new Map();
      this.#byProduct.set(productId, days);
    }
    const known = days.get(dueOn);
    if (known !== undefined) return known;
    const found = this.#workOut(productId, dueOn);
    days.set(dueOn, found);
    return found;
  }

  #workOut(productId: number, dueOn: EpochDay): EpochDay | null {
    const product = this.#book.products.get(productId);
    if (product === undefined) return null;
    const { graceDays, postpone } = product.penalty;
    try {
      return lastFreeDay(dueOn, graceDays, postpone, this.#book.calendar);
    } catch (error) {
      // A year of before the book: the close never asked for it.
      if (error instanceof Refusal) return null;
      throw error;
    }
  }
}
