import type { Rounding } from './schedule/fraction.js';

export const COMPONENTS = ['fee', 'penalty', 'compound', 'interest', 'principal'] as const;
export type Component = (typeof COMPONENTS)[number];
export type EarlyPayment = 'hold' | 'pay_next' | 'pay_last' | 'pay_evenly' | 'prepay';
export type Method =
  | 'level_payment'
  | 'level_payment_solved'
  | 'level_payment_actuarial'
  | 'equal_principal'
  | 'flat_interest'
  | 'interest_only'
  | 'bullet'
  | 'daily_interest'
  | 'balloon';
export type Numeral = string | number;

export interface AllocationRule {
  direction: 'by_installment' | 'by_component';
  order: Component[];
}

export interface PrepaymentFee {
  rate: Numeral;
  of?: 'remaining_principal' | 'prepaid_principal';
  free_after_period?: number | null;
  min?: Numeral | null;
  max?: Numeral | null;
}

/** A product document with every default filled in. */
export interface Product {
  currency: string;
  repayment: {
    method: Method;
    periods: number | null;
    interval: { every: number; unit: 'month' | 'week' | 'day' };
    due_day: 'anchor' | number;
    fixed_day_first_due: 'next_month' | 'same_month';
    amortization_periods: number | null;
    principal_free_periods: number;
    payment_rounding: Rounding;
    payment_multiple: Numeral | null;
    carry_fraction: boolean;
    down_payment: { percent: Numeral; automatic?: boolean } | null;
    flat_total: boolean;
  };
  interest: {
    rate_unit: 'year' | 'month' | 'day';
    basis: 360 | 364 | 365 | 'actual';
    period_interest: 'monthly' | 'actual_days' | 'thirty_360';
    monthly_rate_decimals: number | null;
    rounding: Rounding;
    first_period: 'actual_days' | 'whole_period' | 'months_plus_days';
    odd_days: 'daily' | 'proportion_of_month';
    accrual: 'daily_capped' | 'straight_line';
    leap_year: 'year' | 'feb_29_period';
    year_cut: 'dec_31' | 'jan_1';
    recalculation: { rest: 'daily' | 'same_as_repayment_period' } | null;
  };
  penalty: {
    rate: { multiple?: Numeral; annual?: Numeral };
    base: 'principal' | 'principal_and_interest';
    compound_interest: boolean;
    grace_days: number;
    grace_missed: 'retroactive' | 'from_grace_end';
    postpone: 'max' | 'min' | 'grace_then_holiday' | 'holiday_then_grace' | 'any';
  };
  allocation: {
    accruing: AllocationRule;
    non_accruing: AllocationRule;
    past_due_first: boolean;
    in_advance: { order: Component[] } | null;
    early_payment: EarlyPayment;
  };
  prepayment: {
    interest_to: 'value_date' | 'next_due' | 'none';
    partial: { keep: 'term' | 'payment'; interest_on: 'prepaid' | 'whole_balance' };
    fee: PrepaymentFee | null;
  };
}

type Partly<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { [K in keyof T]?: Partly<T[K]> }
    : T;

/** What the caller writes: any part of the product, plus the keys that change no figure. */
export type ProductDocument = Partly<Product> & Record<string, unknown>;

const DEFAULTS: Product = {
  currency: 'CNY',
  repayment: {
    method: 'level_payment',
    periods: null,
    interval: { every: 1, unit: 'month' },
    due_day: 'anchor',
    fixed_day_first_due: 'next_month',
    amortization_periods: null,
    principal_free_periods: 0,
    payment_rounding: 'half_up',
    payment_multiple: null,
    carry_fraction: false,
    down_payment: null,
    flat_total: false,
  },
  interest: {
    rate_unit: 'year',
    basis: 360,
    period_interest: 'monthly',
    monthly_rate_decimals: null,
    rounding: 'half_up',
    first_period: 'actual_days',
    odd_days: 'daily',
    accrual: 'daily_capped',
    leap_year: 'year',
    year_cut: 'dec_31',
    recalculation: null,
  },
  penalty: {
    rate: { multiple: '1.5' },
    base: 'principal',
    compound_interest: false,
    grace_days: 0,
    grace_missed: 'retroactive',
    postpone: 'max',
  },
  allocation: {
    accruing: { direction: 'by_installment', order: [...COMPONENTS] },
    non_accruing: {
      direction: 'by_component',
      order: ['principal', 'interest', 'compound', 'penalty', 'fee'],
    },
    past_due_first: false,
    in_advance: null,
    early_payment: 'hold',
  },
  prepayment: {
    interest_to: 'value_date',
    partial: { keep: 'term', interest_on: 'prepaid' },
    fee: null,
  },
};

/** A written penalty rate replaces the default one whole: a multiple and an annual exclude. */
const WHOLE_VALUES = new Set(['rate', 'down_payment', 'fee', 'recalculation', 'in_advance']);

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function filled(defaults: unknown, written: unknown, key: string): unknown {
  if (written === undefined) return defaults;
  if (WHOLE_VALUES.has(key) || !isMapping(defaults) || !isMapping(written)) return written;
  const entries = Object.keys(defaults).map((name) => [
    name,
    filled(defaults[name], written[name], name),
  ]);
  return Object.fromEntries(entries);
}

export function productOf(document: ProductDocument): Product {
  const product = filled(DEFAULTS, document, '') as Product;
  const { interest, penalty } = product;
  if (interest.period_interest === 'thirty_360' && interest.basis === 'actual') {
    throw new Error('thirty_360 with basis actual is refused');
  }
  if (penalty.compound_interest && penalty.base === 'principal_and_interest') {
    throw new Error('compound interest with base principal_and_interest is refused');
  }
  return product;
}
