import { formatDay, parseDay } from '../../src/accounting/calendar/epoch-day.js';
import { formatAmount } from '../../src/accounting/money/amount-text.js';
import type { ModelDocument } from '../model/model.js';
import { Draw, type Loose } from './draw.js';
import { COMPONENTS, randomProduct } from './random-product.js';

/** The days between which loans are disbursed and folded. */
export interface DayRange {
  readonly from: number;
  readonly through: number;
}

/** A random product, loan and history, the same for the same seed: a document for `simulate`. */
export function randomLoan(seed: number, within?: DayRange): ModelDocument {
  // Drawn apart, so that a seed means the same loan with recalculation and without.
  const apart = new Draw(seed + APART);
  const document = randomDocument(seed, within);
  sayMore(document, new Draw(seed + 2 * APART));
  return apart.chance(0.2) ? recalculated(document, apart) : document;
}

const APART = 1_000_000_000;

const CARRYING = ['level_payment', 'level_payment_solved', 'level_payment_actuarial', 'balloon'];

/** Keys that a product may have whatever its method, also where they do nothing. */
function sayMore({ product, events = [] }: ModelDocument, draw: Draw): void {
  const { repayment, interest, prepayment } = product as Loose;
  if (interest.basis === 'actual') {
    if (draw.chance(0.3)) interest.leap_year = 'feb_29_period';
    else if (draw.chance(0.5)) interest.year_cut = 'jan_1';
  }
  if (CARRYING.includes(repayment.method) && draw.chance(0.1)) repayment.carry_fraction = true;
  if (draw.chance(0.1)) interest.monthly_rate_decimals = draw.between(4, 8);
  // See `mayAddRow`: a payment kept takes rows off.
  const hasOwnRow = events.some(({ type, due_on: dueOn }) => type === 'fee' && dueOn !== undefined);
  if (repayment.flat_total && prepayment?.partial && draw.chance(0.5) && !hasOwnRow) {
    prepayment.partial.keep = 'payment';
  }
}

/** The events whose rule under recalculation is settled. */
const RECALCULATED_EVENTS = new Set(['repayment', 'fee', 'waiver', 'suspense_refund', 'reversal']);

/**
 * Money paid early under recalculation is held, or pays instalments ahead: the page says of no
 * other rule what it does to interest that follows the payments.
 */
const UNSETTLED = new Set(['pay_evenly', 'prepay']);

/** The same loan with interest that follows its payments, where its product may say so. */
export function recalculated(document: ModelDocument, draw: Draw): ModelDocument {
  const { repayment, interest, allocation } = document.product as Loose;
  if (repayment.method === 'flat_interest' || repayment.carry_fraction) return document;
  interest.recalculation = { rest: draw.of(['daily', 'same_as_repayment_period']) };
  if (UNSETTLED.has(allocation?.early_payment)) allocation.early_payment = 'pay_next';
  const events = (document.events ?? []).filter(({ type }) => RECALCULATED_EVENTS.has(type));
  for (const event of events) {
    if (UNSETTLED.has(event.early_payment ?? '')) event.early_payment = 'pay_next';
  }
  return { ...document, events };
}

function randomDocument(seed: number, within?: DayRange): ModelDocument {
  const draw = new Draw(seed);
  const product = randomProduct(draw);
  const { loan, ...frame } = randomTerms(draw, product, within);
  const { start, through } = frame;
  return {
    product: product as ModelDocument['product'],
    ...(draw.chance(0.3) ? { policy: { non_accrual_after: draw.between(5, 60) } } : {}),
    ...(draw.chance(0.3) ? { calendar: randomCalendar(draw, start, through) } : {}),
    loan,
    events: randomEvents(draw, frame),
    through: formatDay(through),
  };
}

/** What events are drawn for: a loan's days, its principal in minor units, and rates for it. */
export interface Frame {
  readonly start: number;
  readonly through: number;
  readonly principal: number;
  readonly rate: () => string;
  readonly mayAddRow: boolean;
}

