import { dayOf, isLeapYear, yearOf } from '../calendar/epoch-day.js';
import { type Fraction, fraction } from '../money/fraction.js';
import { mulDivRound } from '../money/money.js';
import { Refusal } from '../money/refusal.js';
import { type EpochDay, RATE_SCALE, type RatePpb } from '../money/units.js';
import type { ProductTerms } from '../product/product.js';

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
