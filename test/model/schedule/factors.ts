import type { Product } from '../product.js';
import { daysInMonth, monthsAndDays, partsOf, yearLength } from './days.js';
import {
  add,
  type Fraction,
  multiply,
  ratio,
  roundToDecimals,
  sum,
  whole,
  ZERO,
} from './fraction.js';

/** A stretch of interest days: `start` counts, `due` does not. */
export interface Span {
  start: number;
  due: number;
  first: boolean;
}

/** The annual rate from a day on; a list is in the order of days. */
export interface RateFrom {
  from: number;
  rate: Fraction;
}

export function rateOn(rates: readonly RateFrom[], day: number): Fraction {
  let found = rates[0]!.rate;
  for (const { from, rate } of rates) if (from <= day) found = rate;
  return found;
}

/** The night from `day` to the next one lies in the year of the next one. */
export function nightDays(product: Product, day: number): number {
  const { basis } = product.interest;
  return basis === 'actual' ? yearLength(partsOf(day + 1).year) : basis;
}

export function perNight(annual: Fraction, yearDays: number): Fraction {
  return multiply(annual, ratio(1, yearDays));
}

/** As a night lies in the year of the next day, a period contains its due date, not its start. */
function containsLeapDay(span: Span): boolean {
  const { year: from } = partsOf(span.start);
  const { year: to } = partsOf(span.due);
  return [from, to].some((year) => {
    if (yearLength(year) === 365) return false;
    const leapDay = Date.UTC(year, 1, 29) / 86_400_000;
    return span.start < leapDay && leapDay <= span.due;
  });
}

function factorNightDays(product: Product, span: Span, day: number): number {
  const { basis, leap_year: leapYear, year_cut: cut } = product.interest;
  if (basis !== 'actual') return basis;
  if (leapYear === 'feb_29_period') return containsLeapDay(span) ? 366 : 365;
  return cut === 'jan_1' ? yearLength(partsOf(day).year) : nightDays(product, day);
}

/** The nights of a span, each at its rate over its year. */
function nightsFactor(product: Product, span: Span, rates: readonly RateFrom[]): Fraction {
  let total = ZERO;
  for (let day = span.start; day < span.due; day += 1) {
    total = add(total, perNight(rateOn(rates, day), factorNightDays(product, span, day)));
  }
  return total;
}

function monthFactor(product: Product, annual: Fraction, months: number): Fraction {
  const { period_interest: kind, basis } = product.interest;
  if (kind === 'thirty_360') return multiply(annual, ratio(30 * months, Number(basis)));
  return multiply(annual, ratio(months, 12));
}

/** The rate of a regular period: what the level payment is computed from. */
export function regularFactor(product: Product, annual: Fraction): Fraction {
  const { interval } = product.repayment;
  const { period_interest: kind, basis, monthly_rate_decimals: decimals } = product.interest;
  let factor: Fraction;
  if (interval.unit === 'month') {
    factor = monthFactor(product, annual, interval.every);
  } else if (interval.unit === 'week') {
    factor =
      kind === 'thirty_360'
        ? multiply(annual, ratio(7 * interval.every, Number(basis)))
        : multiply(annual, ratio(interval.every, 52));
  } else {
    // It has no date that would tell the length of its year.
    factor = multiply(annual, ratio(interval.every, basis === 'actual' ? 365 : basis));
  }
  const rounds = decimals !== null && kind !== 'actual_days';
  return rounds ? roundToDecimals(factor, decimals, product.interest.rounding) : factor;
}

function isRegular(product: Product, span: Span): boolean {
  const { interval } = product.repayment;
  if (interval.unit === 'month') {
    const { months, days } = monthsAndDays(span.start, span.due);
    return months === interval.every && days === 0;
  }
  return span.due - span.start === interval.every * (interval.unit === 'week' ? 7 : 1);
}

function oddDays(product: Product, annual: Fraction, start: number, end: number): Fraction {
  const rates = [{ from: start, rate: annual }];
  if (product.interest.odd_days === 'daily') {
    return nightsFactor(product, { start, due: end, first: true }, rates);
  }
  const { year, month } = partsOf(start);
  const share = ratio(end - start, daysInMonth(year, month));
  return multiply(monthFactor(product, annual, 1), share);
}

