import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { simulateLoan } from '../../../src/accounting/simulate/simulate.js';
import {
  parseProductDocument,
  storedProductTerms,
} from '../../../src/jobs/book/documents/product-document.js';
import { storedDocument } from '../../../src/jobs/book/stored-document.js';
import { simulationReader } from '../../../src/jobs/simulate/documents/simulate-document.js';
import { YEAR_CUT_REPORT } from '../../support/shared-data.js';
import { scenarioInput } from '../simulate/simulation.js';

/** The rows of a loan under a product version that was applied under a reading. */
function rowsOf(
  reading: number,
  yaml: string,
  loan: Readonly<Record<string, unknown>>,
  events: readonly Readonly<Record<string, unknown>>[] = [],
): string[] {
  const stored = storedDocument(parseProductDocument(`code: A\n${yaml}`, 'test').document);
  const input = scenarioInput({ loan, events });
  const terms = storedProductTerms({ code: 'A', ...stored, reading });
  return simulateLoan({ ...input, terms }).schedule.map(
    ({ principal, interest }) => `${principal} + ${interest}`,
  );
}

const YEAR_CUT = `repayment: {method: interest_only}
interest: {basis: actual, period_interest: actual_days, year_cut: jan_1}`;

describe('year_cut in every method', () => {
  const loan = { principal: '300000.00', rate: '0.06', periods: 1, disbursed_on: '2023-12-15' };

  test('31 nights over New Year: 17 over 365 and 14 over 366, before 16 and 15', () => {
    // 300,000 x 6% is 18,000 a year.
    expect(rowsOf(2, YEAR_CUT, loan)).toEqual(['300000.00 + 1526.88']);
    expect(rowsOf(1, YEAR_CUT, loan)).toEqual(['300000.00 + 1526.75']);
  });

  test.skipIf(!existsSync(YEAR_CUT_REPORT))('the loan that was reported', () => {
    const read = simulationReader({ ledger: null, findProduct: () => undefined });
    const document: unknown = JSON.parse(readFileSync(YEAR_CUT_REPORT, 'utf8'));
    expect(simulateLoan(read(document, 'report')).schedule[0]?.interest).toBe('1526.88');
  });

  test('laid again at 12% from 1 January', () => {
    const events = [{ ref: 'C', type: 'rate_change', value_date: '2024-01-01', rate: '0.12' }];
    // 17 nights at 18,000 / 365 and 14 at 36,000 / 366: 838.356 + 1,377.049.
    expect(rowsOf(2, YEAR_CUT, loan, events)).toEqual(['300000.00 + 2215.41']);
    // 16 nights at 18,000 / 365, one at 18,000 / 366: 789.041 + 49.180 + 1,377.049.
    expect(rowsOf(1, YEAR_CUT, loan, events)).toEqual(['300000.00 + 2215.27']);
  });

  test('an odd first period of 48 days: 17 over 365 and 31 over 366', () => {
    const odd = { ...loan, first_due_on: '2024-02-01' };
    const yaml = (method: string) =>
      `repayment: {method: ${method}}\ninterest: {basis: actual, year_cut: jan_1}`;
    // 838.356 + 1,524.590, before 789.041 + 1,573.770.
    for (const method of ['interest_only', 'equal_principal', 'level_payment', 'bullet']) {
      expect(rowsOf(2, yaml(method), odd)).toEqual(['300000.00 + 2362.95']);
      expect(rowsOf(1, yaml(method), odd)).toEqual(['300000.00 + 2362.81']);
    }
    // The actuarial method was cut by both.
    expect(rowsOf(1, yaml('level_payment_actuarial'), odd)).toEqual(['300000.00 + 2362.95']);
  });
});

describe('leap_year by the period, where the rate changes in a row of several periods', () => {
  const yaml = (method: string) =>
    `repayment: {method: ${method}}
interest: {basis: actual, period_interest: actual_days, leap_year: feb_29_period}`;
  const loan = { principal: '133590.00', rate: '1', periods: 2, disbursed_on: '2024-01-31' };
  const events = [{ ref: 'C', type: 'rate_change', value_date: '2024-02-29', rate: '2' }];

  test.each(['bullet', 'daily_interest'])(
    '%s: each night at its rate, over its period',
    (method) => {
      // 29 nights to 29 February at 365.00, 31 nights to 31 March at 2 x 366.00.
      expect(rowsOf(2, yaml(method), loan, events)).toEqual(['133590.00 + 33277.00']);
      // Before, 29/60 of the term at 100% and 31/60 at 200%: 21,931.00 x 91/60.
      expect(rowsOf(1, yaml(method), loan, events)).toEqual(['133590.00 + 33262.02']);
    },
  );
});

