import { describe, expect, it } from 'vitest';
import { payDue } from './allocate.js';
import { type ModelDocument, modelLoan } from './model.js';
import { expectedOf } from './practice-file.js';
import type { Component, ProductDocument } from './product.js';
import { amountText } from './result.js';
import { newRow } from './row.js';
import { birth } from './state.js';
import { minorUnits, termsOf } from './terms.js';

/** C1: one instalment of 833.33 and 120.00, due on 10 May 2026. */
function overdueLoan(
  product: ProductDocument,
  through: string,
  events: ModelDocument['events'] = [],
) {
  return modelLoan({
    product,
    loan: {
      principal: '833.33',
      rate: '0.18',
      disbursed_on: '2026-04-10',
      schedule: [{ due_on: '2026-05-10', principal: '833.33', interest: '120.00' }],
    },
    events,
    through,
  });
}

describe('C1: penalty', () => {
  const expected = expectedOf<Record<string, string>>('C1');
  const grace = { grace_days: 3 };

  it.each([
    ['principalOnly_fromDue10d', grace],
    ['principalOnly_afterGrace7d', { ...grace, grace_missed: 'from_grace_end' }],
    ['principalPlusInterest_fromDue10d', { ...grace, base: 'principal_and_interest' }],
  ] as const)('%s', (key, penalty) => {
    expect(overdueLoan({ penalty }, '2026-05-19').position.penalty_due).toBe(expected[key]);
  });

  it('compound interest on the overdue interest', () => {
    const product = { penalty: { ...grace, compound_interest: true } };
    const { position } = overdueLoan(product, '2026-05-19');
    expect(position.compound_due).toBe(expected.compoundOnInterest_fromDue10d);
  });

  it('none for what is paid within grace', () => {
    const paid = { ref: 'R', type: 'repayment', value_date: '2026-05-13', amount: '953.33' };
    const { position } = overdueLoan({ penalty: grace }, '2026-05-20', [paid]);
    expect(position.penalty_due).toBe(expected.paidWithinGrace_2026_05_13);
    expect(position.status).toBe('settled');
  });
});

describe('C2: the last penalty-free date', () => {
  const { lastPenaltyFreeDate } = expectedOf<{ lastPenaltyFreeDate: Record<string, string> }>('C2');
  const holidays = Array.from({ length: 7 }, (_, index) => `2026-10-0${index + 1}`);

  it.each(['max', 'min', 'grace_then_holiday', 'holiday_then_grace', 'any'] as const)(
    '%s',
    (postpone) => {
      const { daily } = modelLoan({
        product: { penalty: { grace_days: 3, postpone } },
        calendar: { holidays, workdays: ['2026-10-10'] },
        loan: { principal: '10000.00', rate: '0.18', periods: 1, disbursed_on: '2026-09-01' },
        through: '2026-10-20',
      });
      const first = daily.find((day) => day.penalty !== '0.00');
      expect(first?.business_date).toBe(lastPenaltyFreeDate[postpone.toUpperCase()]);
    },
  );
});

describe('C3: allocation over two overdue instalments', () => {
  const expected = expectedOf<Record<'H' | 'V' | 'N', [number, Component, string][]>>('C3');
  const periods = [
    { fee: '10.00', penalty: '8.75', compound: '0.90', interest: '150.00', principal: '766.80' },
    { fee: '10.00', penalty: '2.10', compound: '0.20', interest: '138.50', principal: '778.30' },
  ];

  it.each([
    ['H', true, 'by_installment'],
    ['V', true, 'by_component'],
    ['N', false, 'by_component'],
  ] as const)('%s', (key, accruing, direction) => {
    const loan = { principal: '1000', rate: '0.1', periods: 2, disbursed_on: '2026-01-15' };
    const product = { allocation: { accruing: { direction } } };
    const state = birth(termsOf({ product, loan }));
    state.accruing = accruing;
    state.rows = periods.map((period, index) => {
      const entries = Object.entries(period).map(([name, text]) => [name, minorUnits(text, 2)]);
      const span = { start: index, due: index + 1, first: false };
      const row = newRow(index + 1, 'period', [span], Object.fromEntries(entries));
      row.isDue = true;
      return row;
    });
    expect(payDue(state, 'R', 100_000n, 60)).toBe(0n);
    const lines = state.lines.map((line) => [line.seq, line.component, amountText(line.amount, 2)]);
    expect(lines).toEqual(expected[key]);
  });
});

describe('C4: days past due, class and accrual', () => {
  const classes: Record<string, string> = {
    正常: 'normal',
    关注: 'special_mention',
    次级: 'substandard',
    可疑: 'doubtful',
    损失: 'loss',
  };
  const { rows } = expectedOf<{ rows: { dpd: number; klass: string; accrual: string }[] }>('C4');

  it.each(rows)('$dpd days', ({ dpd, klass, accrual }) => {
    const day = new Date(Date.UTC(2026, 4, 10 + dpd)).toISOString().slice(0, 10);
    const { position } = overdueLoan({}, day);
    expect(position.days_past_due).toBe(dpd);
    expect(position.classification).toBe(classes[klass]);
    expect(position.accruing).toBe(accrual === 'accrual');
  });
});
