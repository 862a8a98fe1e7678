import { z } from 'zod';
import type { Component } from '../../../accounting/product/product.js';
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
} from '../../../documents/fields.js';

const rounding = () => oneOf('half_up', 'half_even', 'up', 'down').default('half_up');
const component = () => oneOf('fee', 'penalty', 'compound', 'interest', 'principal');
const order = () => listOf(component()).meta({ minItems: 5, maxItems: 5, uniqueItems: true });
const direction = () => oneOf('by_installment', 'by_component');
const DIRECTION = 'By instalment: the oldest one whole, then the next; by component: across all.';
const ORDER = 'Every component once, in the order in which money pays them.';

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
  )
    .default('level_payment')
    .describe('How the loan is repaid: the shape of its schedule.'),
  periods: integer(1, PERIODS_MAX)
    .nullable()
    .default(null)
    .describe('Number of instalments, where the loan does not say its own.'),
  interval: mapping({
    every: integer(1, PERIODS_MAX).default(1).describe('How many units one period has.'),
    unit: oneOf('month', 'week', 'day').default('month').describe('What a period is counted in.'),
  })
    .prefault({})
    .describe('Length of one period.'),
  due_day: z
    .union([z.literal('anchor'), integer(1, 31)], { error: 'must be anchor or 1 to 31' })
    .default('anchor')
    .describe('Day of the month on which instalments fall due; anchor is the disbursement day.'),
  fixed_day_first_due: oneOf('next_month', 'same_month')
    .default('next_month')
    .describe('With a fixed due day: the first one in the next month, or in the same month.'),
  amortization_periods: integer(1, PERIODS_MAX)
    .nullable()
    .default(null)
    .describe('balloon: the payment is that of so many periods, the rest is due in the last.'),
  principal_free_periods: integer(0, PERIODS_MAX)
    .default(0)
    .describe('The first so many instalments repay no principal.'),
  payment_rounding: rounding().describe(
    'How the payment is rounded; with equal_principal its principal.',
  ),
  payment_multiple: decimal()
    .nullable()
    .default(null)
    .describe('Payment and down payment are rounded to a multiple of it; null is the minor unit.'),
  carry_fraction: flag()
    .default(false)
    .describe('Level payments: interest is carried unrounded, only what is shown or paid rounds.'),
  down_payment: mapping({
    percent: rate().describe('Part of the amount that is due at disbursement, in per cent.'),
    automatic: flag().default(false).describe('It is paid when the loan is disbursed.'),
  })
    .nullable()
    .default(null)
    .describe('A first row due at disbursement; null is none.'),
  flat_total: flag()
    .default(false)
    .describe(
      'flat_interest: interest on the whole amount is rounded once in total and spread evenly.',
    ),
});

const interest = mapping({
  rate_unit: oneOf('year', 'month', 'day')
    .default('year')
    .describe("What a loan's rate is for; month is 12, day the basis in days times that a year."),
  basis: oneOf(360, 364, 365, 'actual').default(360).describe('Days of a year.'),
  period_interest: oneOf('monthly', 'actual_days', 'thirty_360')
    .default('monthly')
    .describe('How the interest of a period counts: by months, by its days, or by 30 days each.'),
  // More decimals would leave the safe integers.
  monthly_rate_decimals: integer(0, 15)
    .nullable()
    .default(null)
    .describe('The rate of a period is rounded to so many decimals; null keeps it exact.'),
  rounding: rounding().describe('How the interest of a period is rounded.'),
  first_period: oneOf('actual_days', 'whole_period', 'months_plus_days')
    .default('actual_days')
    .describe('How a longer or shorter first period counts, unless all count by actual_days.'),
  odd_days: oneOf('daily', 'proportion_of_month')
    .default('daily')
    .describe('What the days of such a period count as: days of the basis, or parts of a month.'),
  accrual: oneOf('daily_capped', 'straight_line')
    .default('daily_capped')
    .describe('What a night accrues: the daily rate up to the scheduled interest, or even parts.'),
  leap_year: oneOf('year', 'feb_29_period')
    .default('year')
    .describe(
      'Days over actual: 366 is for those of a leap year, or for the period of 29 February.',
    ),
  year_cut: oneOf('dec_31', 'jan_1')
    .default('dec_31')
    .describe('Days over actual: where a period over New Year is cut.'),
  recalculation: mapping({
    rest: oneOf('daily', 'same_as_repayment_period').describe(
      'How often the balance that bears interest is taken anew.',
    ),
  })
    .nullable()
    .default(null)
    .describe('Interest follows the actual payments; null is as scheduled.'),
});

