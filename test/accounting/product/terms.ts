import { parseDay } from '../../../src/accounting/calendar/epoch-day.js';
import { parseAmount, parseRatePpb } from '../../../src/accounting/money/amount-text.js';
import type { ProductTerms } from '../../../src/accounting/product/product.js';
import type { LoanContract } from '../../../src/accounting/schedule/schedule-rows.js';

const ORDER = ['fee', 'penalty', 'compound', 'interest', 'principal'] as const;

/** The terms of a product whose document says nothing: every default of CONVENTIONS. */
const DEFAULT_TERMS: ProductTerms = {
  code: 'TEST',
  version: 1,
  reading: 2,
  currency: 'CNY',
  minorDigits: 2,
  repayment: {
    method: 'level_payment',
    periods: null,
    interval: { every: 1, unit: 'month' },
    dueDay: 'anchor',
    fixedDayFirstDue: 'next_month',
    amortizationPeriods: null,
    principalFreePeriods: 0,
    paymentRounding: 'half_up',
    paymentMultipleFen: 1,
    carryFraction: false,
    downPayment: null,
    flatTotal: false,
  },
  interest: {
    rateUnit: 'year',
    basis: 360,
    periodInterest: 'monthly',
    monthlyRateDecimals: null,
    rounding: 'half_up',
    firstPeriod: 'actual_days',
    oddDays: 'daily',
    accrual: 'daily_capped',
    leapYear: 'year',
    yearCut: 'dec_31',
    recalculation: null,
  },
  penalty: {
    rate: { kind: 'multiple', numerator: 3, denominator: 2 },
    base: 'principal',
    compoundInterest: false,
    graceDays: 0,
    graceMissed: 'retroactive',
    postpone: 'max',
  },
  allocation: {
    accruing: { direction: 'by_installment', order: ORDER },
    nonAccruing: { direction: 'by_component', order: [...ORDER].reverse() },
    pastDueFirst: false,
    inAdvanceOrder: null,
    earlyPayment: 'hold',
  },
  prepayment: {
    interestTo: 'value_date',
    partial: { keep: 'term', interestOn: 'prepaid' },
    fee: null,
  },
};

/** The default terms with some of their repayment and interest keys set. */
export function termsWith(
  repayment: Partial<ProductTerms['repayment']>,
  interest: Partial<ProductTerms['interest']> = {},
): ProductTerms {
  return {
    ...DEFAULT_TERMS,
    repayment: { ...DEFAULT_TERMS.repayment, ...repayment },
    interest: { ...DEFAULT_TERMS.interest, ...interest },
  };
}

/** A contract from the text of its figures: `10000.00`, `18` per cent a year, `2026-01-15`. */
export function contractOf(
  principal: string,
  percent: string,
  periods: number,
  disbursedOn: string,
  firstDueOn: string | null = null,
): LoanContract {
  return {
    principal: present(parseAmount(principal, 2)),
    ratePpb: present(parseRatePpb(percent.replace('%', ''), true)),
    periods,
    disbursedOn: day(disbursedOn),
    firstDueOn: firstDueOn === null ? null : day(firstDueOn),
  };
}

export function day(text: string): number {
  return present(parseDay(text));
}

export function fen(text: string): number {
  return present(parseAmount(text, 2));
}

/** Minor units of an amount without its trailing zeros, `75.0` or `75`. */
export function cents(text: string): number {
  const [whole = '', decimals = ''] = text.split('.');
  return fen(`${whole}.${decimals.padEnd(2, '0')}`);
}

export function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a value of the test itself does not parse');
  return value;
}