/** A random loan of a product, and the frame of its events. */
export function randomTerms(
  draw: Draw,
  product: Loose,
  within?: DayRange,
): Frame & { readonly loan: ModelDocument['loan'] } {
  const anyDay = parseDay('2026-01-01')! - 400 + draw.upTo(700);
  const start = within === undefined ? anyDay : within.from + draw.upTo(8);
  const isSmall = draw.chance(0.2) && product.repayment.payment_multiple === undefined;
  const principal = isSmall ? draw.between(1, 5000) : draw.between(50_000, 9_000_000);
  const periods = draw.between(1, 9);
  const unit = product.repayment?.interval?.unit ?? 'month';
  const length = unit === 'month' ? 31 : unit === 'week' ? 7 : 3;
  const span = Math.min(periods * length * (product.repayment?.interval?.every ?? 1) + 40, 420);
  const through = within?.through ?? start + draw.between(1, span);
  const perDay = product.interest?.rate_unit === 'day';
  const perMonth = product.interest?.rate_unit === 'month';
  const rate = (): string => {
    if (draw.chance(0.06)) return '0';
    const ppb = draw.between(1, 360) * 1_000_000;
    if (perDay) return formatAmount(Math.floor(ppb / 400), 9);
    return formatAmount(perMonth ? Math.floor(ppb / 12) : ppb, 9);
  };
  // A row for a charge alone behind the last instalment, where nothing takes rows off before it:
  // the page lets it keep its seq, the fold counts it up behind the rows that are left.
  const keep = product.prepayment?.partial?.keep;
  const mayAddRow = principal % 3 === 0 && !isSmall && keep !== 'payment';
  const loan: ModelDocument['loan'] = {
    principal: formatAmount(principal, 2),
    rate: rate(),
    periods: Math.max(periods, (product.repayment?.principal_free_periods ?? 0) + 1),
    disbursed_on: formatDay(start),
  };
  if (draw.chance(0.15) && unit === 'month') {
    loan.first_due_on = formatDay(start + draw.between(1, 50));
  }
  return { start, through, principal, rate, mayAddRow, loan };
}

export function randomCalendar(draw: Draw, start: number, through: number): Loose {
  const holidays: string[] = [];
  for (let day = start; day < through; day += draw.between(5, 60)) {
    for (let k = draw.upTo(4); k >= 0; k -= 1) holidays.push(formatDay(day + k));
  }
  const years: number[] = [];
  for (let year = 2024; year <= 2030; year += 1) years.push(year);
  return { holidays: [...new Set(holidays)], years };
}

function randomEvents(draw: Draw, frame: Frame): ModelDocument['events'] {
  const events: NonNullable<ModelDocument['events']> = [];
  if (draw.chance(0.1)) return events;
  const count = draw.between(0, 8);
  for (let k = 0; k < count; k += 1) {
    const valueDate = frame.start + draw.upTo(frame.through - frame.start + 3);
    const late = draw.chance(0.3) ? draw.between(1, 40) : 0;
    const event = {
      ref: draw.chance(0.02) ? 'E0' : `E${k}`,
      ...randomEvent(draw, frame, k),
      value_date: formatDay(valueDate),
    };
    if (late > 0) event.business_date = formatDay(valueDate + late);
    events.push(event as NonNullable<ModelDocument['events']>[number]);
  }
  return events;
}

export function randomEvent(draw: Draw, { principal, rate, mayAddRow }: Frame, k: number): Loose {
  const share = (parts: number) => formatAmount(Math.max(1, Math.floor(principal / parts)), 2);
  const amount = draw.chance(0.15) ? share(1) : share(draw.between(2, 30));
  const kind = draw.upTo(100);
  if (kind < 50) {
    if (!draw.chance(0.2)) return { type: 'repayment', amount };
    const early = draw.of(['hold', 'pay_next', 'pay_last', 'pay_evenly', 'prepay']);
    return { type: 'repayment', amount, early_payment: early };
  }
  if (kind < 60) return { type: 'prepayment', amount };
  if (kind < 65 && !mayAddRow) {
    return draw.chance(0.7) ? { type: 'settlement' } : { type: 'settlement', amount: share(1) };
  }
  if (kind < 71) {
    const seq = draw.chance(0.5) ? { seq: draw.between(1, 5) } : {};
    return { type: 'waiver', component: draw.of(COMPONENTS), amount: share(200), ...seq };
  }
  if (kind < 79) {
    const event: Loose = {
      type: 'fee',
      component: draw.of(['fee', 'penalty']),
      amount: share(100),
    };
    if (draw.chance(0.3)) event.seq = draw.between(1, 6);
    else if (draw.chance(0.4) && mayAddRow)
      event.due_on = formatDay(parseDay('2026-01-01')! + draw.upTo(500));
    return event;
  }
  if (kind < 83)
    return draw.chance(0.3) || mayAddRow
      ? { type: 'merchant_refund' }
      : { type: 'merchant_refund', amount };
  if (kind < 86) return { type: 'suspense_refund', amount: share(50) };
  if (kind < 90) return { type: 'rate_change', rate: rate() };
  if (kind < 91) return { type: 'write_off' };
  // Now and then for nothing.
  if (kind < 92) return { type: 'transfer', amount: principal % 5 === 0 ? '0.00' : amount };
  if (kind < 94) return { type: 'recovery', amount };
  return { type: 'reversal', of: `E${draw.upTo(k + 1)}` };
}
