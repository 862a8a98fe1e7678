import {
  addFactors,
  type Factor,
  type Fraction,
  roundFactor,
  shareOfFactor,
} from '../money/fraction.js';
import type { EpochDay, RatePpb } from '../money/units.js';
import type { ProductTerms } from '../product/product.js';
import { dueDates } from './due-dates.js';
import { irregularFactor, isRegular } from './first-period.js';
import { byFeb29, type DaySpan, nightsFactor } from './night-factor.js';
import { type PeriodRates, periodRates } from './period-interest.js';
import type { LoanContract } from './schedule-rows.js';

/** Decimals of a period factor of `level_payment_actuarial`. */
const ACTUARIAL_DECIMALS = 19;

/**
 * One period of a contract: the night of `startOn` is its first, the one before `endOn` its last.
 */
export interface Period {
  /** The seq of its instalment; a down payment counts as seq 1. */
  readonly seq: number;
  readonly startOn: EpochDay;
  readonly endOn: EpochDay;
}

/** Nights from a day on, at a rate. */
export interface RateFrom {
  readonly fromOn: EpochDay;
  readonly ratePpb: RatePpb;
}

/**
 * The exact factor of any period of a contract under any rate: its scheduled interest is
 * `interestOn(balance, factor, rounding)`. For `bullet` and `daily_interest` the period is the
 * whole term.
 */
export function factorOfPeriod(
  terms: ProductTerms,
  contract: LoanContract,
  period: Period,
  ratePpb: RatePpb,
): Factor {
  return rounded(terms, exactFactor(terms, contract, period, ratePpb));
}

/**
 * The factor of a period in which the rate changes (CONVENTIONS, rate_change): d/N of the factor
 * under each rate, under `actual_days` the sum of the nights, each at its rate. `rates` in the
 * order of their days; the first one holds from the period's start.
 */
export function mixedFactor(
  terms: ProductTerms,
  contract: LoanContract,
  period: Period,
  rates: readonly RateFrom[],
): Factor {
  const { startOn, endOn } = period;
  const byNights = countsNights(terms) && (terms.reading > 1 || !byFeb29(terms));
  let sum: Factor = { num: 0, den: 1 };
  for (const [k, { fromOn, ratePpb }] of rates.entries()) {
    const from = k === 0 ? startOn : Math.max(startOn, fromOn);
    const to = Math.min(endOn, rates[k + 1]?.fromOn ?? endOn);
    if (to <= from) continue;
    const part: Factor = byNights
      ? nightsWithin(terms, contract, period, { startOn: from, endOn: to }, ratePpb)
      : shareOfFactor(exactFactor(terms, contract, period, ratePpb), to - from, endOn - startOn);
    sum = addFactors(sum, part);
  }
  return rounded(terms, sum);
}

/** The factor of some nights of a period; of a row over many periods each night is of its own. */
function nightsWithin(
  terms: ProductTerms,
  contract: LoanContract,
  period: Period,
  nights: DaySpan,
  ratePpb: RatePpb,
): Factor {
  const rates = periodRates(terms, ratePpb);
  if (!byFeb29(terms)) return nightsFactor(terms, rates, nights.startOn, nights.endOn);
  let sum: Factor = { num: 0, den: 1 };
  let startOn = period.startOn;
  for (const endOn of duesOfWholeTerm(terms, contract, period) ?? [period.endOn]) {
    const from = Math.max(startOn, nights.startOn);
    const to = Math.min(endOn, nights.endOn);
    if (from < to) {
      sum = addFactors(sum, nightsFactor(terms, rates, from, to, { startOn, endOn }));
    }
    startOn = endOn;
  }
  return sum;
}

/** The due dates of the periods that the one row of a whole term spans; null: it is no such row. */
function duesOfWholeTerm(
  terms: ProductTerms,
  contract: LoanContract,
  { seq, endOn }: Period,
): readonly EpochDay[] | null {
  const { method } = terms.repayment;
  if (method !== 'bullet' && method !== 'daily_interest') return null;
  // A loan's own schedule may have more rows.
  if (!isFirstPeriod(terms, seq)) return null;
  const dues = dueDates(terms, contract);
  return dues[dues.length - 1] === endOn ? dues : null;
}

function isFirstPeriod({ repayment }: ProductTerms, seq: number): boolean {
  return seq === (repayment.downPayment === null ? 1 : 2);
}

/** Whether a period bears its nights, and nothing of it is a month. */
function countsNights({ interest, repayment }: ProductTerms): boolean {
  return interest.periodInterest === 'actual_days' || repayment.method === 'daily_interest';
}

/** Only the actuarial method rounds the factor of a period. */
function rounded(terms: ProductTerms, factor: Factor): Factor {
  if (terms.repayment.method !== 'level_payment_actuarial') return factor;
  return roundFactor(factor, ACTUARIAL_DECIMALS);
}

function exactFactor(
  terms: ProductTerms,
  contract: LoanContract,
  period: Period,
  ratePpb: RatePpb,
): Factor {
  const rates = periodRates(terms, ratePpb);
  const { seq, startOn, endOn } = period;
  const dues = duesOfWholeTerm(terms, contract, period);
  if (dues !== null) return wholeTermFactor(terms, rates, dues, startOn);
  return periodFactor(terms, rates, isFirstPeriod(terms, seq), startOn, endOn);
}

/** The factors of the periods that end on `dues`, the loan's first one beginning on `startOn`. */
export function periodFactors(
  terms: ProductTerms,
  ratePpb: RatePpb,
  dues: readonly EpochDay[],
  startOn: EpochDay,
): Factor[] {
  const factors: Factor[] = new Array(dues.length);
  const rates = periodRates(terms, ratePpb);
  let from = startOn;
  for (let k = 0; k < dues.length; k += 1) {
    const to = dues[k]!;
    factors[k] = rounded(terms, periodFactor(terms, rates, k === 0, from, to));
    from = to;
  }
  return factors;
}

/** The factors of the periods between `dues`: one fewer, none of them a loan's first. */
export function laterFactors(
  terms: ProductTerms,
  ratePpb: RatePpb,
  dues: readonly EpochDay[],
): Factor[] {
  const rates = periodRates(terms, ratePpb);
  return dues
    .slice(1)
    .map((to, k) => rounded(terms, periodFactor(terms, rates, false, dues[k]!, to)));
}

/**
 * The factor of one period: its interest is round(balance x factor). Only the first period of a
 * loan can be irregular (CONVENTIONS, Interest); its exact start and end decide.
 */
function periodFactor(
  terms: ProductTerms,
  rates: PeriodRates,
  isFirst: boolean,
  startOn: EpochDay,
  endOn: EpochDay,
): Fraction {
  const { monthlyRateDecimals, basis } = terms.interest;
  if (countsNights(terms)) return nightsFactor(terms, rates, startOn, endOn);
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
): Factor {
  if (countsNights(terms) && !byFeb29(terms)) {
    return nightsFactor(terms, rates, startOn, dues[dues.length - 1] ?? startOn);
  }
  let sum: Factor = { num: 0, den: 1 };
  let from = startOn;
  for (let k = 0; k < dues.length; k += 1) {
    const to = dues[k] ?? from;
    const factor = periodFactor(terms, rates, k === 0, from, to);
    if (k > 0 && factor === rates.regular) {
      // The rest is regular too.
      return addFactors(sum, shareOfFactor(factor, dues.length - k, 1));
    }
    sum = addFactors(sum, factor);
    from = to;
  }
  return sum;
}
