import { z } from 'zod';

const effective = z.object({
  schedule_type: z.enum(['PROGRESSIVE', 'CUMULATIVE']),
  interest_type: z.enum(['DECLINING_BALANCE', 'FLAT']),
  interest_calculation_period: z.enum(['DAILY', 'SAME_AS_REPAYMENT_PERIOD']),
  days_in_year: z.enum(['DAYS360', 'DAYS364', 'DAYS365', 'ACTUAL']),
  days_in_month: z.enum(['DAYS30', 'ACTUAL']),
  installment_multiples_of: z.number().nullable(),
});

const amount = z.string();
const row = z.object({
  n: z.number().nullable(),
  days: z.number().nullable(),
  due: z.string(),
  balance: amount,
  principal: amount.nullable(),
  interest: amount.nullable(),
  due_total: amount,
});

/** A loan of Apache Fineract's tests, parameters resolved: what every kind of case says of it. */
export const fineractLoan = z.object({
  id: z.string(),
  effective,
  loan: z.object({
    interest_rate: z.string(),
    number_of_repayments: z.number(),
    repayment_every: z.number(),
    repayment_frequency_type: z.enum(['MONTHS', 'WEEKS', 'DAYS']),
    grace_on_principal: z.number(),
  }),
  product: z.object({
    enableDownPayment: z.boolean().optional(),
    disbursedAmountPercentageForDownPayment: z.number().nullish(),
    enableAutoRepaymentForDownPayment: z.boolean().nullish(),
    daysInYearCustomStrategy: z.string().optional(),
    interestRecognitionOnDisbursementDate: z.boolean().optional(),
  }),
  disbursed: amount,
});
export type FineractLoan = z.output<typeof fineractLoan>;

/** A repayment schedule that its tests assert. */
export const fineractCase = fineractLoan.extend({
  expected: z.object({ schedule: z.array(row) }),
});
export type FineractCase = z.output<typeof fineractCase>;

interface ProductFields {
  readonly code: string;
  readonly currency: string;
  readonly repayment: Readonly<Record<string, unknown>>;
  readonly interest: Readonly<Record<string, unknown>>;
}

/** The product document that says what the case's Fineract product says (cases/README.md). */
export function productDocumentOf({ effective, loan, product }: FineractLoan): ProductFields {
  const flat = effective.interest_type === 'FLAT';
  const progressive = effective.schedule_type === 'PROGRESSIVE';
  const multiple = effective.installment_multiples_of;
  const down = product.enableDownPayment
    ? {
        percent: String(product.disbursedAmountPercentageForDownPayment),
        automatic: product.enableAutoRepaymentForDownPayment ?? false,
      }
    : null;
  const declining = progressive ? 'level_payment_actuarial' : 'level_payment';
  return {
    code: 'FINERACT',
    currency: 'USD',
    repayment: {
      method: flat ? 'flat_interest' : declining,
      periods: loan.number_of_repayments,
      interval: {
        every: loan.repayment_every,
        unit: { MONTHS: 'month', WEEKS: 'week', DAYS: 'day' }[loan.repayment_frequency_type],
      },
      principal_free_periods: loan.grace_on_principal,
      payment_rounding: 'half_even',
      payment_multiple: multiple === null ? null : String(multiple),
      flat_total: flat && !progressive,
      down_payment: down,
    },
    interest: {
      rounding: 'half_even',
      basis: basisOf(effective),
      period_interest: periodInterestOf(effective),
      leap_year:
        product.daysInYearCustomStrategy === 'FEB_29_PERIOD_ONLY' ? 'feb_29_period' : 'year',
      year_cut: product.interestRecognitionOnDisbursementDate ? 'jan_1' : 'dec_31',
    },
  };
}

/** A cumulative schedule counts 365 days for an actual year. */
function basisOf({ days_in_year: days, schedule_type: type }: FineractLoan['effective']) {
  if (days === 'ACTUAL') return type === 'CUMULATIVE' ? 365 : 'actual';
  return Number(days.replace('DAYS', ''));
}

function periodInterestOf(effective: FineractLoan['effective']): string {
  if (effective.interest_calculation_period === 'SAME_AS_REPAYMENT_PERIOD') return 'monthly';
  return effective.days_in_month === 'DAYS30' ? 'thirty_360' : 'actual_days';
}
