import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { parseProductDocument } from '../../../../src/jobs/book/documents/product-document.js';
import { keysWithoutEffect } from '../../../../src/jobs/book/documents/product-effects.js';

const root = new URL('../../../../', import.meta.url);

/** Path and rule of what can do nothing in a product. */
function idleIn(yaml: string): string[] {
  const { document } = parseProductDocument(`code: P\n${yaml}`, 'p.yaml');
  return keysWithoutEffect(document).map(({ path, rule }) => `${path}: ${rule}`);
}

describe('a key that can do nothing', () => {
  test.each([
    ['repayment: {method: equal_principal, payment_multiple: 1}', 'repayment.payment_multiple'],
    ['repayment: {method: bullet, payment_multiple: 1}', 'repayment.payment_multiple'],
    ['repayment: {method: flat_interest, carry_fraction: true}', 'repayment.carry_fraction'],
    ['repayment: {method: equal_principal, carry_fraction: true}', 'repayment.carry_fraction'],
    ['repayment: {method: interest_only, carry_fraction: true}', 'repayment.carry_fraction'],
    ['repayment: {method: interest_only, payment_rounding: up}', 'repayment.payment_rounding'],
    [
      'repayment: {method: level_payment_solved, payment_rounding: up}',
      'repayment.payment_rounding',
    ],
    ['repayment: {method: bullet, principal_free_periods: 1}', 'repayment.principal_free_periods'],
    ['repayment: {fixed_day_first_due: same_month}', 'repayment.fixed_day_first_due'],
    ['interest: {basis: 365, leap_year: feb_29_period}', 'interest.leap_year'],
    ['interest: {year_cut: jan_1}', 'interest.year_cut'],
    ['interest: {basis: actual, first_period: whole_period, year_cut: jan_1}', 'interest.year_cut'],
    [
      'interest: {basis: actual, period_interest: actual_days, leap_year: feb_29_period, year_cut: jan_1}',
      'interest.year_cut',
    ],
    [
      'interest: {period_interest: actual_days, monthly_rate_decimals: 6}',
      'interest.monthly_rate_decimals',
    ],
    [
      'repayment: {method: level_payment_actuarial}\ninterest: {monthly_rate_decimals: 6}',
      'interest.monthly_rate_decimals',
    ],
    ['interest: {period_interest: thirty_360}', 'interest.period_interest'],
    [
      'interest: {period_interest: actual_days, odd_days: proportion_of_month}',
      'interest.odd_days',
    ],
    [
      'interest: {period_interest: actual_days, first_period: whole_period}',
      'interest.first_period',
    ],
    ['interest: {first_period: whole_period, odd_days: proportion_of_month}', 'interest.odd_days'],
    ['interest: {recalculation: {rest: daily}, accrual: straight_line}', 'interest.accrual'],
    [
      'repayment: {method: daily_interest}\ninterest: {period_interest: actual_days}',
      'interest.period_interest',
    ],
    ['penalty: {rate: {multiple: 0}, compound_interest: true}', 'penalty.compound_interest'],
    ['penalty: {postpone: any}', 'penalty.postpone'],
    ['penalty: {postpone: min, grace_missed: from_grace_end}', 'penalty.grace_missed'],
    [
      'allocation: {past_due_first: true, non_accruing: {direction: by_installment}}',
      'allocation.past_due_first',
    ],
    [
      'repayment: {method: bullet}\nprepayment: {partial: {keep: payment}}',
      'prepayment.partial.keep',
    ],
    [
      'prepayment: {interest_to: none, partial: {interest_on: whole_balance}}',
      'prepayment.partial.interest_on',
    ],
    ['prepayment: {fee: {rate: 0}}', 'prepayment.fee'],
    ['prepayment: {fee: {rate: 0.03, free_after_period: 0}}', 'prepayment.fee'],
    [
      'repayment: {down_payment: {percent: 20}}\nprepayment: {fee: {rate: 0.03, free_after_period: 1}}',
      'prepayment.fee',
    ],
    ['prepayment: {fee: {rate: 0, min: 5, of: prepaid_principal}}', 'prepayment.fee.of'],
    ['prepayment: {fee: {rate: 0, min: 5, max: 9}}', 'prepayment.fee.max'],
  ])('%s', (yaml, path) => {
    const [idle, ...others] = idleIn(yaml);
    expect(idle?.startsWith(`${path}: no_effect: `)).toBe(true);
    expect(others).toEqual([]);
  });

  test.each([
    'repayment: {method: equal_principal, payment_multiple: 0.01}',
    'repayment: {method: bullet, payment_multiple: 1, down_payment: {percent: 20}}',
    'repayment: {method: level_payment_solved, payment_rounding: up, payment_multiple: 1}',
    'repayment: {method: level_payment_solved, payment_rounding: up, carry_fraction: true}',
    'interest: {basis: actual, year_cut: jan_1}',
    'repayment: {interval: {unit: day}}\ninterest: {basis: actual, first_period: whole_period, year_cut: jan_1}',
    'interest: {period_interest: thirty_360, monthly_rate_decimals: 6, basis: 365}',
    'repayment: {interval: {unit: week}}\ninterest: {period_interest: thirty_360}',
    'penalty: {grace_missed: from_grace_end}',
    'penalty: {grace_days: 3, postpone: any}',
    'allocation: {past_due_first: true}',
    'prepayment: {fee: {rate: 0, min: 5}}',
  ])('but not %s', (yaml) => {
    expect(idleIn(yaml)).toEqual([]);
  });

  it('is in no product that ships, nor in the one that the conventions show', () => {
    const folder = new URL('fixtures/products/', root);
    const conventions = readFileSync(new URL('docs/conventions.md', root), 'utf8');
    const shown = /^```yaml\n([\s\S]*?)^```$/m.exec(conventions)?.[1] ?? '';
    const texts = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), 'utf8'));
    for (const text of [shown, ...texts]) {
      expect(keysWithoutEffect(parseProductDocument(text, 'shipped').document)).toEqual([]);
    }
  });
});
