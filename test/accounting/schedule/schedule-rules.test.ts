import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDay } from '../../../src/accounting/calendar/epoch-day.js';
import type { ProductTerms } from '../../../src/accounting/product/product.js';
import { dueDates } from '../../../src/accounting/schedule/due-dates.js';
import { laySchedule } from '../../../src/accounting/schedule/schedule.js';
import { contractOf, day, fen, termsWith } from '../product/terms.js';

type FirstPeriod = ProductTerms['interest']['firstPeriod'];

describe('due dates', () => {
  function dues(repayment: Partial<ProductTerms['repayment']>, start: string, first?: string) {
    return dueDates(termsWith(repayment), contractOf('1000.00', '18', 3, start, first)).map(
      formatDay,
    );
  }

  test.each<[string, Partial<ProductTerms['repayment']>, string, string | undefined, string[]]>([
    [
      'same month: the first such day after',
      { dueDay: 20, fixedDayFirstDue: 'same_month' },
      '2026-01-08',
      undefined,
      ['2026-01-20', '2026-02-20', '2026-03-20'],
    ],
    [
      'same month, on the day itself',
      { dueDay: 20, fixedDayFirstDue: 'same_month' },
      '2026-01-20',
      undefined,
      ['2026-02-20', '2026-03-20', '2026-04-20'],
    ],
    [
      'same month, clamped',
      { dueDay: 31, fixedDayFirstDue: 'same_month' },
      '2026-02-28',
      undefined,
      ['2026-03-31', '2026-04-30', '2026-05-31'],
    ],
    [
      'quarterly, a fixed day passed',
      { dueDay: 10, interval: { every: 3, unit: 'month' } },
      '2026-01-20',
      undefined,
      ['2026-05-10', '2026-08-10', '2026-11-10'],
    ],
    [
      'a first date of its own is the anchor',
      {},
      '2026-01-15',
      '2026-03-10',
      ['2026-03-10', '2026-04-10', '2026-05-10'],
    ],
    [
      'unless it is the clamped disbursement day',
      {},
      '2026-01-31',
      '2026-02-28',
      ['2026-02-28', '2026-03-31', '2026-04-30'],
    ],
    [
      'a fixed day outlives a first date of its own',
      { dueDay: 20 },
      '2026-01-15',
      '2026-03-05',
      ['2026-03-05', '2026-04-20', '2026-05-20'],
    ],
    [
      'weeks',
      { interval: { every: 2, unit: 'week' } },
      '2026-01-15',
      undefined,
      ['2026-01-29', '2026-02-12', '2026-02-26'],
    ],
    [
      'days from a first date',
      { interval: { every: 10, unit: 'day' } },
      '2026-01-15',
      '2026-01-20',
      ['2026-01-20', '2026-01-30', '2026-02-09'],
    ],
  ])('%s', (_name, repayment, start, first, expected) => {
    expect(dues(repayment, start, first)).toEqual(expected);
  });
});

