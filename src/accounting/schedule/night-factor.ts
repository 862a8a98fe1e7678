import { dayOf, isLeapYear, yearOf } from '../calendar/epoch-day.js';
import { type Fraction, timesFraction } from '../money/fraction.js';
import type { EpochDay } from '../money/units.js';
import type { ProductTerms } from '../product/product.js';
import { nightWeights, type PeriodRates } from './period-interest.js';

/** Nights in 1/(365 x 366) of a year, one over 365 and one over 366 days. */
const OVER_365 = 366;
const OVER_366 = 365;

/** From the first night on up to a day whose night is none of it. */
export interface DaySpan {
  readonly startOn: EpochDay;
  readonly endOn: EpochDay;
}

/**
 * The factor of the nights from `startOn` to `endOn`, each over its own year's length by
 * `leap_year` and `year_cut`; `period` where they are only a part of a longer one.
 */
export function nightsFactor(
  terms: ProductTerms,
  rates: PeriodRates,
  startOn: EpochDay,
  endOn: EpochDay,
  period?: DaySpan,
): Fraction {
  const { basis, yearCut } = terms.interest;
  if (byFeb29(terms)) {
    const weight = holdsFeb29(period ?? { startOn, endOn }) ? OVER_366 : OVER_365;
    return timesFraction(rates.night, (endOn - startOn) * weight);
  }
  // Cut on 1 January, the night from 31 December still belongs to the old year.
  const late = yearCut === 'jan_1' ? 1 : 0;
  return timesFraction(rates.night, nightWeights(basis, startOn - late, endOn - late));
}

/** Whether 366 days count for the period of 29 February alone. */
export function byFeb29({ interest }: ProductTerms): boolean {
  return interest.basis === 'actual' && interest.leapYear === 'feb_29_period';
}

/** Whether a 29 February lies after its first day and not after its due date. */
function holdsFeb29({ startOn, endOn }: DaySpan): boolean {
  for (let year = yearOf(startOn); year <= yearOf(endOn); year += 1) {
    if (!isLeapYear(year)) continue;
    const leapDay = dayOf(year, 2, 29);
    if (startOn < leapDay && leapDay <= endOn) return true;
  }
  return false;
}