test('the actuarial payment is smoothed by the last two instalments that there are', () => {
  const yaml = `repayment: {method: level_payment_actuarial, payment_rounding: up}
interest: {rounding: down}`;
  const loan = { principal: '0.20', rate: '0.12', periods: 5, disbursed_on: '2026-01-15' };
  // 0.0412 a period goes up to 0.05, and no interest reaches a fen: four rows, the last as the others.
  expect(rowsOf(2, yaml, loan)).toEqual(new Array(4).fill('0.05 + 0.00'));
  // Before, the fifth counted with 0.00: 0.05 - 0.05 / 5.
  expect(rowsOf(1, yaml, loan)).toEqual(new Array(5).fill('0.04 + 0.00'));
});

describe('flat_total', () => {
  const actual = 'interest: {basis: actual, period_interest: actual_days}';

  test('with a down payment: interest on the amount before it, principal on what is left', () => {
    const yaml = `repayment: {method: flat_interest, flat_total: true, down_payment: {percent: 25}}
${actual}`;
    const loan = { principal: '1200.00', rate: '0.08', periods: 3, disbursed_on: '2025-01-01' };
    // 1,200 x 8% x 90/365 = 23.67; 900 / 3.
    const row = '300.00 + 7.89';
    expect(rowsOf(2, yaml, loan)).toEqual(['300.00 + 0.00', row, row, row]);
    expect(rowsOf(1, yaml, loan)).toEqual([
      '300.00 + 0.00',
      '400.00 + 7.89',
      '400.00 + 7.89',
      '100.00 + 7.89',
    ]);
  });

  const monthly = (more: string) => `repayment: {method: flat_interest, flat_total: true, ${more}}`;
  const loan = { principal: '6000.00', rate: '0.12', periods: 18, disbursed_on: '2026-01-15' };

  test('with a multiple: the payment is rounded to it, principal is what it leaves', () => {
    // 333.33 + 60.00 = 393.33; 17 x 333.00 leave 339.00 for the last.
    const rows = rowsOf(2, monthly('payment_multiple: 1.00'), loan);
    expect(rows).toEqual([...new Array(17).fill('333.00 + 60.00'), '339.00 + 60.00']);
    // Rounded up: 17 x 334.00 leave 322.00.
    const up = rowsOf(2, monthly('payment_multiple: 1.00, payment_rounding: up'), loan);
    expect(up).toEqual([...new Array(17).fill('334.00 + 60.00'), '322.00 + 60.00']);
    const before = rowsOf(1, monthly('payment_multiple: 1.00'), loan);
    expect(before).toEqual([...new Array(17).fill('333.33 + 60.00'), '333.39 + 60.00']);
  });

  test('a multiple that repays the principal early: the row that ends the loan asks the rest', () => {
    const yaml = monthly('payment_multiple: 50.00, payment_rounding: up');
    const short = { ...loan, principal: '1000.00' };
    // 1,000 x 18% = 180.00, 10.00 a row; 55.56 + 10.00 goes to 100.00. After eleven rows 10.00 of
    // principal and 70.00 of the agreed interest are left: seven rows of it.
    expect(rowsOf(2, yaml, short)).toEqual([
      ...new Array(11).fill('90.00 + 10.00'),
      '10.00 + 70.00',
    ]);
    const events = [
      { ref: 'R', type: 'repayment', value_date: '2026-02-15', amount: '100.00' },
      { ref: 'P', type: 'prepayment', value_date: '2026-02-15', amount: '455.00' },
    ];
    // Kept: half the base asks 5.00 a row, 95.00 are principal; the rows that fall away ask nothing.
    const kept = rowsOf(2, `${yaml}\nprepayment: {partial: {keep: payment}}`, short, events);
    expect(kept).toEqual(['90.00 + 10.00', ...new Array(4).fill('95.00 + 5.00'), '75.00 + 5.00']);
  });

  test('a multiple below the interest leaves no principal but in the last', () => {
    const small = { ...loan, principal: '600.00', periods: 3, rate: '0.24' };
    // 200.00 + 12.00 to a multiple of 500 is 0.00: interest alone is asked.
    expect(rowsOf(2, monthly('payment_multiple: 500'), small)).toEqual([
      '0.00 + 12.00',
      '0.00 + 12.00',
      '600.00 + 12.00',
    ]);
  });

  test('a prepayment that keeps the payment keeps the rounded one', () => {
    const yaml = `${monthly('payment_multiple: 1.00')}
prepayment: {partial: {keep: payment}}`;
    const events = [
      { ref: 'R', type: 'repayment', value_date: '2026-02-15', amount: '393.00' },
      { ref: 'P', type: 'prepayment', value_date: '2026-02-15', amount: '2833.50' },
    ];
    // Half of 5,667.00 is left, and half the base: 30.00 a row, and 393.00 - 30.00 of principal.
    const [first, ...rest] = rowsOf(2, yaml, loan, events);
    expect(first).toBe('333.00 + 60.00');
    expect(rest).toEqual([...new Array(7).fill('363.00 + 30.00'), '292.50 + 30.00']);
  });
});