describe('the interest of a first period', () => {
  /** 36,000.00 at 10% over 360: 10.00 a day, 300.00 a month, so that a figure reads as days. */
  function firstInterest(
    interest: Partial<ProductTerms['interest']>,
    start: string,
    first: string,
    repayment: Partial<ProductTerms['repayment']> = {},
  ): number | undefined {
    const contract = contractOf('36000.00', '10', 3, start, first);
    return laySchedule(termsWith({ method: 'interest_only', ...repayment }, interest), contract)
      .interest[0];
  }

  test.each<[FirstPeriod]>([['actual_days'], ['whole_period'], ['months_plus_days']])(
    'exactly two months bear two twelfths under %s',
    (firstPeriod) => {
      const exact = firstInterest({ firstPeriod }, '2025-12-31', '2026-02-28');
      expect(exact).toBe(fen('600.00'));
    },
  );

  test.each<[string, Partial<ProductTerms['interest']>, string, string, string]>([
    ['18 days', {}, '2026-01-20', '2026-02-07', '180.00'],
    // 18 of the 31 days of January, where the odd days begin: 300 x 18/31 = 174.19.
    [
      '18 days as a share',
      { oddDays: 'proportion_of_month' },
      '2026-01-20',
      '2026-02-07',
      '174.19',
    ],
    [
      '49 days, longer than a month',
      { oddDays: 'proportion_of_month' },
      '2026-01-20',
      '2026-03-10',
      '490.00',
    ],
    // One month, then 18 of the 28 days of February: 300 + 192.86.
    [
      'month and share',
      { firstPeriod: 'months_plus_days', oddDays: 'proportion_of_month' },
      '2026-01-20',
      '2026-03-10',
      '492.86',
    ],
    [
      'a whole period however long',
      { firstPeriod: 'whole_period' },
      '2026-01-20',
      '2026-03-10',
      '300.00',
    ],
    [
      'actual days ignore the rule',
      { periodInterest: 'actual_days', firstPeriod: 'whole_period' },
      '2026-01-20',
      '2026-03-10',
      '490.00',
    ],
    // Over 365 a month of 30 days: (30 + 18) x 36,000 x 10% / 365 = 473.42.
    [
      'thirty_360 over 365',
      { periodInterest: 'thirty_360', basis: 365, firstPeriod: 'months_plus_days' },
      '2026-01-20',
      '2026-03-10',
      '473.42',
    ],
  ])('%s', (_name, interest, start, first, expected) => {
    expect(firstInterest(interest, start, first)).toBe(fen(expected));
  });

  test('basis actual weighs each night by the year it ends in', () => {
    // 2027-12-20 to 2028-01-20: 11 nights end in 2027, 20 in 2028:
    // 3,600 x (11/365 + 20/366) = 108.4931... + 196.7213... = 305.21.
    const interest = { periodInterest: 'actual_days', basis: 'actual' } as const;
    expect(firstInterest(interest, '2027-12-20', '2028-01-20')).toBe(fen('305.21'));
  });

  test.each<[ProductTerms['repayment']['interval'], Partial<ProductTerms['interest']>, string]>([
    // 3,600 a year: a week is 1/52, a day 1/360; under thirty_360 a week is 7 days.
    [{ every: 2, unit: 'week' }, {}, '138.46'],
    [{ every: 2, unit: 'week' }, { periodInterest: 'thirty_360' }, '140.00'],
    [{ every: 14, unit: 'day' }, {}, '140.00'],
    [{ every: 14, unit: 'day' }, { basis: 365 }, '138.08'],
    [{ every: 1, unit: 'month' }, { periodInterest: 'thirty_360', basis: 365 }, '295.89'],
    [{ every: 3, unit: 'month' }, {}, '900.00'],
  ])('a regular period of %j under %j', (interval, interest, expected) => {
    const terms = termsWith({ method: 'interest_only', interval }, interest);
    const contract = contractOf('36000.00', '10', 2, '2026-01-15');
    expect(laySchedule(terms, contract).interest).toEqual([fen(expected), fen(expected)]);
  });
});

describe('payments', () => {
  test('are rounded once, to the multiple', () => {
    // A1: 10,000.00 at 18% over 12 asks 916.7999...; to whole tens up, down and to the nearest.
    const contract = contractOf('10000.00', '18', 12, '2026-01-15');
    const firstTotal = (paymentRounding: 'half_up' | 'up' | 'down') => {
      const terms = termsWith({ paymentMultipleFen: 1000, paymentRounding });
      const { principal, interest } = laySchedule(terms, contract);
      return (principal[0] ?? 0) + (interest[0] ?? 0);
    };
    expect(firstTotal('up')).toBe(fen('920.00'));
    expect(firstTotal('down')).toBe(fen('910.00'));
    expect(firstTotal('half_up')).toBe(fen('920.00'));
  });

  test('principal-free periods come first, the rest is laid over the others', () => {
    const contract = contractOf('10000.00', '12', 5, '2026-01-15');
    const terms = termsWith({ method: 'equal_principal', principalFreePeriods: 2 });
    const { principal, interest } = laySchedule(terms, contract);
    expect(principal).toEqual([0, 0, fen('3333.33'), fen('3333.33'), fen('3333.34')]);
    expect(interest.slice(0, 3)).toEqual([fen('100.00'), fen('100.00'), fen('100.00')]);
  });

  test('where interest exceeds the payment, principal is zero and interest is asked', () => {
    // 49 days of 0.1% a day on 10,000.00 are 490.00; the payment over 36 months is 458.33 at most.
    const contract = contractOf('10000.00', '36', 36, '2026-01-20', '2026-03-10');
    const { principal, interest } = laySchedule(termsWith({}), contract);
    expect(principal[0]).toBe(0);
    expect(interest[0]).toBe(fen('490.00'));
  });

  test('the schedule ends where the balance is zero', () => {
    // 10.00 over 3 rounded up to whole fives: 5, 5, and nothing left.
    const terms = termsWith({ paymentMultipleFen: 500, paymentRounding: 'up' });
    const { principal, balanceAfter } = laySchedule(
      terms,
      contractOf('10.00', '0', 3, '2026-01-15'),
    );
    expect(principal).toEqual([500, 500]);
    expect(balanceAfter).toEqual([500, 0]);
  });
});

