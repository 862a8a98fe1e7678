import { formatAmount } from '../../src/accounting/amount-text.js';
import { formatDay, parseDay } from '../../src/accounting/epoch-day.js';
import { Random } from '../../src/jobs/generate/random.js';
import type { ModelDocument } from '../model/model.js';

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
  sayMore(document.product as Loose, new Draw(seed + 2 * APART));
  return apart.chance(0.2) ? recalculated(document, apart) : document;
}

const APART = 1_000_000_000;

const CARRYING = ['level_payment', 'level_payment_solved', 'level_payment_actuarial', 'balloon'];

/** Keys that a product may have whatever its method, also where they do nothing. */
function sayMore({ repayment, interest, prepayment }: Loose, draw: Draw): void {
  if (interest.basis === 'actual') {
    if (draw.chance(0.3)) interest.leap_year = 'feb_29_period';
    else if (draw.chance(0.5)) interest.year_cut = 'jan_1';
  }
  if (CARRYING.includes(repayment.method) && draw.chance(0.1)) repayment.carry_fraction = true;
  if (draw.chance(0.1)) interest.monthly_rate_decimals = draw.between(4, 8);
  if (repayment.flat_total && prepayment?.partial && draw.chance(0.5)) {
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
function recalculated(document: ModelDocument, draw: Draw): ModelDocument {
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
  return {
    product: product as ModelDocument['product'],
    ...(draw.chance(0.3) ? { policy: { non_accrual_after: draw.between(5, 60) } } : {}),
    ...(draw.chance(0.3) ? { calendar: randomCalendar(draw, start, through) } : {}),
    loan,
    events: randomEvents(draw, { start, through, principal, rate, mayAddRow }),
    through: formatDay(through),
  };
}

class Draw {
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  upTo(below: number): number {
    return this.#random.below(below);
  }

  between(min: number, max: number): number {
    return min + this.upTo(max - min + 1);
  }

  chance(share: number): boolean {
    return this.upTo(10_000) < share * 10_000;
  }

  of<T>(items: readonly T[]): T {
    return items[this.upTo(items.length)]!;
  }
}

const METHODS = [
  'level_payment',
  'level_payment',
  'level_payment',
  'level_payment_solved',
  'level_payment_actuarial',
  'equal_principal',
  'flat_interest',
  'interest_only',
  'bullet',
  'daily_interest',
  'balloon',
] as const;
const ROUNDINGS = ['half_up', 'half_up', 'half_even', 'up', 'down'] as const;
const COMPONENTS = ['principal', 'interest', 'penalty', 'compound', 'fee'] as const;

// biome-ignore lint/suspicious/noExplicitAny: a document under construction, checked by both readers
type Loose = any;

function randomProduct(draw: Draw): Loose {
  const method = draw.of(METHODS);
  const repayment: Loose = { method };
  if (draw.chance(0.25)) {
    const unit = draw.of(['month', 'week', 'day'] as const);
    repayment.interval = { every: draw.between(1, unit === 'month' ? 3 : 5), unit };
  }
  const monthly = (repayment.interval?.unit ?? 'month') === 'month';
  if (monthly && draw.chance(0.2)) repayment.due_day = draw.between(1, 31);
  if (monthly && draw.chance(0.3)) repayment.fixed_day_first_due = 'same_month';
  if (method === 'balloon') repayment.amortization_periods = draw.between(10, 40);
  const mayBeFree = !['flat_interest', 'balloon', 'level_payment_actuarial'].includes(method);
  if (mayBeFree && draw.chance(0.15)) {
    repayment.principal_free_periods = draw.between(1, 2);
  }
  if (draw.chance(0.3)) repayment.payment_rounding = draw.of(ROUNDINGS);
  if (draw.chance(0.1)) repayment.payment_multiple = draw.of(['0.05', '1.00', '10.00']);
  if (method === 'level_payment' && draw.chance(0.1)) repayment.carry_fraction = true;
  if (draw.chance(0.12)) {
    const percent = draw.of(['25', '10', '33.3']);
    repayment.down_payment = { percent, automatic: draw.chance(0.5) };
  }
  if (method === 'flat_interest' && draw.chance(0.3)) repayment.flat_total = true;
  const product: Loose = { code: 'RANDOM', repayment, interest: randomInterest(draw, method) };
  if (draw.chance(0.7)) product.penalty = randomPenalty(draw);
  if (draw.chance(0.6)) product.allocation = randomAllocation(draw);
  if (draw.chance(0.7)) {
    product.prepayment = randomPrepayment(draw, repayment.flat_total === true);
  }
  return product;
}

function randomInterest(draw: Draw, method: string): Loose {
  const interest: Loose = {};
  if (draw.chance(0.4)) interest.basis = draw.of([360, 364, 365, 'actual']);
  if (draw.chance(0.4)) {
    const kinds = ['monthly', 'actual_days', 'thirty_360'];
    interest.period_interest = draw.of(interest.basis === 'actual' ? kinds.slice(0, 2) : kinds);
  }
  if (draw.chance(0.15)) interest.rate_unit = draw.of(['month', 'day']);
  const isMonthly = (interest.period_interest ?? 'monthly') === 'monthly';
  if (isMonthly && draw.chance(0.1)) interest.monthly_rate_decimals = draw.between(4, 8);
  if (draw.chance(0.3)) interest.rounding = draw.of(ROUNDINGS);
  if (draw.chance(0.3)) interest.first_period = draw.of(['whole_period', 'months_plus_days']);
  if (draw.chance(0.2)) interest.odd_days = 'proportion_of_month';
  if (draw.chance(0.3)) interest.accrual = 'straight_line';
  if (method === 'level_payment_actuarial' && interest.basis === 'actual') {
    if (draw.chance(0.3)) interest.leap_year = 'feb_29_period';
    if (draw.chance(0.3)) interest.year_cut = 'jan_1';
  }
  return interest;
}

function randomPenalty(draw: Draw): Loose {
  const penalty: Loose = {};
  if (draw.chance(0.5)) {
    penalty.rate = draw.chance(0.5) ? { annual: '0.27' } : { multiple: draw.of(['1.3', '2']) };
  }
  if (draw.chance(0.3)) penalty.base = 'principal_and_interest';
  else if (draw.chance(0.4)) penalty.compound_interest = true;
  if (draw.chance(0.5)) penalty.grace_days = draw.between(1, 6);
  if (draw.chance(0.3)) penalty.grace_missed = 'from_grace_end';
  if (draw.chance(0.4)) {
    penalty.postpone = draw.of(['min', 'grace_then_holiday', 'holiday_then_grace', 'any']);
  }
  return penalty;
}

function shuffled(draw: Draw): string[] {
  const order = [...COMPONENTS];
  for (let k = order.length - 1; k > 0; k -= 1) {
    const at = draw.upTo(k + 1);
    const held = order[k]!;
    order[k] = order[at]!;
    order[at] = held;
  }
  return order;
}

function randomAllocation(draw: Draw): Loose {
  const direction = () => draw.of(['by_installment', 'by_component']);
  const allocation: Loose = {};
  if (draw.chance(0.5)) allocation.accruing = { direction: direction(), order: shuffled(draw) };
  if (draw.chance(0.3)) allocation.non_accruing = { direction: direction(), order: shuffled(draw) };
  if (draw.chance(0.2)) allocation.past_due_first = true;
  if (draw.chance(0.2)) allocation.in_advance = { order: shuffled(draw) };
  if (draw.chance(0.7)) {
    allocation.early_payment = draw.of(['pay_next', 'pay_last', 'pay_evenly', 'prepay']);
  }
  return allocation;
}

function randomPrepayment(draw: Draw, isFlatTotal: boolean): Loose {
  const prepayment: Loose = {};
  if (draw.chance(0.5)) prepayment.interest_to = draw.of(['next_due', 'none']);
  if (draw.chance(0.7)) {
    prepayment.partial = {
      keep: isFlatTotal ? 'term' : draw.of(['term', 'payment']),
      interest_on: draw.of(['prepaid', 'whole_balance']),
    };
  }
  if (draw.chance(0.4)) {
    prepayment.fee = { rate: draw.of(['0.03', '0.005']) };
    if (draw.chance(0.5)) prepayment.fee.of = 'prepaid_principal';
    if (draw.chance(0.3)) prepayment.fee.free_after_period = draw.between(1, 3);
    if (draw.chance(0.3)) prepayment.fee.min = '5.00';
    if (draw.chance(0.2)) prepayment.fee.max = '50.00';
  }
  return prepayment;
}

function randomCalendar(draw: Draw, start: number, through: number): Loose {
  const holidays: string[] = [];
  for (let day = start; day < through; day += draw.between(5, 60)) {
    for (let k = draw.upTo(4); k >= 0; k -= 1) holidays.push(formatDay(day + k));
  }
  const years: number[] = [];
  for (let year = 2024; year <= 2030; year += 1) years.push(year);
  return { holidays: [...new Set(holidays)], years };
}

interface Frame {
  readonly start: number;
  readonly through: number;
  readonly principal: number;
  readonly rate: () => string;
  readonly mayAddRow: boolean;
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

function randomEvent(draw: Draw, { principal, rate, mayAddRow }: Frame, k: number): Loose {
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
