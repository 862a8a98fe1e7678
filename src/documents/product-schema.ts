import { z } from 'zod';
import type { Component } from '../accounting/product.js';
import {
  currencyCode,
  date,
  decimal,
  flag,
  integer,
  listOf,
  mapping,
  oneOf,
  rate,
  words,
} from './fields.js';

const rounding = () => oneOf('half_up', 'half_even', 'up', 'down').default('half_up');
const component = () => oneOf('fee', 'penalty', 'compound', 'interest', 'principal');
const direction = () => oneOf('by_installment', 'by_component');

/** Periods beyond this are a slip of the keyboard: a hundred years of days. */
const PERIODS_MAX = 36_600;

const repayment = mapping({
  method: oneOf(
    'level_payment',
    'level_payment_solved',
    'level_payment_actuarial',
    'equal_principal',
    'flat_interest',
    'interest_only',
    'bullet',
    'daily_interest',
    'balloon',
  ).default('level_payment'),
  periods: integer(1, PERIODS_MAX).nullable().default(null),
  interval: mapping({
    every: integer(1, PERIODS_MAX).default(1),
    unit: oneOf('month', 'week', 'day').default('month'),
  }).prefault({}),
  due_day: z
    .union([z.literal('anchor'), integer(1, 31)], { error: 'must be anchor or 1 to 31' })
    .default('anchor'),
  fixed_day_first_due: oneOf('next_month', 'same_month').default('next_month'),
  amortization_periods: integer(1, PERIODS_MAX).nullable().default(null),
  principal_free_periods: integer(0, PERIODS_MAX).default(0),
  payment_rounding: rounding(),
  payment_multiple: decimal().nullable().default(null),
  carry_fraction: flag().default(false),
  down_payment: mapping({ percent: rate(), automatic: flag().default(false) })
    .nullable()
    .default(null),
  flat_total: flag().default(false),
});

const interest = mapping({
  rate_unit: oneOf('year', 'month', 'day').default('year'),
  basis: oneOf(360, 364, 365, 'actual').default(360),
  period_interest: oneOf('monthly', 'actual_days', 'thirty_360').default('monthly'),
  // More decimals would leave the safe integers.
  monthly_rate_decimals: integer(0, 15).nullable().default(null),
  rounding: rounding(),
  first_period: oneOf('actual_days', 'whole_period', 'months_plus_days').default('actual_days'),
  odd_days: oneOf('daily', 'proportion_of_month').default('daily'),
  accrual: oneOf('daily_capped', 'straight_line').default('daily_capped'),
  leap_year: oneOf('year', 'feb_29_period').default('year'),
  year_cut: oneOf('dec_31', 'jan_1').default('dec_31'),
  recalculation: mapping({ rest: oneOf('daily', 'same_as_repayment_period') })
    .nullable()
    .default(null),
});

const penalty = mapping({
  rate: mapping({ multiple: rate().optional(), annual: rate().optional() }).default({
    multiple: '1.5',
  }),
  base: oneOf('principal', 'principal_and_interest').default('principal'),
  compound_interest: flag().default(false),
  grace_days: integer(0, 366).default(0),
  grace_missed: oneOf('retroactive', 'from_grace_end').default('retroactive'),
  postpone: oneOf('max', 'min', 'grace_then_holiday', 'holiday_then_grace', 'any').default('max'),
});

const ACCRUING_ORDER: Component[] = ['fee', 'penalty', 'compound', 'interest', 'principal'];
const NON_ACCRUING_ORDER: Component[] = ['principal', 'interest', 'compound', 'penalty', 'fee'];

const allocation = mapping({
  accruing: mapping({
    direction: direction().default('by_installment'),
    order: listOf(component()).default(ACCRUING_ORDER),
  }).prefault({}),
  non_accruing: mapping({
    direction: direction().default('by_component'),
    order: listOf(component()).default(NON_ACCRUING_ORDER),
  }).prefault({}),
  past_due_first: flag().default(false),
  in_advance: mapping({ order: listOf(component()) })
    .nullable()
    .default(null),
  early_payment: oneOf('hold', 'pay_next', 'pay_last', 'pay_evenly', 'prepay').default('hold'),
});

const prepayment = mapping({
  interest_to: oneOf('value_date', 'next_due', 'none').default('value_date'),
  partial: mapping({
    keep: oneOf('term', 'payment').default('term'),
    interest_on: oneOf('prepaid', 'whole_balance').default('prepaid'),
  }).prefault({}),
  fee: mapping({
    rate: rate(),
    of: oneOf('remaining_principal', 'prepaid_principal').default('remaining_principal'),
    free_after_period: integer(0, PERIODS_MAX).nullable().default(null),
    min: decimal().nullable().default(null),
    max: decimal().nullable().default(null),
  })
    .nullable()
    .default(null),
});

/** A product document by the keys and defaults of docs/conventions.md; unknown keys are errors. */
export const productSchema = mapping({
  code: words(),
  version: integer(1).default(1),
  name: words().optional(),
  currency: currencyCode().default('CNY'),
  effective_from: date().default('2026-01-01'),
  repayment: repayment.prefault({}),
  interest: interest.prefault({}),
  penalty: penalty.prefault({}),
  allocation: allocation.prefault({}),
  prepayment: prepayment.prefault({}),
});

/**
 * A checked product document, every default filled in: plain JSON, amounts and rates as the text
 * that was written. Checking it again gives the same document.
 */
export type ProductDocument = z.output<typeof productSchema>;
