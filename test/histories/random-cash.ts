import { formatDay, parseDay } from '../../src/accounting/calendar/epoch-day.js';
import { formatAmount } from '../../src/accounting/money/amount-text.js';
import type { ModelDocument } from '../model/model.js';
import { Draw, type Loose } from './draw.js';
import {
  type DayRange,
  type Frame,
  randomCalendar,
  randomTerms,
  recalculated,
} from './random-loan.js';
import { COMPONENTS, randomProduct } from './random-product.js';

type Event = NonNullable<ModelDocument['events']>[number];

/** So many products, that reading them is not most of the work. */
const PRODUCTS = 1_009;
const PRODUCTS_FROM = 3_000_000_000;
const LOANS_FROM = 2_000_000_000;

/**
 * A random loan whose past changes after money has moved: it is settled, prepaid, recovered, given
 * back or sold, suspense is paid out, and then something from before is heard of, or bounces. The
 * same for the same seed. No two events have a business date in common, but in a few loans.
 */
export function cashLoan(seed: number): ModelDocument {
  const product = randomProduct(new Draw(PRODUCTS_FROM + (seed % PRODUCTS)));
  const draw = new Draw(LOANS_FROM + seed);
  const from = parseDay('2026-01-01')! - 400 + draw.upTo(700);
  const range = { from, through: from + draw.between(20, 80) };
  const { start, through, ...document } = cashDocument(draw, product, range);
  const around = {
    ...(draw.chance(0.2) ? { policy: { non_accrual_after: draw.between(5, 40) } } : {}),
    ...(draw.chance(0.1) ? { calendar: randomCalendar(draw, start, through) } : {}),
  };
  const complete = { ...document, ...around, through: formatDay(through) };
  return draw.chance(0.1) ? recalculated(complete, draw) : complete;
}

/** The same for a loan of a product in a book that is closed from day to day. */
export function cashLoanOf(
  product: ModelDocument['product'],
  seed: number,
  range: DayRange,
): ModelDocument {
  const { loan, events } = cashDocument(new Draw(LOANS_FROM + seed), product, range);
  return { product, loan, events, through: formatDay(range.through) };
}

function cashDocument(draw: Draw, product: Loose, range: DayRange) {
  const { loan, ...frame } = randomTerms(draw, product, range);
  const events = new Story(draw, frame).told();
  const { start, through } = frame;
  return { product: product as ModelDocument['product'], loan, events, start, through };
}

/** What happens to one loan, in the order in which it becomes known. */
class Story {
  readonly #draw: Draw;
  readonly #frame: Frame;
  readonly #events: Event[] = [];
  readonly #crowded: boolean;
  readonly #step: number;
  #now: number;

  constructor(draw: Draw, frame: Frame) {
    this.#draw = draw;
    this.#frame = frame;
    this.#now = frame.start - 1;
    this.#crowded = draw.chance(0.1);
    this.#step = Math.max(1, Math.floor((frame.through - frame.start) / draw.between(4, 14)));
  }

  told(): Event[] {
    const chapters = this.#draw.between(1, 2);
    for (let k = 0; k < chapters; k += 1) {
      if (this.#draw.chance(0.6)) this.#money();
      this.#chapter();
      for (let after = this.#draw.upTo(4); after > 0; after -= 1) this.#news();
    }
    return this.#events;
  }

  #chapter(): void {
    const kind = this.#draw.upTo(this.#frame.mayAddRow ? 8 : 12);
    if (kind < 3) this.#paidOut();
    else if (kind < 5) this.#ended();
    else if (kind < 8) this.#prepaid();
    else this.#settled();
  }

  /** Money comes, more than is due mostly; some of it goes out again, and it bounces. */
  #paidOut(): void {
    const draw = this.#draw;
    const parts = draw.between(2, 30);
    const came = this.#add('repayment', { amount: this.#share(parts, parts), ...HELD });
    if (draw.chance(0.3)) this.#add('repayment', { amount: this.#share(2, 30), ...HELD });
    this.#add('suspense_refund', { amount: this.#share(parts, parts * draw.between(1, 3)) });
    if (draw.chance(0.3)) this.#money();
    if (draw.chance(0.3) && !this.#frame.mayAddRow) this.#settled();
    if (draw.chance(0.8)) this.#add('reversal', { of: came });
    if (draw.chance(0.3)) this.#money();
  }

  /** Written off, given back or sold, mostly not for ever. */
  #ended(): void {
    const draw = this.#draw;
    const kind = draw.upTo(4);
    const price = { amount: this.#share(1, 2) };
    let ending: string;
    if (kind === 0) ending = this.#add('transfer', price);
    else if (kind === 1) ending = this.#add('merchant_refund', {});
    else {
      ending = this.#add('write_off', {});
      this.#add(draw.chance(0.7) ? 'recovery' : 'repayment', { amount: this.#share(1, 30) });
    }
    if (draw.chance(0.4)) this.#add('suspense_refund', { amount: this.#share(2, 90) });
    if (draw.chance(0.4)) this.#reverse();
    if (draw.chance(0.7)) this.#add('reversal', { of: ending });
  }

  /** What is due is paid, by suspense maybe; then principal is prepaid, and the payment bounces. */
  #prepaid(): void {
    const draw = this.#draw;
    const before = draw.chance(0.6);
    const came = before && this.#add('repayment', { amount: this.#share(1, 6), ...HELD });
    if (before) this.#now += draw.upTo(40);
    this.#add('prepayment', { amount: this.#share(1, 20) });
    if (came && draw.chance(0.6)) this.#add('reversal', { of: came });
  }

