import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { formatDay } from '../../../src/accounting/calendar/epoch-day.js';
import { formatAmount } from '../../../src/accounting/money/amount-text.js';
import { mulDivRound } from '../../../src/accounting/money/money.js';
import { Refusal } from '../../../src/accounting/money/refusal.js';
import type { ProductTerms } from '../../../src/accounting/product/product.js';
import { dueDates } from '../../../src/accounting/schedule/due-dates.js';
import { laySchedule } from '../../../src/accounting/schedule/schedule.js';
import type { LoanContract } from '../../../src/accounting/schedule/schedule-rows.js';
import { practiceCase } from '../product/practice-cases.js';
import { contractOf, day, fen, termsWith } from '../product/terms.js';

const text = z.string();
const loanInput = z.object({
  principal: text,
  annualRate: text,
  terms: z.number(),
  startDate: text.default('2026-01-15'),
});
const objectRows = z.array(
  z.object({ principal: text, interest: text, total: text, balanceAfter: text }),
);

interface ShownRow {
  readonly due: string;
  readonly principal: string;
  readonly interest: string;
  readonly total: string;
  readonly balanceAfter: string;
}

function shownRows(terms: ProductTerms, contract: LoanContract): ShownRow[] {
  const schedule = laySchedule(terms, contract);
  return schedule.dueOn.map((dueOn, k) => {
    const principal = schedule.principal[k] ?? 0;
    const interest = schedule.interest[k] ?? 0;
    return {
      due: formatDay(dueOn),
      principal: formatAmount(principal, 2),
      interest: formatAmount(interest, 2),
      total: formatAmount(principal + interest, 2),
      balanceAfter: formatAmount(schedule.balanceAfter[k] ?? -1, 2),
    };
  });
}

function totalInterest(terms: ProductTerms, contract: LoanContract): string {
  const { interest } = laySchedule(terms, contract);
  return formatAmount(
    interest.reduce((sum, row) => sum + row, 0),
    2,
  );
}

function inputContract(input: z.infer<typeof loanInput>): LoanContract {
  return contractOf(input.principal, input.annualRate, input.terms, input.startDate);
}

