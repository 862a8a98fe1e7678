import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { formatAmount } from '../../../src/accounting/money/amount-text.js';
import { roundQuotient } from '../../../src/accounting/money/money.js';
import type { ProductTerms } from '../../../src/accounting/product/product.js';
import { layContract, laySchedule } from '../../../src/accounting/schedule/schedule.js';
import type { LoanContract } from '../../../src/accounting/schedule/schedule-rows.js';
import { practiceCase } from '../product/practice-cases.js';
import { contractOf, day, fen, termsWith } from '../product/terms.js';
import { amountsOf, rowsOf } from './laid-rows.js';

type Repayment = Partial<ProductTerms['repayment']>;
type Interest = Partial<ProductTerms['interest']>;

const text = z.string();

/** 1,000.00 at 12%, 1% a month, from 15 January 2026. */
function amounts(repayment: Repayment, periods: number, interest: Interest = {}): string[] {
  const contract = contractOf('1000.00', '12', periods, '2026-01-15');
  return amountsOf(laySchedule(termsWith(repayment, interest), contract));
}

/** 1,000.00 at 1% a period over three: 1000 x 0.01 x 1.01^3 / (1.01^3 - 1) = 340.0221. */
const THREE_AT_ONE_PERCENT = ['330.02 + 10.00', '333.32 + 6.70', '336.66 + 3.37'];

describe('flat interest', () => {
  test('A4: 12,000.00 at 0.6% a period', () => {
    const { input, expected } = practiceCase(
      'A4',
      z.object({ principal: text, terms: z.number() }),
      z.object({ principalPer: text, feePer: text, totalFee: text }),
    );
    const contract = contractOf(input.principal, '7.2', input.terms, '2026-01-15');
    const schedule = laySchedule(termsWith({ method: 'flat_interest' }), contract);
    const row = `${expected.principalPer} + ${expected.feePer}`;
    expect(amountsOf(schedule)).toEqual(new Array(input.terms).fill(row));
    const all = schedule.interest.reduce((sum, interest) => sum + interest, 0);
    expect(formatAmount(all, 2)).toBe(expected.totalFee);
  });

  test('the payment is rounded once, the last takes the rest', () => {
    // (1000 + 3 x 10) / 3 = 343.33.
    expect(amounts({ method: 'flat_interest' }, 3)).toEqual([
      '333.33 + 10.00',
      '333.33 + 10.00',
      '333.34 + 10.00',
    ]);
  });

  test('flat_total rounds the interest once, then its parts', () => {
    // 1000 x 7% x 3/12 = 17.50; 17.50 / 3 = 5.83; 1000 / 3 = 333.33.
    const terms = termsWith({ method: 'flat_interest', flatTotal: true });
    const contract = contractOf('1000.00', '7', 3, '2026-01-15');
    const rows = ['333.33 + 5.83', '333.33 + 5.83', '333.34 + 5.84'];
    expect(amountsOf(laySchedule(terms, contract))).toEqual(rows);
  });

  test('flat_total counts on the amount before the down payment, flat on what is left', () => {
    const downPayment = { percentPpb: 250_000_000, automatic: false };
    const contract = contractOf('1000.00', '7', 3, '2026-01-15');
    const laid = (flatTotal: boolean) =>
      amountsOf(
        laySchedule(termsWith({ method: 'flat_interest', flatTotal, downPayment }), contract),
      );
    const down = '250.00 + 0.00';
    // 1000 x 7% x 3 / 12 = 17.50; 17.50 / 3 = 5.83 and 750 / 3 = 250.00, the rest in the last.
    expect(laid(true)).toEqual([down, '250.00 + 5.83', '250.00 + 5.83', '250.00 + 5.84']);
    // 750 x 7% / 12 = 4.375 a period, 4.38; (750 + 13.14) / 3 = 254.38.
    expect(laid(false)).toEqual([down, '250.00 + 4.38', '250.00 + 4.38', '250.00 + 4.38']);
  });
});

test('A8: a balloon over 36 months, due after 12', () => {
  const { input, expected } = practiceCase(
    'A8',
    z.object({ principal: text, annualRate: text, amortTerms: z.number(), terms: z.number() }),
    z.object({ emi: text, balloonPrincipal: text, lastInstalment: text, totalInterest: text }),
  );
  const terms = termsWith({ method: 'balloon', amortizationPeriods: input.amortTerms });
  const contract = contractOf(input.principal, input.annualRate, input.terms, '2026-01-15');
  const { schedule, payment } = layContract(terms, contract);
  const last = input.terms - 1;
  expect(formatAmount(payment ?? 0, 2)).toBe(expected.emi);
  expect(formatAmount(schedule.principal[last] ?? 0, 2)).toBe(expected.balloonPrincipal);
  const lastTotal = (schedule.principal[last] ?? 0) + (schedule.interest[last] ?? 0);
  expect(formatAmount(lastTotal, 2)).toBe(expected.lastInstalment);
  const all = schedule.interest.reduce((sum, interest) => sum + interest, 0);
  expect(formatAmount(all, 2)).toBe(expected.totalInterest);
});