  #settled(): void {
    const draw = this.#draw;
    const came = draw.chance(0.4) && this.#add('repayment', { amount: this.#share(1, 20) });
    this.#settle(0);
    if (came && draw.chance(0.5)) this.#add('reversal', { of: came });
  }

  /** Something of the past, or of today. */
  #news(): void {
    const draw = this.#draw;
    const late = draw.between(1, 30);
    const kind = draw.upTo(24);
    if (kind < 8) this.#reverse();
    else if (kind < 11) this.#money(late);
    else if (kind < 13) {
      const seq = draw.chance(0.8) ? { seq: draw.between(1, 3) } : {};
      const component = draw.chance(0.7) ? 'interest' : draw.of(COMPONENTS);
      const own = { component, amount: this.#share(300, 3000), ...seq };
      this.#add('waiver', own, late);
    } else if (kind < 15) {
      this.#add('fee', { component: draw.of(['fee', 'penalty']), ...this.#charge() }, late);
    } else if (kind < 17) this.#add('rate_change', { rate: this.#frame.rate() }, late);
    else if (kind < 19) this.#add('prepayment', { amount: this.#share(1, 30) }, late);
    else if (kind < 20) this.#add('suspense_refund', { amount: this.#share(3, 60) }, late);
    else if (kind < 21) this.#add('write_off', {}, late);
    else if (kind < 22) this.#add('recovery', { amount: this.#share(2, 30) }, late);
    else if (this.#frame.mayAddRow) this.#add('merchant_refund', {}, late);
    else if (kind < 23) this.#add('merchant_refund', { amount: this.#share(1, 10) }, late);
    else this.#settle(late);
  }

  #charge(): Loose {
    const draw = this.#draw;
    const amount = this.#share(50, 900);
    if (draw.chance(0.3)) return { amount, seq: draw.between(1, 4) };
    const { mayAddRow, start, through } = this.#frame;
    const dueOn = start + draw.upTo(through - start + 10);
    return mayAddRow && draw.chance(0.5) ? { amount, due_on: formatDay(dueOn) } : { amount };
  }

  #settle(late: number): void {
    const draw = this.#draw;
    const more = formatAmount(Math.ceil((this.#frame.principal * draw.between(10, 14)) / 10), 2);
    this.#add('settlement', draw.chance(0.7) ? {} : { amount: more }, late);
  }

  #money(late = 0): void {
    const draw = this.#draw;
    const early = draw.of(['hold', 'pay_next', 'pay_last', 'pay_evenly', 'prepay', '']);
    const own = early === '' ? {} : { early_payment: early };
    this.#add('repayment', { amount: this.#share(1, 20), ...own }, late);
  }

  /** Mostly of what has not been reversed before. */
  #reverse(): void {
    const others = this.#events.filter(({ type }) => type !== 'reversal');
    const undone = new Set(this.#events.map(({ of }) => of));
    const standing = others.filter(({ ref }) => !undone.has(ref));
    const among = this.#draw.chance(0.9) ? standing : this.#events;
    const of = among.length > 0 ? this.#draw.of(among).ref : 'NONE';
    this.#add('reversal', { of });
  }

  #share(fewest: number, most: number): string {
    const parts = this.#draw.between(fewest, most);
    return formatAmount(Math.max(1, Math.floor(this.#frame.principal / parts)), 2);
  }

  /** An event that becomes known next, of so many days before at most; its ref. */
  #add(type: string, own: Loose, late = 0): string {
    const { start } = this.#frame;
    const isToday = this.#crowded && this.#now >= start && this.#draw.chance(0.5);
    if (!isToday) this.#now += 1 + this.#draw.upTo(this.#step);
    const valueOn = Math.max(start, this.#now - late);
    const ref = `E${this.#events.length}`;
    const dated: Loose = { ref, type, ...own, value_date: formatDay(valueOn) };
    if (valueOn !== this.#now) dated.business_date = formatDay(this.#now);
    this.#events.push(dated as Event);
    return ref;
  }
}

const HELD = { early_payment: 'hold' };
