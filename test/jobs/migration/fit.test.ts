import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { parseDay } from '../../../src/accounting/calendar/epoch-day.js';
import { parseAmount, parseRatePpb } from '../../../src/accounting/money/amount-text.js';
import { annualRatePpb } from '../../../src/accounting/schedule/period-interest.js';
import { laySchedule } from '../../../src/accounting/schedule/schedule.js';
import type { Parameters } from '../../../src/jobs/migration/fit/fit-keys.js';
import type { ObservedLoan } from '../../../src/jobs/migration/fit/observed-loan.js';
import { scoreTerms } from '../../../src/jobs/migration/fit/score.js';
import { fitParameters, termsOf } from '../../../src/jobs/migration/fit/search.js';
import { LOAN_TAPE } from '../../support/shared-data.js';

const LOANS = 18;

const fen = (text: string) => parseAmount(text, 2)!;

/** Odd amounts and rates, so that roundings show, disbursed on different days of two years. */
function contracts(count: number, ratesPpb: readonly number[]) {
  return Array.from({ length: count }, (_, k) => ({
    loanNo: `B${k}`,
    principal: 1_000_000 + 123_457 * k,
    rateUnitPpb: ratesPpb[k % ratesPpb.length]!,
    periods: [6, 12, 24][k % 3]!,
    disbursedOn: parseDay('2024-01-03')! + 17 * k,
    firstDueOn: null,
  }));
}

const YEARLY = [72_000_000, 143_700_000, 181_300_000, 239_900_000];
const MONTHLY = [6_000_000, 7_700_000, 10_300_000];

/** Loans with the schedules that a product with these parameters has. */
function bookOf(parameters: Parameters, ratesPpb: readonly number[] = YEARLY): ObservedLoan[] {
  const terms = termsOf(parameters, 'CNY')!;
  return contracts(LOANS, ratesPpb).map((loan) => {
    const ratePpb = annualRatePpb(terms, loan.rateUnitPpb);
    const { dueOn, principal, interest } = laySchedule(terms, { ...loan, ratePpb });
    return { ...loan, installment: null, balance: null, rows: { dueOn, principal, interest } };
  });
}

describe('product parameters that are looked for', () => {
  it.each<[string, Parameters, (readonly number[])?]>([
    ['level payments, all by default', {}],
    ['level payments rounded up', { 'repayment.payment_rounding': 'up' }],
    ['level payments, the fraction carried', { 'repayment.carry_fraction': true }],
    [
      'level payments rounded up, the fraction carried',
      { 'repayment.carry_fraction': true, 'repayment.payment_rounding': 'up' },
    ],
    [
      'level payments, by days over 365',
      { 'interest.period_interest': 'actual_days', 'interest.basis': 365 },
    ],
    ['level payments, a monthly rate of six decimals', { 'interest.monthly_rate_decimals': 6 }],
    [
      'equal principal rounded down',
      { 'repayment.method': 'equal_principal', 'repayment.payment_rounding': 'down' },
    ],
    [
      'flat interest at a monthly rate',
      { 'repayment.method': 'flat_interest', 'interest.rate_unit': 'month' },
      MONTHLY,
    ],
    [
      'interest only, by days over 360',
      { 'repayment.method': 'interest_only', 'interest.period_interest': 'actual_days' },
    ],
    ['bullet', { 'repayment.method': 'bullet' }],
    [
      'a solved payment by days over 365',
      {
        ...{ 'repayment.method': 'level_payment_solved', 'interest.basis': 365 },
        'interest.period_interest': 'actual_days',
      },
    ],
    [
      'an actuarial payment over actual days',
      {
        ...{ 'repayment.method': 'level_payment_actuarial', 'interest.basis': 'actual' },
        'interest.period_interest': 'actual_days',
      },
    ],
  ])('%s', (_name, parameters, rates) => {
    const loans = bookOf(parameters, rates);
    const { best, next, untold } = fitParameters(loans, 'CNY');
    expect(best.score).toMatchObject({ loans: LOANS, exact: LOANS, error: 0 });
    // A value that another one stands for is one that the sample cannot tell from it.
    for (const path of Object.keys({ ...parameters, ...best.parameters })) {
      const [meant, found] = [parameters[path], best.parameters[path]];
      if (meant !== found) expect(untold[path], path).toContain(meant);
    }
    expect(next[0]?.score.error).toBeGreaterThan(0);
  });

  it('that no loan says anything of are refused', () => {
    const bare = { installment: null, balance: null, rows: null };
    const loans = contracts(3, YEARLY).map((loan) => ({ ...loan, ...bare }));
    expect(() => fitParameters(loans, 'CNY')).toThrow(/No loan says/);
  });
});

describe.skipIf(!existsSync(LOAN_TAPE))(
  `the public loan tape (skipped without ${LOAN_TAPE})`,
  () => {
    // What a skipped group says is run as well: there may be no file.
    const tape = existsSync(LOAN_TAPE) ? readFileSync(LOAN_TAPE) : '';
    const rows = parse(tape, { columns: true }) as Record<string, string>[];
    const loans = rows
      .filter(({ loan_status: status }) => status === 'Current')
      .map((row): ObservedLoan => {
        const principal = fen(row.loan_amount!);
        return {
          loanNo: row.id!,
          principal,
          rateUnitPpb: parseRatePpb(row.interest_rate!, true)!,
          periods: Number(row.term),
          disbursedOn: parseDay('2018-03-01')!,
          firstDueOn: null,
          installment: fen(row.installment!),
          balance: {
            left: principal - fen(Number(row.paid_principal).toFixed(2)),
            paidPeriods: null,
          },
          rows: null,
        };
      });

    it('has payments rounded up and fractions carried', () => {
      const sample = loans.filter((_, at) => at % 48 === 0);
      const { best, next } = fitParameters(sample, 'USD');
      expect(best.parameters).toEqual({
        'repayment.payment_rounding': 'up',
        'repayment.carry_fraction': true,
      });
      // All of them: the two instalments that differ are of loans changed after issue.
      const all = scoreTerms(termsOf(best.parameters, 'USD')!, loans);
      expect(all.installments.known - all.installments.met).toBeLessThanOrEqual(2);
      expect(next[0]!.score.exact).toBeLessThan(best.score.exact);
    });
  },
);
