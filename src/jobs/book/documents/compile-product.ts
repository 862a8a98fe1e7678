import { minorDigitsOf, parseAmount, parseRatePpb } from '../../../accounting/money/amount-text.js';
import { fraction } from '../../../accounting/money/fraction.js';
import { type Fen, RATE_SCALE, type RatePpb } from '../../../accounting/money/units.js';
import type {
  DownPayment,
  PrepaymentFee,
  ProductTerms,
  Reading,
} from '../../../accounting/product/product.js';
import type { ProductDocument } from './product-schema.js';

/** The terms of a checked product document: amounts in minor units, rates in parts per billion. */
export function compileProduct(document: ProductDocument, reading: Reading): ProductTerms {
  const { repayment, interest, penalty, allocation } = document;
  const minorDigits = minorDigitsOf(document.currency);
  const multiple = repayment.payment_multiple;
  return {
    code: document.code,
    version: document.version,
    reading,
    currency: document.currency,
    minorDigits,
    repayment: {
      method: repayment.method,
      periods: repayment.periods,
      interval: repayment.interval,
      dueDay: repayment.due_day,
      fixedDayFirstDue: repayment.fixed_day_first_due,
      amortizationPeriods: repayment.amortization_periods,
      principalFreePeriods: repayment.principal_free_periods,
      paymentRounding: repayment.payment_rounding,
      paymentMultipleFen: multiple === null ? 1 : amountOf(multiple, minorDigits),
      carryFraction: carriesFraction(document, reading),
      downPayment: compileDownPayment(repayment.down_payment),
      flatTotal: repayment.flat_total,
    },
    interest: {
      rateUnit: interest.rate_unit,
      basis: interest.basis,
      periodInterest: interest.period_interest,
      monthlyRateDecimals: rateDecimals(document, reading),
      rounding: interest.rounding,
      firstPeriod: interest.first_period,
      oddDays: interest.odd_days,
      accrual: interest.accrual,
      leapYear: interest.leap_year,
      yearCut: yearCut(document, reading),
      recalculation: interest.recalculation,
    },
    penalty: {
      rate: compilePenaltyRate(penalty.rate),
      base: penalty.base,
      compoundInterest: penalty.compound_interest,
      graceDays: penalty.grace_days,
      graceMissed: penalty.grace_missed,
      postpone: penalty.postpone,
    },
    allocation: {
      accruing: allocation.accruing,
      nonAccruing: allocation.non_accruing,
      pastDueFirst: allocation.past_due_first,
      inAdvanceOrder: allocation.in_advance?.order ?? null,
      earlyPayment: allocation.early_payment,
    },
    prepayment: {
      interestTo: document.prepayment.interest_to,
      partial: {
        keep: document.prepayment.partial.keep,
        interestOn: document.prepayment.partial.interest_on,
      },
      fee: compileFee(document.prepayment.fee, minorDigits),
    },
  };
}

/** Flat interest does not follow the balance that would be carried; reading 1 carried it. */
function carriesFraction({ repayment }: ProductDocument, reading: Reading): boolean {
  if (reading > 1 && repayment.method === 'flat_interest') return false;
  return repayment.carry_fraction;
}

/** Days have no monthly rate to round; reading 1 rounded the one of the level payment. */
function rateDecimals({ interest }: ProductDocument, reading: Reading): number | null {
  if (reading > 1 && interest.period_interest === 'actual_days') return null;
  return interest.monthly_rate_decimals;
}

/** Reading 1 cut at the start of the year for one method alone. */
function yearCut({ repayment, interest }: ProductDocument, reading: Reading): 'dec_31' | 'jan_1' {
  if (reading === 1 && repayment.method !== 'level_payment_actuarial') return 'dec_31';
  return interest.year_cut;
}

/** A multiple such as `1.5` as a fraction in lowest terms, 3 / 2. */
export function compileMultiple(text: string): { numerator: number; denominator: number } {
  const { num, den } = fraction(rateOf(text), 1, RATE_SCALE);
  return { numerator: num, denominator: den };
}

function compilePenaltyRate(
  rate: ProductDocument['penalty']['rate'],
): ProductTerms['penalty']['rate'] {
  if (rate.annual !== undefined) return { kind: 'annual', ratePpb: rateOf(rate.annual) };
  return { kind: 'multiple', ...compileMultiple(rate.multiple ?? '1') };
}

function compileFee(
  fee: ProductDocument['prepayment']['fee'],
  minorDigits: number,
): PrepaymentFee | null {
  if (fee === null) return null;
  return {
    ratePpb: rateOf(fee.rate),
    of: fee.of,
    freeAfterPeriod: fee.free_after_period,
    minFen: fee.min === null ? null : amountOf(fee.min, minorDigits),
    maxFen: fee.max === null ? null : amountOf(fee.max, minorDigits),
  };
}

function compileDownPayment(
  down: ProductDocument['repayment']['down_payment'],
): DownPayment | null {
  if (down === null) return null;
  return { percentPpb: percentOf(down.percent), automatic: down.automatic };
}

/** A percentage such as `25` in parts per billion of the whole. */
function percentOf(text: string): number {
  const ppb = parseRatePpb(text, true);
  if (ppb === undefined) throw new TypeError(`unchecked percentage ${text}`);
  return ppb;
}

/** A checked document holds no rate that does not parse. */
function rateOf(text: string): RatePpb {
  const ratePpb = parseRatePpb(text);
  if (ratePpb === undefined) throw new TypeError(`unchecked rate ${text}`);
  return ratePpb;
}

function amountOf(text: string, minorDigits: number): Fen {
  const amount = parseAmount(text, minorDigits);
  if (amount === undefined) throw new TypeError(`unchecked amount ${text}`);
  return amount;
}
