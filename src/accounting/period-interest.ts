import { addMonthsAnchored, civilOf, dayOf, daysInMonth, isLeapYear, yearOf } from './epoch-day.js';
import { addFractions, type Fraction, fraction, timesFraction } from './fraction.js';
import { mulDivRound } from './money.js';
import type { ProductTerms } from './product.js';
import { Refusal } from './refusal.js';
import { type EpochDay, RATE_SCALE, type RatePpb } from './units.js';

type Basis = ProductTerms['interest']['basis'];

/** Weights of a night in 1/(365 x 366) of a year: both year lengths share that denominator. */
const COMMON_NIGHT = 366;
const LEAP_NIGHT = 365;
const BOTH_YEARS = 365 * 366;

/** Rates of a product at one annual rate, in lowest terms, the same for every loan that has it. */
export interface PeriodRates {
  readonly ratePpb: RatePpb;
  /** One regular period: what the level payment is computed with. */
  readonly regular: Fraction;
  /** One night, times `nightWeights` of the nights. */
  readonly night: Fraction;
}

/** A product rarely has more rates than this at once; beyond it the cache starts afresh. */
const CACHED_RATES_MAX = 10_000;
const cachedRates = new WeakMap<ProductTerms, Map<RatePpb, PeriodRates>>();

/**
 * The annual rate, in ppb, of a loan's rate given in ppb of the product's `rate_unit`: a month is
 * 12, a day `basis` (365 for `actual`) to the year. Throws Refusal `rate_out_of_range`.
 */
export function annualRatePpb(terms: ProductTerms, unitPpb: number): RatePpb {
  const { rateUnit, basis } = terms.interest;
  const daysAYear = basis === 'actual' ? 365 : basis;
  const unitsAYear = { year: 1, month: 12, day: daysAYear }[rateUnit];
  const annual = unitPpb * unitsAYear;
  if (!Number.isSafeInteger(annual) || annual < 0) {
    throw new Refusal('rate_out_of_range', 'a rate is a non-negative number of billionths', {
      rate: unitPpb,
      rateUnit,
    });
  }
  return annual;
}

/** Interest of the night from `day` to the next is base x nightUnits / unitDenominator. */
export function nightUnits(ratePpb: RatePpb, basis: Basis, day: EpochDay): number {
  if (basis !== 'actual') return ratePpb;
  return ratePpb * (isLeapYear(yearOf(day + 1)) ? LEAP_NIGHT : COMMON_NIGHT);
}

/** The denominator of `nightUnits`. */
export function unitDenominator(basis: Basis): number {
  return RATE_SCALE * (basis === 'actual' ? BOTH_YEARS : basis);
}

/**
 * The sum of the nights from `startOn` to `endOn`: their number for a fixed basis, for `actual`
 * 366 for each night that ends in a common year and 365 for one in a leap year.
 */
export function nightWeights(basis: Basis, startOn: EpochDay, endOn: EpochDay): number {
  if (basis !== 'actual') return endOn - startOn;
  let weights = 0;
  let from = startOn + 1;
  while (from <= endOn) {
    const year = yearOf(from);
    const to = Math.min(endOn, dayOf(year, 12, 31));
    weights += (to - from + 1) * (isLeapYear(year) ? LEAP_NIGHT : COMMON_NIGHT);
    from = to + 1;
  }
  return weights;
}

/** The rates of `terms` at `ratePpb` a year, computed once for each pair. */
export function periodRates(terms: ProductTerms, ratePpb: RatePpb): PeriodRates {
  let rates = cachedRates.get(terms);
  if (rates === undefined || rates.size >= CACHED_RATES_MAX) {
    rates = new Map();
    cachedRates.set(terms, rates);
  }
  let found = rates.get(ratePpb);
  if (found === undefined) {
    found = {
      ratePpb,
      regular: regularRate(terms, ratePpb),
      night: fraction(ratePpb, 1, unitDenominator(terms.interest.basis)),
    };
    rates.set(ratePpb, found);
  }
  return found;
}

/**
 * The factor of one period: its interest is round(balance x factor). Only the first period of a
 * loan can be irregular (CONVENTIONS, Interest); its exact start and end decide.
 */
export function periodFactor(
  terms: ProductTerms,
  rates: PeriodRates,
  isFirst: boolean,
  startOn: EpochDay,
  endOn: EpochDay,
): Fraction {
  const { periodInterest, monthlyRateDecimals, basis } = terms.interest;
  if (periodInterest === 'actual_days') return nightsFactor(terms, rates, startOn, endOn);
  if (isFirst && !isRegular(terms, startOn, endOn)) {
    return irregularFactor(terms, rates, startOn, endOn);
  }
  const daily = terms.repayment.interval.unit === 'day';
  if (daily && basis === 'actual' && monthlyRateDecimals === null) {
    return nightsFactor(terms, rates, startOn, endOn);
  }
  return rates.regular;
}

