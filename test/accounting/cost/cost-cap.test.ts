import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loanCost } from '../../../src/accounting/cost/cost.js';
import { isAboveCostCap } from '../../../src/accounting/cost/cost-cap.js';
import { parseRatePpb } from '../../../src/accounting/money/amount-text.js';
import { laySchedule } from '../../../src/accounting/schedule/schedule.js';
import type { Schedule } from '../../../src/accounting/schedule/schedule-rows.js';
import { contractOf, termsWith } from '../product/terms.js';

const ppb = (text: string) => parseRatePpb(text) ?? Number.NaN;
const ACTUAL_DAYS = { basis: 360, periodInterest: 'actual_days' } as const;
const START = '2026-01-15';

const METHODS = [
  'level_payment',
  'level_payment_solved',
  'equal_principal',
  'interest_only',
] as const;
const MODES = ['half_up', 'half_even', 'up', 'down'] as const;

type Parts = Parameters<typeof termsWith>;

/** Whether 10,000.00 at a percentage a year costs more than 24%. */
function isAbove(parts: Parts, percent: string, periods: number, principal = '10000.00'): boolean {
  const terms = termsWith(...parts);
  const contract = contractOf(principal, percent, periods, START);
  return isAboveCostCap(terms, contract, laySchedule(terms, contract), ppb('0.24'));
}

describe('a cap of 24% a year', () => {
  test.each<[name: string, parts: Parts, percent: string, periods: number, above: boolean]>([
    ['a level payment below', [{}], '23.99', 12, false],
    ['a level payment at the cap', [{}], '24', 12, false],
    ['a level payment above', [{}], '24.01', 12, true],
    ['equal principal above', [{ method: 'equal_principal' }], '24.01', 12, true],
    ['interest only at the cap', [{ method: 'interest_only' }], '24', 24, false],
    ['flat interest, nearly twice its rate', [{ method: 'flat_interest' }], '13.5', 12, true],
    ['flat interest below', [{ method: 'flat_interest' }], '13', 12, false],
    ['a balloon', [{ method: 'balloon', amortizationPeriods: 60 }], '24', 24, false],
    // 365 days of 24% over 360 are 24.33%.
    ['by actual days over 360', [{ method: 'interest_only' }, ACTUAL_DAYS], '24', 12, true],
    ['a bullet of three months', [{ method: 'bullet' }], '24', 3, false],
    ['a bullet above', [{ method: 'bullet' }], '24.01', 3, true],
    ['weeks', [{ interval: { every: 2, unit: 'week' } }], '24', 26, false],
    ['days over 365', [{ interval: { every: 30, unit: 'day' } }, { basis: 365 }], '24', 6, false],
    ['days over 360', [{ interval: { every: 30, unit: 'day' } }, { basis: 360 }], '24', 6, true],
  ])('%s', (_name, parts, percent, periods, above) => {
    expect(isAbove(parts, percent, periods)).toBe(above);
  });

  test('rounding to the fen is no cost, whatever the loan', () => {
    const parts = fc.record({
      method: fc.constantFrom(...METHODS),
      carryFraction: fc.boolean(),
      paymentRounding: fc.constantFrom(...MODES),
      downPayment: fc.constantFrom(null, { percentPpb: ppb('0.25'), automatic: false }),
    });
    const modes = fc.constantFrom(...MODES);
    const fens = fc.integer({ min: 1000, max: 100_000_000 });
    const counts = fc.integer({ min: 1, max: 60 });
    fc.assert(
      fc.property(parts, modes, fens, counts, (repayment, rounding, fen, periods) => {
        const text = `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`;
        expect(isAbove([repayment, { rounding }], '24', periods, text)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});

test('agrees with the rate that loanCost finds, away from the rounding of a fen', () => {
  const rates = fc.integer({ min: 0, max: 60_000 });
  const caps = fc.integer({ min: 0, max: 60_000 });
  const counts = fc.integer({ min: 1, max: 120 });
  fc.assert(
    fc.property(rates, caps, counts, (rate, cap, periods) => {
      const terms = termsWith({});
      const contract = contractOf('10000000.00', String(rate / 1000), periods, START);
      const schedule = laySchedule(terms, contract);
      const cost = Number(loanCost(terms, contract, schedule).irrAnnual);
      fc.pre(Math.abs(cost - cap / 100_000) > 0.000_002);
      expect(isAboveCostCap(terms, contract, schedule, cap * 10_000)).toBe(cost > cap / 100_000);
    }),
  );
});

describe('rows by hand', () => {
  const terms = termsWith({}, { rounding: 'down' });
  const contract = contractOf('1.00', '24', 1, START);
  const row = (dueOn: number, total: number): Schedule => ({
    dueOn: [dueOn],
    principal: [100],
    interest: [total - 100],
    balanceAfter: [0],
  });
  const due = contract.disbursedOn + 31;

  test('exactly the cap is not above it: whole numbers decide', () => {
    expect(isAboveCostCap(terms, contract, row(due, 102), ppb('0.24'))).toBe(false);
    expect(isAboveCostCap(terms, contract, row(due, 102), ppb('0.239999999'))).toBe(true);
    expect(isAboveCostCap(terms, contract, row(due, 103), ppb('0.24'))).toBe(true);
  });

  test('an agreed fee is part of the cost', () => {
    expect(isAboveCostCap(terms, contract, { ...row(due, 101), fee: [1] }, ppb('0.24'))).toBe(
      false,
    );
    expect(isAboveCostCap(terms, contract, { ...row(due, 101), fee: [2] }, ppb('0.24'))).toBe(true);
  });

  test('a row due at disbursement is not lent', () => {
    const down: Schedule = {
      dueOn: [contract.disbursedOn, due],
      principal: [50, 50],
      interest: [0, 1],
      balanceAfter: [50, 0],
    };
    expect(isAboveCostCap(terms, contract, down, ppb('0.24'))).toBe(false);
    expect(isAboveCostCap(terms, contract, down, ppb('0.239999999'))).toBe(true);
  });
});