describe('carry_fraction', () => {
  const loan = { principal: '100.31', rate: '0.18', periods: 3, disbursed_on: '2026-01-15' };
  const yaml = (more: string) => `repayment: {carry_fraction: true${more}}`;

  test('the last payment is the exact balance with its exact interest, rounded once', () => {
    // 33.94527 x 1.015 = 34.45445; the shown balance is 33.95.
    expect(rowsOf(2, yaml(''), loan)[2]).toBe('33.95 + 0.50');
    expect(rowsOf(1, yaml(''), loan)[2]).toBe('33.95 + 0.51');
  });

  test('by payment_rounding', () => {
    // Rounded up the payment is 34.45: 100.31 x 1.015 - 34.45 = 67.36465, then 33.92512; the last
    // is 34.43400, so 34.44, of which 33.93 is principal.
    expect(rowsOf(2, yaml(', payment_rounding: up'), loan)[2]).toBe('33.93 + 0.51');
  });

  test('flat interest carries nothing', () => {
    const flat = (carry: boolean) => `repayment: {method: flat_interest, carry_fraction: ${carry}}`;
    const odd = { ...loan, principal: '100.33', periods: 7 };
    expect(rowsOf(2, flat(true), odd)).toEqual(rowsOf(2, flat(false), odd));
    expect(rowsOf(1, flat(true), odd)).not.toEqual(rowsOf(1, flat(false), odd));
  });
});

test('monthly_rate_decimals: none under actual_days', () => {
  const yaml = (more: string) => `interest: {period_interest: actual_days${more}}`;
  const loan = {
    principal: '100000.00',
    rate: '0.145',
    periods: 12,
    disbursed_on: '2026-01-15',
  };
  const rounded = yaml(', monthly_rate_decimals: 4');
  expect(rowsOf(2, rounded, loan)).toEqual(rowsOf(2, yaml(''), loan));
  expect(rowsOf(1, rounded, loan)).not.toEqual(rowsOf(1, yaml(''), loan));
});

test('a loan of one row and a schedule of its own: each row bears its own period', () => {
  const schedule = [
    { due_on: '2026-02-15', principal: '0.00', interest: '100.00' },
    { due_on: '2026-03-15', principal: '0.00', interest: '100.00' },
    { due_on: '2026-04-15', principal: '10000.00', interest: '100.00' },
  ];
  const loan = { principal: '10000.00', rate: '0.12', disbursed_on: '2026-01-15', schedule };
  const events = [
    { ref: 'R1', type: 'repayment', value_date: '2026-02-15', amount: '100.00' },
    { ref: 'R2', type: 'repayment', value_date: '2026-03-15', amount: '100.00' },
    { ref: 'C', type: 'rate_change', value_date: '2026-03-15', rate: '0.24' },
  ];
  // A month at 24%: 200.00, not the three months of the term.
  const rows = rowsOf(2, 'repayment: {method: bullet}', loan, events);
  expect(rows).toEqual(['0.00 + 100.00', '0.00 + 100.00', '10000.00 + 200.00']);
});
