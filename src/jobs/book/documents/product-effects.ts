import { minorDigitsOf, parseAmount, parseRatePpb } from '../../../accounting/money/amount-text.js';
import type { Violation } from '../../../documents/violations.js';
import type { ProductDocument } from './product-schema.js';

type Method = ProductDocument['repayment']['method'];

const ONE_ROW: readonly Method[] = ['bullet', 'daily_interest'];
/** Their principal falls due at once, so that there is no payment to round or to keep. */
const AT_ONCE: readonly Method[] = ['interest_only', ...ONE_ROW];
/** What is left of their payment after interest repays principal. */
const LEVEL: readonly Method[] = [
  'level_payment',
  'level_payment_solved',
  'level_payment_actuarial',
  'balloon',
];

/**
 * The keys that are set to other than their default and can do nothing to any loan of the product:
 * rule `no_effect`, asked when a version is taken into the book. A key has an effect if it changes
 * a figure under any loan, history, calendar or policy.
 */
export function keysWithoutEffect(document: ProductDocument): Violation[] {
  return [
    ...repaymentKeys(document),
    ...interestKeys(document),
    ...dayCountKeys(document),
    ...penaltyKeys(document),
    ...allocationKeys(document),
    ...prepaymentKeys(document),
  ];
}

/** A key that is not at its default, with what keeps it from doing anything; false: nothing. */
type Idle = readonly [key: string, isSet: boolean, why: string | false, value: unknown];

function violations(section: string, keys: readonly Idle[]): Violation[] {
  return keys.flatMap(([key, isSet, why, value]) =>
    isSet && why !== false ? [{ path: `${section}.${key}`, rule: `no_effect: ${why}`, value }] : [],
  );
}

function repaymentKeys({ repayment, currency }: ProductDocument): Violation[] {
  const { method } = repayment;
  const isAtOnce = AT_ONCE.includes(method);
  const multiple = repayment.payment_multiple;
  const rounds = multiple !== null && (parseAmount(multiple, minorDigitsOf(currency)) ?? 0) > 1;
  const withMethod = `with method ${method}`;
  const isWhole = method === 'level_payment_solved' && !rounds && !repayment.carry_fraction;
  const hasPayment = !isAtOnce && method !== 'equal_principal';
  const free = repayment.principal_free_periods;
  return violations('repayment', [
    [
      'fixed_day_first_due',
      repayment.fixed_day_first_due !== 'next_month',
      repayment.due_day === 'anchor' && 'with due_day anchor',
      repayment.fixed_day_first_due,
    ],
    ['principal_free_periods', free > 0, isAtOnce && withMethod, free],
    [
      'payment_rounding',
      repayment.payment_rounding !== 'half_up',
      (isAtOnce && withMethod) ||
        (isWhole && `${withMethod}: its payment is whole minor units, without payment_multiple`),
      repayment.payment_rounding,
    ],
    [
      'payment_multiple',
      rounds,
      !hasPayment && repayment.down_payment === null && `${withMethod} and no down_payment`,
      multiple,
    ],
    ['carry_fraction', repayment.carry_fraction, !LEVEL.includes(method) && withMethod, true],
  ]);
}

function interestKeys({ interest, repayment }: ProductDocument): Violation[] {
  const { method, interval } = repayment;
  const { period_interest: kind, basis, monthly_rate_decimals: decimals } = interest;
  const isDaily = method === 'daily_interest' && `with method ${method}: its interest is by days`;
  const isMonthly =
    kind === 'thirty_360' &&
    basis === 360 &&
    interval.unit !== 'week' &&
    'a month of 30 days over 360 is that of monthly';
  const byDays = isDaily || (kind === 'actual_days' && 'with period_interest actual_days');
  const ownDecimals =
    method === 'level_payment_actuarial' && `with method ${method}: its factors have 19 decimals`;
  return violations('interest', [
    ['period_interest', kind !== 'monthly', isDaily || isMonthly, kind],
    ['monthly_rate_decimals', decimals !== null, byDays || ownDecimals, decimals],
    ['first_period', interest.first_period !== 'actual_days', byDays, interest.first_period],
    [
      'odd_days',
      interest.odd_days !== 'daily',
      byDays || (interest.first_period === 'whole_period' && 'with first_period whole_period'),
      interest.odd_days,
    ],
    [
      'accrual',
      interest.accrual !== 'daily_capped',
      interest.recalculation !== null && 'with recalculation: a night accrues what it bears',
      interest.accrual,
    ],
  ]);
}