const penalty = mapping({
  rate: mapping({
    multiple: rate().optional().describe("Times the loan's own rate."),
    annual: rate().optional().describe('A rate a year of its own.'),
  })
    .default({ multiple: '1.5' })
    .describe('Rate on what is overdue: either multiple or annual.'),
  base: oneOf('principal', 'principal_and_interest')
    .default('principal')
    .describe('The overdue amounts that bear penalty.'),
  compound_interest: flag()
    .default(false)
    .describe('Overdue interest bears interest at the penalty rate, shown apart.'),
  grace_days: integer(0, 366)
    .default(0)
    .describe('So many days after the due date may be paid without penalty.'),
  grace_missed: oneOf('retroactive', 'from_grace_end')
    .default('retroactive')
    .describe('Once the grace is missed: penalty from the due date, or from the end of the grace.'),
  postpone: oneOf('max', 'min', 'grace_then_holiday', 'holiday_then_grace', 'any')
    .default('max')
    .describe('How grace days and days that are not worked combine to the last penalty-free day.'),
});

const ACCRUING_ORDER: Component[] = ['fee', 'penalty', 'compound', 'interest', 'principal'];
const NON_ACCRUING_ORDER: Component[] = ['principal', 'interest', 'compound', 'penalty', 'fee'];

const allocation = mapping({
  accruing: mapping({
    direction: direction().default('by_installment').describe(DIRECTION),
    order: order().default(ACCRUING_ORDER).describe(ORDER),
  })
    .prefault({})
    .describe('What a payment pays while interest accrues.'),
  non_accruing: mapping({
    direction: direction().default('by_component').describe(DIRECTION),
    order: order().default(NON_ACCRUING_ORDER).describe(ORDER),
  })
    .prefault({})
    .describe('What a payment pays once interest no longer accrues on the balance sheet.'),
  past_due_first: flag()
    .default(false)
    .describe('by_component: what is past due is paid before what is due today.'),
  in_advance: mapping({ order: order().describe(ORDER) })
    .nullable()
    .default(null)
    .describe('The order for money paid ahead; null is the order in force.'),
  early_payment: oneOf('hold', 'pay_next', 'pay_last', 'pay_evenly', 'prepay')
    .default('hold')
    .describe('What money beyond what is due does: it waits, pays rows ahead, or prepays.'),
});

const prepayment = mapping({
  interest_to: oneOf('value_date', 'next_due', 'none')
    .default('value_date')
    .describe('How far interest is charged on what is repaid early.'),
  partial: mapping({
    keep: oneOf('term', 'payment')
      .default('term')
      .describe('What stays after a part is prepaid: the number of instalments, or the payment.'),
    interest_on: oneOf('prepaid', 'whole_balance')
      .default('prepaid')
      .describe('The interest taken with it: that of the part prepaid, or all accrued.'),
  })
    .prefault({})
    .describe('A prepayment of a part of the principal.'),
  fee: mapping({
    rate: rate().describe('Part of the principal named by `of`; 0.03 is 3%.'),
    of: oneOf('remaining_principal', 'prepaid_principal')
      .default('remaining_principal')
      .describe('The principal that the fee is a part of.'),
    free_after_period: integer(0, PERIODS_MAX)
      .nullable()
      .default(null)
      .describe('No fee once so many instalments have become due; null is never free.'),
    min: decimal().nullable().default(null).describe('The fee is at least this amount.'),
    max: decimal().nullable().default(null).describe('The fee is at most this amount.'),
  })
    .nullable()
    .default(null)
    .describe('The fee for repaying early; null is none.'),
});

/** A product document by the keys and defaults of docs/conventions.md; unknown keys are errors. */
export const productSchema = mapping({
  code: words().describe('Names the product, with its version uniquely.'),
  version: integer(1).default(1).describe('A version never changes; a change takes the next one.'),
  name: words().optional().describe('What people call the product.'),
  currency: currencyCode().default('CNY').describe('ISO 4217; amounts have its decimals.'),
  effective_from: date()
    .default('2026-01-01')
    .describe('Loans disbursed from this day may use it.'),
  repayment: repayment.prefault({}).describe('The schedule.'),
  interest: interest.prefault({}).describe('Interest and how it accrues.'),
  penalty: penalty.prefault({}).describe('What overdue amounts bear.'),
  allocation: allocation.prefault({}).describe('What a payment pays, in which order.'),
  prepayment: prepayment.prefault({}).describe('Repaying early, in part or in full.'),
}).describe('The terms of a loan product. A key that can do nothing is refused: no_effect.');

/**
 * A checked product document, every default filled in: plain JSON, amounts and rates as the text
 * that was written. Checking it again gives the same document.
 */
export type ProductDocument = z.output<typeof productSchema>;
