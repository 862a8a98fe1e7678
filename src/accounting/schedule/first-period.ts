import { addMonthsAnchored, civilOf, daysInMonth } from '../calendar/epoch-day.js';
import { addFractions, type Fraction, fraction } from '../money/fraction.js';
import { type EpochDay, RATE_SCALE } from '../money/units.js';
import type { ProductTerms } from '../product/product.js';
import { nightsFactor } from './night-factor.js';
import type { PeriodRates } from './period-interest.js';

/** A first period of exactly one interval, month's ends clamped to the start's day. */
export function isRegular(terms: ProductTerms, startOn: EpochDay, endOn: EpochDay): boolean {
  const { every, unit } = terms.repayment.interval;
  if (unit === 'month') return addMonthsAnchored(startOn, every, civilOf(startOn).day) === endOn;
  return endOn - startOn === (unit === 'week' ? 7 : 1) * every;
}

/** A first period that is not one interval: whole months, actual days, or months and odd days. */
export function irregularFactor(
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
      ? nightsFactor(terms, rates, oddFrom, endOn, { startOn, endOn })
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