function oddFirstFactor(product: Product, annual: Fraction, span: Span): Fraction {
  const { months, days } = monthsAndDays(span.start, span.due);
  if (days === 0) return monthFactor(product, annual, months);
  const mode = product.interest.first_period;
  if (mode === 'whole_period') return regularFactor(product, annual);
  if (mode === 'actual_days') {
    if (months === 0) return oddDays(product, annual, span.start, span.due);
    return nightsFactor(product, span, [{ from: span.start, rate: annual }]);
  }
  const whole = monthFactor(product, annual, months);
  return add(whole, oddDays(product, annual, span.due - days, span.due));
}

function factorAtOneRate(product: Product, span: Span, annual: Fraction): Fraction {
  const { period_interest: kind } = product.interest;
  if (kind === 'actual_days' || product.repayment.method === 'daily_interest') {
    return nightsFactor(product, span, [{ from: span.start, rate: annual }]);
  }
  if (span.first && !isRegular(product, span)) return oddFirstFactor(product, annual, span);
  const { basis, monthly_rate_decimals: decimals } = product.interest;
  if (product.repayment.interval.unit === 'day' && basis === 'actual' && decimals === null) {
    return nightsFactor(product, span, [{ from: span.start, rate: annual }]);
  }
  return regularFactor(product, annual);
}

/** One period's factor; where the rate changes inside it, mixed by days. */
function spanFactor(product: Product, span: Span, rates: readonly RateFrom[]): Fraction {
  const { method } = product.repayment;
  const { period_interest: kind } = product.interest;
  const days = span.due - span.start;
  const inside = rates.filter(({ from }) => from > span.start && from < span.due);
  if (inside.length === 0) {
    const factor = factorAtOneRate(product, span, rateOn(rates, span.start));
    return method === 'level_payment_actuarial' ? roundToDecimals(factor, 19, 'half_even') : factor;
  }
  if (kind === 'actual_days' || method === 'daily_interest') {
    const nights = nightsFactor(product, span, rates);
    return method === 'level_payment_actuarial' ? roundToDecimals(nights, 19, 'half_even') : nights;
  }
  const cuts = [...new Set([span.start, ...inside.map(({ from }) => from), span.due])];
  const parts = cuts.slice(0, -1).map((from, index) => {
    const factor = factorAtOneRate(product, span, rateOn(rates, from));
    return multiply(factor, ratio(cuts[index + 1]! - from, days));
  });
  const mixed = sum(parts);
  return method === 'level_payment_actuarial' ? roundToDecimals(mixed, 19, 'half_even') : mixed;
}

/** A row's factor: the sum over the periods that it spans (a bullet has several). */
export function rowFactor(
  product: Product,
  spans: readonly Span[],
  rates: readonly RateFrom[],
): Fraction {
  if (spans.length === 1) return spanFactor(product, spans[0]!, rates);
  const at = rates.filter(({ from }) => from > spans[0]!.start);
  if (at.length === 0) return sum(spans.map((span) => spanFactor(product, span, rates)));
  return mixedBulletFactor(product, spans, rates);
}

/** A bullet is one period to the customer: its rates mix by days over all of it. */
function mixedBulletFactor(
  product: Product,
  spans: readonly Span[],
  rates: readonly RateFrom[],
): Fraction {
  const byNights = product.interest.period_interest === 'actual_days';
  if (byNights || product.repayment.method === 'daily_interest') {
    return sum(spans.map((span) => spanFactor(product, span, rates)));
  }
  const [start, due] = [spans[0]!.start, spans.at(-1)!.due];
  const inside = rates.filter(({ from }) => from > start && from < due).map(({ from }) => from);
  const cuts = [...new Set([start, ...inside, due])];
  let mixed = whole(0n);
  for (const [index, from] of cuts.slice(0, -1).entries()) {
    const rate = rateOn(rates, from);
    const all = sum(spans.map((span) => factorAtOneRate(product, span, rate)));
    mixed = add(mixed, multiply(all, ratio(cuts[index + 1]! - from, due - start)));
  }
  return mixed;
}