/** The factor of one row that runs over all the periods that end on `dues`: their sum. */
export function wholeTermFactor(
  terms: ProductTerms,
  rates: PeriodRates,
  dues: readonly EpochDay[],
  startOn: EpochDay,
): Fraction {
  const firstDueOn = dues[0] ?? startOn;
  const lastDueOn = dues[dues.length - 1] ?? startOn;
  const first = periodFactor(terms, rates, true, startOn, firstDueOn);
  if (dues.length === 1) return first;
  const { periodInterest, basis } = terms.interest;
  const byNights =
    periodInterest === 'actual_days' ||
    (terms.repayment.interval.unit === 'day' && basis === 'actual');
  const rest = byNights
    ? nightsFactor(terms, rates, firstDueOn, lastDueOn)
    : timesFraction(rates.regular, dues.length - 1);
  return addFractions(first, rest);
}

function nightsFactor(
  terms: ProductTerms,
  rates: PeriodRates,
  startOn: EpochDay,
  endOn: EpochDay,
): Fraction {
  return timesFraction(rates.night, nightWeights(terms.interest.basis, startOn, endOn));
}

/** One regular period: month/12, week/52, day/basis; under thirty_360 30, 7 or 1 days/basis. */
function regularRate(terms: ProductTerms, ratePpb: RatePpb): Fraction {
  const { basis, periodInterest, monthlyRateDecimals, rounding } = terms.interest;
  const { every, unit } = terms.repayment.interval;
  const daysAYear = basis === 'actual' ? 365 : basis;
  let days = every;
  let over: number = daysAYear;
  if (periodInterest === 'thirty_360') days *= { month: 30, week: 7, day: 1 }[unit];
  else over = { month: 12, week: 52, day: daysAYear }[unit];
  const exact = fraction(ratePpb, days, over * RATE_SCALE);
  if (monthlyRateDecimals === null) return exact;
  const scale = 10 ** monthlyRateDecimals;
  return fraction(mulDivRound(exact.num, scale, exact.den, rounding), 1, scale);
}

/** A first period of exactly one interval, month's ends clamped to the start's day. */
function isRegular(terms: ProductTerms, startOn: EpochDay, endOn: EpochDay): boolean {
  const { every, unit } = terms.repayment.interval;
  if (unit === 'month') return addMonthsAnchored(startOn, every, civilOf(startOn).day) === endOn;
  return endOn - startOn === (unit === 'week' ? 7 : 1) * every;
}

/** A first period that is not one interval: whole months, actual days, or months and odd days. */
function irregularFactor(
  terms: ProductTerms,
  rates: PeriodRates,
  startOn: EpochDay,
  endOn: EpochDay,
): Fraction {
  const { firstPeriod, oddDays } = terms.interest;
  const start = civilOf(startOn);
  const end = civilOf(endOn);
  let months = (end.year - start.year) * 12 + end.month - start.month;
  let oddFrom = addMonthsAnchored(startOn, months, start.day);
  if (oddFrom > endOn) {
    months -= 1;
    oddFrom = addMonthsAnchored(startOn, months, start.day);
  }
  if (oddFrom === endOn) return monthsFactor(terms, rates, months);
  if (firstPeriod === 'whole_period') return rates.regular;
  if (firstPeriod === 'actual_days' && (months > 0 || oddDays === 'daily')) {
    return nightsFactor(terms, rates, startOn, endOn);
  }
  const odd =
    oddDays === 'daily'
      ? nightsFactor(terms, rates, oddFrom, endOn)
      : shareOfMonth(terms, rates, oddFrom, endOn);
  return months === 0 ? odd : addFractions(monthsFactor(terms, rates, months), odd);
}

/** Whole months at the unrounded rate: 1/12 of a year each, under thirty_360 30 days. */
function monthsFactor(terms: ProductTerms, rates: PeriodRates, months: number): Fraction {
  const { basis, periodInterest } = terms.interest;
  if (periodInterest === 'thirty_360' && basis !== 'actual') {
    return fraction(rates.ratePpb, 30 * months, basis * RATE_SCALE);
  }
  return fraction(rates.ratePpb, months, 12 * RATE_SCALE);
}

/** Odd days as a share of the calendar month in which they begin. */
function shareOfMonth(
  terms: ProductTerms,
  rates: PeriodRates,
  oddFrom: EpochDay,
  endOn: EpochDay,
): Fraction {
  const from = civilOf(oddFrom);
  const share = fraction(1, endOn - oddFrom, daysInMonth(from.year, from.month));
  const month = monthsFactor(terms, rates, 1);
  return fraction(month.num, share.num, month.den * share.den);
}