describe('the worked cases', () => {
  test.each([
    ['A1', 'level payment by the monthly rate', termsWith({})],
    ['A2', 'level payment by actual days', termsWith({}, { periodInterest: 'actual_days' })],
  ] as const)('%s: %s', (id, _title, terms) => {
    const { input, expected } = practiceCase(
      id,
      loanInput,
      z.object({ rows: objectRows, totalInterest: text }),
    );
    const rows = shownRows(terms, inputContract(input));
    expect(rows).toMatchObject(expected.rows);
    expect(rows).toHaveLength(expected.rows.length);
    expect(totalInterest(terms, inputContract(input))).toBe(expected.totalInterest);
  });

  test('A1b: the monthly rate rounded to six decimals, and exact', () => {
    const { input, expected } = practiceCase(
      'A1b',
      loanInput,
      z.object({ emi6dp: text, totalInterest6dp: text, emiExact: text, totalInterestExact: text }),
    );
    const contract = inputContract(input);
    const rounded = termsWith({}, { monthlyRateDecimals: 6 });
    expect(shownRows(rounded, contract)[0]?.total).toBe(expected.emi6dp);
    expect(totalInterest(rounded, contract)).toBe(expected.totalInterest6dp);
    expect(shownRows(termsWith({}), contract)[0]?.total).toBe(expected.emiExact);
    expect(totalInterest(termsWith({}), contract)).toBe(expected.totalInterestExact);
  });

  test('A3: equal principal, the rest in the last', () => {
    const { input, expected } = practiceCase(
      'A3',
      loanInput,
      z.object({ rows: z.array(z.tuple([z.number(), text, text, text])) }),
    );
    const terms = termsWith({ method: 'equal_principal' });
    const rows = shownRows(terms, inputContract(input));
    expect(rows.map((row, k) => [k + 1, row.principal, row.interest, row.total])).toEqual(
      expected.rows,
    );
  });

  test('A5: due day 31 keeps its anchor over short months', () => {
    const { input, expected } = practiceCase(
      'A5',
      loanInput.extend({ dueDay: z.number() }),
      z.object({ rows: z.array(z.tuple([z.number(), text, z.number(), text, text])) }),
    );
    const rowsFor = (dueDay: 'anchor' | number) => {
      const terms = termsWith(
        { method: 'interest_only', dueDay },
        { periodInterest: 'actual_days' },
      );
      return shownRows(terms, inputContract(input)).map(({ due, principal, interest }) => ({
        due,
        principal,
        interest,
      }));
    };
    const wanted = expected.rows.map(([, due, , principal, interest]) => ({
      due,
      principal,
      interest,
    }));
    expect(rowsFor(input.dueDay)).toEqual(wanted);
    expect(rowsFor('anchor')).toEqual(wanted);
  });

  test('A6: one row after 90 days, over 360 and over 365', () => {
    const { input, expected } = practiceCase(
      'A6',
      z.object({ principal: text, annualRate: text, startDate: text, maturity: text }),
      z.object({ days: z.number(), interest360: text, interest365: text }),
    );
    const contract = contractOf(input.principal, input.annualRate, 1, input.startDate);
    for (const [basis, interest] of [
      [360, expected.interest360],
      [365, expected.interest365],
    ] as const) {
      const interval = { every: expected.days, unit: 'day' } as const;
      const terms = termsWith({ method: 'bullet', interval }, { basis });
      expect(shownRows(terms, contract)).toMatchObject([
        { due: input.maturity, principal: input.principal, interest },
      ]);
    }
  });

  test('A9: a first period of 49 days, three ways', () => {
    const { input, expected } = practiceCase(
      'A9',
      z.object({ principal: text, annualRate: text }),
      z.object({ opt1_actual: text, opt2_fullPeriod: text, opt3: text }),
    );
    const contract = contractOf(input.principal, input.annualRate, 12, '2026-01-20');
    const first = (firstPeriod: ProductTerms['interest']['firstPeriod']) =>
      shownRows(termsWith({ dueDay: 10 }, { firstPeriod }), contract)[0];
    expect(first('actual_days')).toMatchObject({
      due: '2026-03-10',
      interest: expected.opt1_actual,
    });
    expect(first('whole_period')?.interest).toBe(expected.opt2_fullPeriod);
    expect(first('months_plus_days')?.interest).toBe(expected.opt3);
  });

  test('A9c: the first due date of a fixed due day', () => {
    const { input, expected } = practiceCase(
      'A9c',
      z.object({ dueDay: z.number() }),
      z.record(z.string(), text),
    );
    const terms = termsWith({ dueDay: input.dueDay });
    for (const [key, due] of Object.entries(expected)) {
      const start = key.replace('start_', '').replaceAll('_', '-');
      const [first] = dueDates(terms, contractOf('1000.00', '18', 3, start));
      expect(formatDay(first ?? 0)).toBe(due);
    }
  });

  test('A10: anchor 30 over a leap February', () => {
    const { input, expected } = practiceCase(
      'A10',
      z.object({ start: text }),
      z.object({ dues: z.array(text) }),
    );
    const contract = contractOf('1000.00', '18', expected.dues.length, input.start);
    expect(dueDates(termsWith({}), contract).map(formatDay)).toEqual(expected.dues);
  });

  test.each(['level_payment', 'equal_principal'] as const)('A11: zero rate, %s', (method) => {
    const { input, expected } = practiceCase(
      'A11',
      loanInput,
      z.object({ principals: z.array(text) }),
    );
    const rows = shownRows(termsWith({ method }), inputContract(input));
    expect(rows.map((row) => row.principal)).toEqual(expected.principals);
    expect(rows.every((row) => row.interest === '0.00')).toBe(true);
  });

  test('A13: an exact half of a fen', () => {
    const { input, expected } = practiceCase(
      'A13',
      z.object({ principal: text }),
      z.object({ HALF_UP: text, HALF_EVEN: text }),
    );
    // 10010.00 at 0.05% a day: 10010 x 0.0005 = 5.005.
    const base = fen(input.principal);
    expect(formatAmount(mulDivRound(base, 5, 10_000, 'half_up'), 2)).toBe(expected.HALF_UP);
    expect(formatAmount(mulDivRound(base, 5, 10_000, 'half_even'), 2)).toBe(expected.HALF_EVEN);
    for (const [rounding, interest] of [
      ['half_up', expected.HALF_UP],
      ['half_even', expected.HALF_EVEN],
    ] as const) {
      const interval = { every: 1, unit: 'day' } as const;
      const terms = termsWith({ method: 'bullet', interval }, { rounding });
      // 0.05% a day over 360 days is 18% a year.
      const contract = contractOf(input.principal, '18', 1, '2026-01-15');
      expect(shownRows(terms, contract)[0]?.interest).toBe(interest);
    }
  });
});

describe('what the schedule refuses', () => {
  const contract = contractOf('1000.00', '18', 12, '2026-01-15');
  test.each<[string, ProductTerms, Partial<LoanContract>]>([
    ['principal_not_positive', termsWith({}), { principal: 0 }],
    ['periods_not_positive', termsWith({}), { periods: 0 }],
    ['rate_out_of_range', termsWith({}), { ratePpb: -1 }],
    ['principal_free_too_long', termsWith({ principalFreePeriods: 12 }), {}],
    ['first_due_not_after_disbursement', termsWith({}), { firstDueOn: day('2026-01-15') }],
  ])('%s', (code, terms, change) => {
    expect(() => laySchedule(terms, { ...contract, ...change })).toThrow(
      expect.objectContaining({ name: Refusal.name, code }),
    );
  });
});