describe('properties', () => {
  const terms = fc.record({
    method: fc.constantFrom('level_payment', 'equal_principal', 'interest_only', 'bullet'),
    dueDay: fc.oneof(fc.constant('anchor' as const), fc.integer({ min: 1, max: 31 })),
    fixedDayFirstDue: fc.constantFrom('next_month', 'same_month'),
    paymentRounding: fc.constantFrom('half_up', 'half_even', 'up', 'down'),
  } as const);
  const interest = fc
    .record({
      basis: fc.constantFrom<ProductTerms['interest']['basis'][]>(360, 364, 365, 'actual'),
      periodInterest: fc.constantFrom('monthly', 'actual_days', 'thirty_360'),
      rounding: fc.constantFrom('half_up', 'half_even', 'up', 'down'),
      firstPeriod: fc.constantFrom('actual_days', 'whole_period', 'months_plus_days'),
      oddDays: fc.constantFrom('daily', 'proportion_of_month'),
    } as const)
    .filter((rule) => rule.periodInterest !== 'thirty_360' || rule.basis !== 'actual');
  const contracts = fc.record({
    principal: fc.integer({ min: 1, max: 10_000_000_000 }),
    ratePpb: fc.integer({ min: 0, max: 1_000_000_000 }),
    periods: fc.integer({ min: 1, max: 60 }),
    disbursedOn: fc.integer({ min: day('2020-01-01'), max: day('2032-12-31') }),
    firstDueOn: fc.constant(null),
  });

  test('principal sums to the loan, dates increase, nothing is negative', () => {
    fc.assert(
      fc.property(terms, interest, contracts, (repayment, rules, contract) => {
        const schedule = laySchedule(termsWith(repayment, rules), contract);
        let balance = contract.principal;
        let previous: number = contract.disbursedOn;
        schedule.dueOn.forEach((dueOn, k) => {
          const principal = schedule.principal[k] ?? -1;
          balance -= principal;
          expect(dueOn).toBeGreaterThan(previous);
          expect(principal).toBeGreaterThanOrEqual(0);
          expect(schedule.interest[k]).toBeGreaterThanOrEqual(0);
          expect(schedule.balanceAfter[k]).toBe(balance);
          previous = dueOn;
        });
        expect(balance).toBe(0);
      }),
      { numRuns: 2000 },
    );
  });

  test('the last level payment stays within 2n minor units of the others', () => {
    fc.assert(
      fc.property(contracts, (contract) => {
        // Each period rounds a payment and an interest, 1 fen together at most; up to 24% over 60
        // months these grow to ((1.02)^60 - 1) / 0.02 = 114 fen in the last, within 2 x 60.
        const ratePpb = contract.ratePpb % 240_000_001;
        const principal = contract.principal + 100_000;
        const schedule = laySchedule(termsWith({}), { ...contract, principal, ratePpb });
        const totals = schedule.principal.map((part, k) => part + (schedule.interest[k] ?? 0));
        fc.pre(totals.length > 1);
        const tail = (totals[totals.length - 1] ?? 0) - (totals[0] ?? 0);
        expect(Math.abs(tail)).toBeLessThanOrEqual(2 * contract.periods);
      }),
      { numRuns: 2000 },
    );
  });
});
