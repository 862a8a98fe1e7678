import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { loanCost } from '../../../src/accounting/cost/cost.js';
import { parseRatePpb } from '../../../src/accounting/money/amount-text.js';
import { Refusal } from '../../../src/accounting/money/refusal.js';
import { laySchedule } from '../../../src/accounting/schedule/schedule.js';
import type { Schedule } from '../../../src/accounting/schedule/schedule-rows.js';
import { policyFromValue } from '../../../src/jobs/book/documents/policy-document.js';
import { practiceCase } from '../product/practice-cases.js';
import { contractOf, day, fen, termsWith } from '../product/terms.js';

const text = z.string();

/** A percentage such as `13.0342%` as the decimal it is, `0.130342`. */
function asDecimal(percent: string): string {
  const [whole = '', fraction = ''] = percent.replace('%', '').split('.');
  return `0.${whole.padStart(2, '0')}${fraction}`;
}

function flatRows(periods: number, principal: number, interest: number): Schedule {
  const column = (value: number) => new Array<number>(periods).fill(value);
  return {
    dueOn: column(day('2030-01-01')),
    principal: column(principal),
    interest: column(interest),
    balanceAfter: column(0),
  };
}

describe('A4: a flat charge and what it costs', () => {
  const rows = flatRows(12, fen('1000.00'), fen('72.00'));

  test('twelve payments of 1,072.00', () => {
    const { input, expected } = practiceCase(
      'A4',
      z.object({ principal: text }),
      z.object({ irrMonthly: text, aprSimple: text, ear: text }),
    );
    const cost = loanCost(
      termsWith({}),
      contractOf(input.principal, '7.2', 12, '2026-01-15'),
      rows,
    );
    expect(cost.irrAnnual).toBe(asDecimal(expected.aprSimple));
    expect(cost.effectiveAnnual).toBe(asDecimal(expected.ear));
    // 1.086185% rounds to six places.
    expect(expected.irrMonthly).toBe('1.086185%');
    expect(cost.irrPeriod).toBe('0.010862');
  });

  test('A4b: with the service fee taken from what is paid out', () => {
    const { input, expected } = practiceCase(
      'A4b',
      z.object({ principal: text, upfrontFee: text }),
      z.object({ irrMonthly: text, aprSimple: text, under24: z.boolean() }),
    );
    const net = fen(input.principal) - fen(input.upfrontFee);
    const contract = { ...contractOf(input.principal, '7.2', 12, '2026-01-15'), principal: net };
    const { irrPeriod, irrAnnual } = loanCost(termsWith({}), contract, rows);
    expect(irrAnnual).toBe(asDecimal(expected.aprSimple));
    // 1.408186% rounds to six places.
    expect(expected.irrMonthly).toBe('1.408186%');
    expect(irrPeriod).toBe('0.014082');
    const capPpb = policyFromValue({}, { name: 'test' }).policy.costCapPpb ?? 0;
    expect((parseRatePpb(irrAnnual) ?? 0) < capPpb).toBe(expected.under24);
  });
});

test('a level payment costs its own rate, to the sixth decimal of a large loan', () => {
  const contract = contractOf('10000000.00', '18', 12, '2026-01-15');
  const cost = loanCost(termsWith({}), contract, laySchedule(termsWith({}), contract));
  // 1.015^12 - 1 = 0.195618171...
  expect(cost).toEqual({
    irrPeriod: '0.015000',
    irrAnnual: '0.180000',
    effectiveAnnual: '0.195618',
  });
});

test('a zero rate costs nothing', () => {
  const contract = contractOf('10000.00', '0', 3, '2026-01-15');
  const cost = loanCost(termsWith({}), contract, laySchedule(termsWith({}), contract));
  expect(Object.values(cost)).toEqual(['0.000000', '0.000000', '0.000000']);
});

test('a bullet is one period as long as its term', () => {
  // Three months at 12% a year: 3% once, four times a year; 1.03^4 - 1 = 0.12550881.
  const terms = termsWith({ method: 'bullet' });
  const contract = contractOf('10000.00', '12', 3, '2026-01-15');
  expect(loanCost(terms, contract, laySchedule(terms, contract))).toEqual({
    irrPeriod: '0.030000',
    irrAnnual: '0.120000',
    effectiveAnnual: '0.125509',
  });
});

test('an interval of days has 365 / every periods a year', () => {
  // One payment of 10,100.00 after 73 days: 1%, five times a year; 1.01^5 - 1 = 0.0510100501.
  const terms = termsWith({ interval: { every: 73, unit: 'day' } });
  const contract = contractOf('10000.00', '5', 1, '2026-01-15');
  expect(loanCost(terms, contract, flatRows(1, fen('10000.00'), fen('100.00')))).toEqual({
    irrPeriod: '0.010000',
    irrAnnual: '0.050000',
    effectiveAnnual: '0.051010',
  });
});

test('daily interest is one period as long as its term', () => {
  // 90 days at 12% over 360: 3% once, 365 / 90 times a year: 0.121667; 1.03^(365/90) - 1 = 0.127359.
  const terms = termsWith({ method: 'daily_interest', interval: { every: 90, unit: 'day' } });
  const contract = contractOf('10000.00', '12', 1, '2026-01-15');
  expect(loanCost(terms, contract, laySchedule(terms, contract))).toEqual({
    irrPeriod: '0.030000',
    irrAnnual: '0.121667',
    effectiveAnnual: '0.127359',
  });
});

test('weeks are 52 a year', () => {
  // 5,200.00 at 26% a year: 0.5% a week, 52 times a year; 1.005^52 - 1 = 0.296090.
  const terms = termsWith({ method: 'interest_only', interval: { every: 1, unit: 'week' } });
  const contract = contractOf('5200.00', '26', 4, '2026-01-15');
  expect(loanCost(terms, contract, laySchedule(terms, contract))).toEqual({
    irrPeriod: '0.005000',
    irrAnnual: '0.260000',
    effectiveAnnual: '0.296090',
  });
});

test('a down payment never goes out', () => {
  // 25% of 1,000.00 is paid at once; 750.00 over two months at 12%: 1% a month, of 750.00 alone.
  const downPayment = { percentPpb: 250_000_000, automatic: false };
  const terms = termsWith({ method: 'interest_only', downPayment });
  const contract = contractOf('1000.00', '12', 2, '2026-01-15');
  const schedule = laySchedule(terms, contract);
  expect(schedule.principal).toEqual([fen('250.00'), 0, fen('750.00')]);
  expect(loanCost(terms, contract, schedule).irrPeriod).toBe('0.010000');
});

test('agreed fees of an imported schedule are a cost', () => {
  // 100.00 for 101.00 and a fee of 1.00 after a month: 2%.
  const contract = contractOf('100.00', '12', 1, '2026-01-15');
  const schedule = { ...flatRows(1, fen('100.00'), fen('1.00')), fee: [fen('1.00')] };
  expect(loanCost(termsWith({}), contract, schedule).irrPeriod).toBe('0.020000');
});

test('nothing that comes back has no cost', () => {
  const contract = contractOf('10000.00', '5', 1, '2026-01-15');
  expect(() => loanCost(termsWith({}), contract, flatRows(1, 0, 0))).toThrow(Refusal);
});
