import { dayOf, isLeapYear, yearOf } from './epoch-day.js';
import { type Fraction, timesFraction } from './fraction.js';
import { nightWeights, type PeriodRates } from './period-interest.js';
import type { ProductTerms } from './product.js';
import type { EpochDay } from './units.js';

/** Nights in 1/(365 x 366) of a year, one over 365 and one over 366 days. */
const OVER_365 = 366;
const OVER_366 = 365;

/**
 * The factor of the nights from `startOn` to `endOn`, each over its own year's length by
 * `leap_year` and `year_cut`; `periodStartOn` where they are only the end of a longer period.
 */
export function nightsFactor(
  terms: ProductTerms,
  rates: PeriodRates,
  startOn: EpochDay,
  endOn: EpochDay,
  periodStartOn: EpochDay = startOn,
): Fraction {
  const { basis, yearCut } = terms.interest;
  if (byFeb29(terms)) {
    const weight = holdsFeb29(periodStartOn, endOn) ? OVER_366 : OVER_365;
    return timesFraction(rates.night, (endOn - startOn) * weight);
  }
  // Cut on 1 January, the night from 31 December still belongs to the old year.
  const late = yearCut === 'jan_1' && terms.repayment.method === 'level_payment_actuarial' ? 1 : 0;
  return timesFraction(rates.night, nightWeights(basis, startOn - late, endOn - late));
}

/** Whether 366 days count for the period of 29 February alone. */
export function byFeb29({ interest }: ProductTerms): boolean {
  return interest.basis === 'actual' && interest.leapYear === 'feb_29_period';
}

/** Whether a 29 February lies after `startOn` and not after `endOn`. */
function holdsFeb29(startOn: EpochDay, endOn: EpochDay): boolean {
  for (let year = yearOf(startOn); year <= yearOf(endOn); year += 1) {
    if (!isLeapYear(year)) continue;
    const leapDay = dayOf(year, 2, 29);
    if (startOn < leapDay && leapDay <= endOn) return true;
  }
  return false;
}