describe('level_payment_solved', () => {
  test.each([
    // 10.00 over 3 without interest: 3.33 leaves 3.34, 3.34 leaves 3.32.
    ['10.00', 3, '3.33'],
    // 0.05 over 2: 0.02 leaves 0.03, 0.03 leaves 0.02, as far off: the lower.
    ['0.05', 2, '0.02'],
    // 0.01 over 3: nothing leaves 0.01, 0.01 leaves nothing, as far off: the lower.
    ['0.01', 3, '0.00'],
  ])('%s over %d asks %s', (principal, periods, expected) => {
    const terms = termsWith({ method: 'level_payment_solved' });
    const { payment } = layContract(terms, contractOf(principal, '0', periods, '2026-01-15'));
    expect(payment).toBe(fen(expected));
  });

  test('no payment nearby makes the last instalment more equal', () => {
    const contracts = fc.record({
      principal: fc.integer({ min: 100_000, max: 10_000_000 }),
      ratePpb: fc.integer({ min: 0, max: 360_000_000 }),
      periods: fc.integer({ min: 2, max: 24 }),
      disbursedOn: fc.integer({ min: day('2024-01-01'), max: day('2027-12-31') }),
      firstDueOn: fc.constant(null),
    });
    const interest = { periodInterest: 'actual_days' } as const;
    const terms = termsWith({ method: 'level_payment_solved' }, interest);
    fc.assert(
      fc.property(contracts, (contract) => {
        const { schedule, payment } = layContract(terms, contract);
        const lastAt = (asked: number) => Math.abs(lastLess(contract, schedule.dueOn, asked));
        const solved = payment ?? 0;
        expect(lastAt(solved - 1)).toBeGreaterThan(lastAt(solved));
        expect(lastAt(solved - 2)).toBeGreaterThan(lastAt(solved));
        expect(lastAt(solved + 1)).toBeGreaterThanOrEqual(lastAt(solved));
        expect(lastAt(solved + 2)).toBeGreaterThanOrEqual(lastAt(solved));
      }),
      { numRuns: 300 },
    );
  });
});

/** The last instalment of actual days over 360, less the payment asked in all the others. */
function lastLess(contract: LoanContract, dueOn: readonly number[], payment: number): number {
  let balance = contract.principal;
  let owed = 0;
  let startOn: number = contract.disbursedOn;
  for (const due of dueOn) {
    const exact = BigInt(balance) * BigInt(contract.ratePpb) * BigInt(due - startOn);
    const interest = Number(roundQuotient(exact, 360_000_000_000n, 'half_up'));
    owed = balance + interest;
    balance = owed - payment;
    startOn = due;
  }
  return owed - payment;
}

describe('carry_fraction', () => {
  test('the balance follows with unrounded interest', () => {
    // 100.31 at 1.5% a month over 3 asks 34.44. Exact balances: 100.31 x 1.015 - 34.44 = 67.37465,
    // 67.37465 x 1.015 - 34.44 = 33.94527: shown 67.37 and 33.95, so that 33.42 is principal and
    // 34.44 - 33.42 = 1.02 interest; rounded every time it is 67.37 x 1.5% = 1.01. The last payment
    // is 33.94527 x 1.015 = 34.45445, so 34.45, of which 33.95 is principal.
    const contract = contractOf('100.31', '18', 3, '2026-01-15');
    const laid = (carryFraction: boolean) =>
      amountsOf(laySchedule(termsWith({ carryFraction }), contract));
    expect(laid(true)).toEqual(['32.94 + 1.50', '33.42 + 1.02', '33.95 + 0.50']);
    expect(laid(false)).toEqual(['32.94 + 1.50', '33.43 + 1.01', '33.94 + 0.51']);
  });

  test('what no payment leaves unrounded stays as it is', () => {
    for (const method of ['equal_principal', 'interest_only', 'bullet'] as const) {
      const carried = amounts({ method, carryFraction: true }, 3);
      expect(carried).toEqual(amounts({ method }, 3));
    }
  });
});

describe('a down payment', () => {
  test('is its own row, due at disbursement, rounded and then taken to the multiple', () => {
    // 25% of 1,234.56 is 308.64, to tens 310.00; 924.56 over 2 in equal parts of 462.28.
    const terms = termsWith({
      method: 'equal_principal',
      paymentMultipleFen: fen('10.00'),
      downPayment: { percentPpb: 250_000_000, automatic: true },
    });
    const schedule = laySchedule(terms, contractOf('1234.56', '12', 2, '2026-01-15'));
    expect(rowsOf(schedule)).toEqual([
      '2026-01-15 310.00 + 0.00',
      '2026-02-15 462.28 + 9.25',
      '2026-03-15 462.28 + 4.62',
    ]);
    expect(schedule.balanceAfter).toEqual([fen('924.56'), fen('462.28'), 0]);
  });
});

