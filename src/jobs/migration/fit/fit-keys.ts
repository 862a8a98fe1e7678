import type { ObservedLoan } from './observed-loan.js';

/** Parameters of a product as paths of its document, such as `repayment.method`. */
export type Parameters = Readonly<Record<string, unknown>>;

/** What shapes a schedule, tried in every combination; the defaults of a product come first. */
export const SHAPES: Parameters = {
  'repayment.method': [
    ...['level_payment', 'equal_principal', 'flat_interest', 'interest_only', 'bullet'],
    ...['level_payment_solved', 'level_payment_actuarial'],
  ],
  'interest.period_interest': ['monthly', 'actual_days', 'thirty_360'],
  'interest.basis': [360, 365, 'actual'],
  'interest.rate_unit': ['year', 'month', 'day'],
};

/** What moves it by little, tried one at a time and the roundings in pairs. */
export const DETAILS: Readonly<Record<string, readonly unknown[]>> = {
  'repayment.payment_rounding': ['half_up', 'half_even', 'up', 'down'],
  'interest.rounding': ['half_up', 'half_even', 'up', 'down'],
  'repayment.carry_fraction': [false, true],
  'interest.monthly_rate_decimals': [null, 4, 5, 6, 7, 8, 9, 10, 12],
  'interest.first_period': ['actual_days', 'whole_period', 'months_plus_days'],
  'interest.odd_days': ['daily', 'proportion_of_month'],
  'repayment.payment_multiple': [null, '0.10', '1.00', '10.00'],
  'repayment.flat_total': [false, true],
  'repayment.fixed_day_first_due': ['next_month', 'same_month'],
  'interest.leap_year': ['year', 'feb_29_period'],
  'interest.year_cut': ['dec_31', 'jan_1'],
  'interest.basis': [360, 364, 365, 'actual'],
};

/** Pairs that hide each other: one alone makes nothing better. */
export const PAIRS: readonly (readonly [string, string])[] = [
  ['repayment.payment_rounding', 'interest.rounding'],
  ['repayment.payment_rounding', 'repayment.carry_fraction'],
  ['repayment.payment_rounding', 'interest.monthly_rate_decimals'],
  ['interest.first_period', 'interest.odd_days'],
];

/**
 * What the loans themselves say, to be tried with every shape: so many first instalments without
 * principal as most have.
 */
export function givenBy(loans: readonly ObservedLoan[]): Parameters {
  const withRows = loans.flatMap(({ rows }) => (rows === null ? [] : [rows]));
  if (withRows.length === 0) return {};
  const free = common(withRows.map(({ principal }) => principal.findIndex((fen) => fen > 0)));
  return free > 0 ? { 'repayment.principal_free_periods': [0, free] } : {};
}

/** The value that most have. */
function common(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 0;
}
