import { describe, expect, it } from 'vitest';
import { type ModelDocument, modelLoan } from './model.js';
import { expectedOf } from './practice-file.js';
import type { ProductDocument } from './product.js';
import type { ModelResult, ScheduleRow } from './result.js';
import { fromDecimal, multiply, round, whole } from './schedule/fraction.js';
import type { LoanDocument } from './terms.js';

const A1_LOAN = { principal: '10000.00', rate: '0.18', periods: 12, disbursed_on: '2026-01-15' };

function loanOf(
  loan: LoanDocument,
  product: ProductDocument = {},
  rest: Partial<ModelDocument> = {},
): ModelResult {
  return modelLoan({ product, loan, ...rest });
}

function sumOf(amounts: readonly string[]): string {
  const fen = amounts.reduce((total, amount) => total + BigInt(amount.replace('.', '')), 0n);
  return `${fen / 100n}.${(fen % 100n).toString().padStart(2, '0')}`;
}

function totalInterest(rows: readonly ScheduleRow[]): string {
  return sumOf(rows.map((row) => row.interest));
}

describe('schedules of practice.json', () => {
  it('A1: level payment', () => {
    const expected = expectedOf<{
      rows: {
        no: number;
        principal: string;
        interest: string;
        total: string;
        balanceAfter: string;
      }[];
    }>('A1');
    const { schedule } = loanOf(A1_LOAN);
    const rows = schedule.map((row) => ({
      no: row.seq,
      principal: row.principal,
      interest: row.interest,
      total: row.total,
      balanceAfter: row.balance_after,
    }));
    expect(rows).toEqual(expected.rows);
  });

  it('A1b: the period rate rounded first', () => {
    const expected = expectedOf<Record<string, string>>('A1b');
    const loan = { ...A1_LOAN, rate: '0.239' };
    const rounded = loanOf(loan, { interest: { monthly_rate_decimals: 6 } }).schedule;
    const exact = loanOf(loan).schedule;
    expect(rounded[0]?.total).toBe(expected.emi6dp);
    expect(totalInterest(rounded)).toBe(expected.totalInterest6dp);
    expect(exact[0]?.total).toBe(expected.emiExact);
    expect(totalInterest(exact)).toBe(expected.totalInterestExact);
  });

  it('A2: actual days, the last instalment absorbs', () => {
    const expected = expectedOf<{ rows: { due: string; days: number; interest: string }[] }>('A2');
    const loan = { ...A1_LOAN, principal: '12000.00', rate: '0.24', periods: 6 };
    const { schedule } = loanOf(loan, { interest: { period_interest: 'actual_days' } });
    const rows = schedule.map((row, index) => ({
      no: index + 1,
      due: row.due_on,
      days: row.days,
      principal: row.principal,
      interest: row.interest,
      total: row.total,
      balanceAfter: row.balance_after,
    }));
    expect(rows).toEqual(expected.rows);
    const solved = loanOf(loan, {
      repayment: { method: 'level_payment_solved' },
      interest: { period_interest: 'actual_days' },
    }).schedule;
    expect([solved[0]?.total, solved[5]?.total]).toEqual(['2142.76', '2142.77']);
    expect(totalInterest(solved)).toBe('856.57');
  });

  it('A3 and A11: equal principal, and a zero rate', () => {
    const loan = { ...A1_LOAN, rate: '0.12', periods: 3 };
    const { schedule } = loanOf(loan, { repayment: { method: 'equal_principal' } });
    const rows = schedule.map((row) => [row.seq, row.principal, row.interest, row.total]);
    expect(rows).toEqual(expectedOf<{ rows: unknown }>('A3').rows);
    const free = loanOf({ ...loan, rate: '0' }).schedule.map((row) => row.principal);
    expect(free).toEqual(expectedOf<{ principals: string[] }>('A11').principals);
  });

  it('A4: flat interest and its cost', () => {
    const expected = expectedOf<Record<string, string>>('A4');
    const result = loanOf(
      { ...A1_LOAN, principal: '12000.00', rate: '0.006' },
      { repayment: { method: 'flat_interest' }, interest: { rate_unit: 'month' } },
    );
    expect(result.schedule[0]?.principal).toBe(expected.principalPer);
    expect(result.schedule[0]?.interest).toBe(expected.feePer);
    expect(totalInterest(result.schedule)).toBe(expected.totalFee);
    const percent = (rate: string): string => `${(Number(rate) * 100).toFixed(4)}%`;
    expect(percent(result.cost.irr_annual)).toBe(expected.aprSimple);
    expect(percent(result.cost.effective_annual)).toBe(expected.ear);
  });

  it('A5 and A10: due days clamp to the month from the anchor', () => {
    const { schedule } = loanOf(
      { principal: '50000.00', rate: '0.108', periods: 6, disbursed_on: '2026-01-31' },
      { repayment: { method: 'interest_only' }, interest: { period_interest: 'actual_days' } },
    );
    const rows = schedule.map((row) => [
      row.seq,
      row.due_on,
      row.days,
      row.principal,
      row.interest,
    ]);
    expect(rows).toEqual(expectedOf<{ rows: unknown }>('A5').rows);
    const leap = loanOf({ ...A1_LOAN, periods: 4, disbursed_on: '2027-12-30' }).schedule;
    const dues = expectedOf<{ dues: string[] }>('A10').dues;
    expect(leap.map((row) => row.due_on)).toEqual(dues);
  });

  it('A6: bullet over 90 days, on two bases', () => {
    const expected = expectedOf<Record<string, string>>('A6');
    const loan = { principal: '8888.88', rate: '0.15', periods: 1, disbursed_on: '2026-03-01' };
    const interestOn = (basis: 360 | 365): string | undefined =>
      loanOf(loan, {
        repayment: { method: 'bullet', interval: { every: 90, unit: 'day' } },
        interest: { basis, period_interest: 'actual_days' },
      }).schedule[0]?.interest;
    expect(interestOn(360)).toBe(expected.interest360);
    expect(interestOn(365)).toBe(expected.interest365);
  });

  it('A8: balloon', () => {
    const expected = expectedOf<Record<string, string>>('A8');
    const { schedule } = loanOf(
      { ...A1_LOAN, principal: '60000.00', rate: '0.12' },
      { repayment: { method: 'balloon', amortization_periods: 36 } },
    );
    expect(schedule[0]?.total).toBe(expected.emi);
    expect(schedule[11]?.principal).toBe(expected.balloonPrincipal);
    expect(schedule[11]?.total).toBe(expected.lastInstalment);
    expect(totalInterest(schedule)).toBe(expected.totalInterest);
  });

  it.each([
    ['actual_days', 'opt1_actual'],
    ['whole_period', 'opt2_fullPeriod'],
    ['months_plus_days', 'opt3'],
  ] as const)('A9: the first period as %s', (mode, key) => {
    const { schedule } = loanOf(
      { ...A1_LOAN, disbursed_on: '2026-01-20' },
      { repayment: { due_day: 10 }, interest: { first_period: mode } },
    );
    expect(schedule[0]?.interest).toBe(expectedOf<Record<string, string>>('A9')[key]);
  });

  it.each(['2026-01-08', '2026-01-10', '2026-01-20'])('A9c: first due date from %s', (start) => {
    const { schedule } = loanOf(
      { ...A1_LOAN, disbursed_on: start },
      { repayment: { due_day: 10 } },
    );
    const expected = expectedOf<Record<string, string>>('A9c');
    expect(schedule[0]?.due_on).toBe(expected[`start_${start.replaceAll('-', '_')}`]);
  });

  it('A13: half a fen', () => {
    const exact = multiply(whole(1_001_000n), fromDecimal('0.0005'));
    expect([round(exact, 'half_up'), round(exact, 'half_even')]).toEqual([501n, 500n]);
  });
});

describe('accrual of practice.json', () => {
  const monthly = { rate: '0.146', periods: 1, principal: '3333.33', disbursed_on: '2026-06-01' };

  it('B1 and H1: cumulative differences, any number of closes', () => {
    const expected = expectedOf<{ increments: string[] }>('B1');
    const { daily } = loanOf(monthly);
    expect(daily.slice(0, 30).map((day) => day.interest)).toEqual(expected.increments);
    const caught = expectedOf<{ increments: string[] }>('H1').increments;
    expect(daily.slice(10, 13).map((day) => day.interest)).toEqual(caught);
  });

  it('B2: capped at the scheduled interest', () => {
    const { daily } = loanOf(A1_LOAN);
    const { perDay, day31 } = expectedOf<Record<string, string>>('B2');
    expect(daily[0]?.interest).toBe(perDay);
    expect(daily[30]?.interest).toBe(day31);
    expect(sumOf(daily.slice(0, 31).map((day) => day.interest))).toBe('150.00');
  });

  it('B2: trued up on the last night of a short month', () => {
    const { daily } = loanOf({ ...A1_LOAN, disbursed_on: '2026-02-01' });
    expect(daily[27]?.interest).toBe('15.00');
  });
});