/** What 366 days apply to, and where a period over New Year is cut. */
function dayCountKeys({ interest, repayment }: ProductDocument): Violation[] {
  const idle =
    (interest.basis !== 'actual' && `with basis ${interest.basis}`) ||
    (!countsDays(interest, repayment) && 'no period counts days');
  const uncut = interest.leap_year === 'feb_29_period' && 'with leap_year feb_29_period';
  return violations('interest', [
    ['leap_year', interest.leap_year !== 'year', idle, interest.leap_year],
    ['year_cut', interest.year_cut !== 'dec_31', idle || uncut, interest.year_cut],
  ]);
}

/** Whether the factor of any period has days over the basis in it. */
function countsDays(
  interest: ProductDocument['interest'],
  { method, interval }: ProductDocument['repayment'],
): boolean {
  if (interest.period_interest === 'actual_days' || method === 'daily_interest') return true;
  if (interval.unit === 'day' && interest.monthly_rate_decimals === null) return true;
  // Else the days of an odd first period alone.
  if (interest.first_period === 'months_plus_days') return interest.odd_days === 'daily';
  return interest.first_period === 'actual_days';
}

function penaltyKeys({ penalty }: ProductDocument): Violation[] {
  const { grace_days: grace, postpone } = penalty;
  const isFree = parseRatePpb(penalty.rate.annual ?? penalty.rate.multiple ?? '') === 0;
  const noPenalty = isFree && 'with a penalty rate of 0';
  const noGrace = grace === 0 && postpone === 'min' && 'with grace_days 0 and postpone min';
  return violations('penalty', [
    ['base', penalty.base !== 'principal', noPenalty, penalty.base],
    ['compound_interest', penalty.compound_interest, noPenalty, true],
    [
      'grace_missed',
      penalty.grace_missed !== 'retroactive',
      noPenalty || noGrace,
      penalty.grace_missed,
    ],
    // Without a penalty too an instalment is past due only once its grace is over.
    [
      'postpone',
      postpone !== 'max',
      grace === 0 && postpone !== 'min' && 'with grace_days 0',
      postpone,
    ],
  ]);
}

function allocationKeys({ allocation }: ProductDocument): Violation[] {
  const { accruing, non_accruing: nonAccruing, in_advance: ahead } = allocation;
  const isByInstallment = [accruing, nonAccruing].every(
    ({ direction }) => direction === 'by_installment',
  );
  const isInForce = [accruing, nonAccruing].every(
    ({ order }) => order.join() === ahead?.order.join(),
  );
  return violations('allocation', [
    [
      'past_due_first',
      allocation.past_due_first,
      isByInstallment && 'with direction by_installment',
      true,
    ],
    ['in_advance', ahead !== null, isInForce && 'it is the order in force', ahead?.order],
  ]);
}

function prepaymentKeys({ prepayment, repayment, currency }: ProductDocument): Violation[] {
  const { interest_to: interestTo, partial, fee } = prepayment;
  const found = violations('prepayment', [
    [
      'partial.keep',
      partial.keep !== 'term',
      AT_ONCE.includes(repayment.method) && `with method ${repayment.method}`,
      partial.keep,
    ],
    [
      'partial.interest_on',
      partial.interest_on !== 'prepaid',
      interestTo === 'none' && 'with interest_to none',
      partial.interest_on,
    ],
  ]);
  if (fee === null) return found;
  const digits = minorDigitsOf(currency);
  const min = fee.min === null ? 0 : (parseAmount(fee.min, digits) ?? 0);
  const max = fee.max === null ? null : (parseAmount(fee.max, digits) ?? 0);
  const isRateFree = parseRatePpb(fee.rate) === 0;
  const dueAtOnce = repayment.down_payment === null ? 0 : 1;
  const isNever =
    (fee.free_after_period !== null &&
      fee.free_after_period <= dueAtOnce &&
      'it is free from the start') ||
    (max === 0 && 'it is at most 0') ||
    (isRateFree && min === 0 && 'it is 0');
  if (isNever) return [...found, ...violations('prepayment', [['fee', true, isNever, fee]])];
  return [
    ...found,
    ...violations('prepayment.fee', [
      [
        'of',
        fee.of !== 'remaining_principal',
        (isRateFree && 'with a rate of 0') || (min === max && 'with min and max the same'),
        fee.of,
      ],
      ['min', fee.min !== null, min === 0 && 'a fee is never less', fee.min],
      ['max', max !== null, isRateFree && 'with a rate of 0', fee.max],
    ]),
  ];
}