describe('principal-free periods: the rest is laid over the remaining ones', () => {
  const free = '0.00 + 10.00';
  test.each(['level_payment', 'level_payment_solved', 'level_payment_actuarial'] as const)(
    '%s',
    (method) => {
      const rows = amounts({ method, principalFreePeriods: 2 }, 5);
      expect(rows).toEqual([free, free, ...THREE_AT_ONE_PERCENT]);
    },
  );

  test('equal_principal', () => {
    expect(amounts({ method: 'equal_principal', principalFreePeriods: 1 }, 3)).toEqual([
      free,
      '500.00 + 10.00',
      '500.00 + 5.00',
    ]);
  });

  test.each(['interest_only', 'bullet', 'daily_interest'] as const)('%s has none', (method) => {
    expect(amounts({ method, principalFreePeriods: 1 }, 3)).toEqual(amounts({ method }, 3));
  });
});

describe('weeks and days', () => {
  test.each<[string, string, Repayment['interval'], Interest]>([
    // A week is 1/52 of a year: 52% a year is 1% a week.
    ['weekly', '52', { every: 1, unit: 'week' }, {}],
    // Over 364 days a year a week of nights is 1/52, too.
    [
      'weekly nights',
      '52',
      { every: 1, unit: 'week' },
      { periodInterest: 'actual_days', basis: 364 },
    ],
    // 10 of 360 days at 36%.
    ['every ten days', '36', { every: 10, unit: 'day' }, {}],
    ['every ten nights', '36', { every: 10, unit: 'day' }, { periodInterest: 'actual_days' }],
  ])('%s: 1%% a period', (_name, percent, interval, interest) => {
    const contract = contractOf('1000.00', percent, 3, '2026-01-15');
    for (const method of ['level_payment', 'level_payment_actuarial'] as const) {
      const schedule = laySchedule(termsWith({ method, interval: interval! }, interest), contract);
      expect(amountsOf(schedule)).toEqual(THREE_AT_ONE_PERCENT);
    }
  });

  test('daily_interest is one row of actual days, a bullet of whole months', () => {
    // 36,000.00 at 10% over 360 is 10.00 a day, 300.00 a month; 90 days to 15 April.
    const contract = contractOf('36000.00', '10', 3, '2026-01-15');
    const row = (method: 'daily_interest' | 'bullet') =>
      rowsOf(laySchedule(termsWith({ method }), contract));
    expect(row('daily_interest')).toEqual(['2026-04-15 36000.00 + 900.00']);
    expect(row('bullet')).toEqual(['2026-04-15 36000.00 + 900.00']);
    const longer = { ...contract, periods: 6 };
    const interest = (method: 'daily_interest' | 'bullet') =>
      laySchedule(termsWith({ method }), longer).interest;
    // 181 days to 15 July.
    expect(interest('daily_interest')).toEqual([fen('1810.00')]);
    expect(interest('bullet')).toEqual([fen('1800.00')]);
  });
});

describe('over the actual year', () => {
  // 365 x 366 = 133,590: at 100% a night costs 366.00 over 365 days, 365.00 over 366.
  const actual = { periodInterest: 'actual_days', basis: 'actual' } as const;
  const interestOf = (repayment: Repayment, interest: Interest, start: string, periods: number) =>
    laySchedule(
      termsWith(repayment, { ...actual, ...interest }),
      contractOf('133590.00', '100', periods, start),
    ).interest;

  test('year_cut: the night of 31 December is of the new year or of the old one', () => {
    // 12 December 2023 to 12 January 2024: 19 and 12 nights, or 20 and 11.
    const method = 'level_payment_actuarial';
    expect(interestOf({ method }, {}, '2023-12-12', 1)).toEqual([fen('11334.00')]);
    expect(interestOf({ method }, { yearCut: 'jan_1' }, '2023-12-12', 1)).toEqual([
      fen('11335.00'),
    ]);
  });

  test('leap_year: 366 for the whole year, or for the period of 29 February alone', () => {
    // 29 nights to 29 February, then 31: 29 x 365 + 31 x 365, or 31 x 366 in the second.
    const method = 'interest_only';
    expect(interestOf({ method }, {}, '2024-01-31', 2)).toEqual([fen('10585.00'), fen('11315.00')]);
    expect(interestOf({ method }, { leapYear: 'feb_29_period' }, '2024-01-31', 2)).toEqual([
      fen('10585.00'),
      fen('11346.00'),
    ]);
    // One row is the sum of its periods.
    expect(
      interestOf({ method: 'daily_interest' }, { leapYear: 'feb_29_period' }, '2024-01-31', 2),
    ).toEqual([fen('21931.00')]);
  });
});
