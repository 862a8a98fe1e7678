import { describe, expect, it } from 'vitest';
import { type ModelDocument, modelLoan } from './model.js';
import { expectedOf } from './practice-file.js';
import type { ProductDocument } from './product.js';
import type { EventDocument } from './terms.js';

const LOAN = { principal: '10000.00', rate: '0.18', periods: 12, disbursed_on: '2026-01-15' };
const FIRST_PAID = {
  ref: 'R1',
  type: 'repayment',
  value_date: '2026-02-15',
  amount: '916.80',
};

function a1(product: ProductDocument, events: EventDocument[], through: string) {
  return modelLoan({ product, loan: LOAN, events, through });
}

function lineSum(lines: readonly { amount: string }[]): string {
  const fen = lines.reduce((total, line) => total + BigInt(line.amount.replace('.', '')), 0n);
  return `${fen / 100n}.${(fen % 100n).toString().padStart(2, '0')}`;
}

function interestOf(rows: readonly { interest: string }[]): string {
  return lineSum(rows.map((row) => ({ amount: row.interest })));
}

describe('A7: interest by the day, principal prepaid', () => {
  const expected = expectedOf<Record<string, string>>('A7');

  it.each([
    ['prepaid', 'a_prepayInterestOnPrepaidPrincipal', 'a_finalInterest'],
    ['whole_balance', 'b_prepayAllAccrued', 'b_finalInterest'],
  ] as const)('interest on the %s', (interestOn, first, last) => {
    const document: ModelDocument = {
      product: {
        repayment: { method: 'daily_interest' },
        interest: { rate_unit: 'day' },
        prepayment: { partial: { interest_on: interestOn } },
      },
      loan: { principal: '5000.00', rate: '0.0005', periods: 12, disbursed_on: '2026-06-01' },
      events: [
        { ref: 'P', type: 'prepayment', value_date: '2026-06-18', amount: '2000.00' },
        { ref: 'S', type: 'settlement', value_date: '2026-06-29' },
      ],
      through: '2026-06-29',
    };
    const { allocations, position } = modelLoan(document);
    const interest = (ref: string) =>
      allocations.find((line) => line.ref === ref && line.component === 'interest')?.amount;
    expect([interest('P'), interest('S')]).toEqual([expected[first], expected[last]]);
    expect(position.status).toBe('settled');
  });
});

describe('prepayment', () => {
  it.each([
    ['value_date', 'interest'],
    ['next_due', 'ifInterestToNextDue'],
    ['none', 'ifNoInterest'],
  ] as const)('D1: settlement with interest to %s', (interestTo, key) => {
    const expected = expectedOf<Record<string, string>>('D1');
    const settled = { ref: 'S', type: 'settlement', value_date: '2026-03-07' };
    const product = { prepayment: { interest_to: interestTo, fee: { rate: '0.03' } } };
    const { allocations } = a1(product, [FIRST_PAID, settled], '2026-03-07');
    const lines = allocations.filter((line) => line.ref === 'S');
    const amount = (component: string) =>
      lines.find((line) => line.component === component)?.amount ?? '0.00';
    expect(amount('principal')).toBe(expected.principal);
    expect(amount('fee')).toBe(expected.fee);
    expect(amount('interest')).toBe(expected[key]);
    if (interestTo === 'value_date') expect(lineSum(lines)).toBe(expected.total);
  });

  it('D2: keeping the term or the payment', () => {
    const expected = expectedOf<Record<string, string | number>>('D2');
    const prepaid = { ref: 'P', type: 'prepayment', value_date: '2026-02-15', amount: '3000.00' };
    const left = (keep: 'term' | 'payment') =>
      a1({ prepayment: { partial: { keep } } }, [FIRST_PAID, prepaid], '2026-02-15').schedule.slice(
        1,
      );
    const term = left('term');
    expect(term[0]?.total).toBe(expected.keepTerm_newEmi);
    expect(interestOf(term)).toBe(expected.keepTerm_totalInterest);
    const kept = left('payment');
    expect(kept.length).toBe(expected.keepEmi_terms);
    expect(kept.at(-1)?.total).toBe(expected.keepEmi_last);
    expect(interestOf(kept)).toBe(expected.keepEmi_totalInterest);
  });
});

describe('D4: merchant refunds', () => {
  const expected = expectedOf<Record<string, string>>('D4');

  it('in full cancels the loan and reverses its accrual', () => {
    const refund = { ref: 'M', type: 'merchant_refund', value_date: '2026-01-20' };
    const { position, daily, schedule } = a1({}, [refund], '2026-01-20');
    expect(position.status).toBe('cancelled');
    expect(daily.at(-1)?.interest).toBe(`-${expected.accruedToReverse}`);
    expect(schedule).toEqual([]);
  });

  it('in part lays the schedule again', () => {
    const refund = {
      ref: 'M',
      type: 'merchant_refund',
      value_date: '2026-01-15',
      amount: '2500.00',
    };
    const { position, schedule } = a1({}, [refund], '2026-01-15');
    expect(position.principal).toBe(expected.newPrincipal);
    expect(schedule[0]?.total).toBe(expected.newEmi);
  });
});

describe('waiver and suspense', () => {
  it('D5: a waiver comes before the allocation', () => {
    const expected = expectedOf<Record<string, string>>('D5');
    const event = (
      ref: string,
      component: 'penalty' | 'interest',
      amount: string,
      type: string,
    ) => ({
      ref,
      type,
      component,
      seq: 1,
      value_date: '2026-02-15',
      amount,
    });
    const events = [
      { ...FIRST_PAID, amount: '852.70' },
      event('F', 'penalty', '8.75', 'fee'),
      event('G', 'penalty', '0.90', 'fee'),
      { ...event('H', 'penalty', '10.00', 'fee'), component: 'fee' as const },
      event('W1', 'penalty', '8.75', 'waiver'),
      event('W2', 'interest', '75.00', 'waiver'),
    ];
    const [paid, ...before] = events;
    const { installments } = a1({}, [...before, paid!], '2026-02-15');
    expect(installments[0]?.status).toBe('paid');
    const waived = [installments[0]!.penalty.waived, installments[0]!.interest.waived];
    expect(lineSum(waived.map((amount) => ({ amount })))).toBe(expected.waived);
  });

  it('D6: what is paid beyond the due waits in suspense', () => {
    const expected = expectedOf<Record<string, string>>('D6');
    const paid = { ...FIRST_PAID, amount: '1100.00' };
    const first = a1({}, [paid], '2026-02-15');
    expect(lineSum(first.allocations)).toBe(expected.applied);
    expect(first.position.suspense).toBe(expected.suspense);
    const rest = { ...FIRST_PAID, ref: 'R2', value_date: '2026-03-15', amount: '733.60' };
    const second = a1({}, [paid, rest], '2026-03-15');
    expect(second.position.suspense).toBe('0.00');
    expect(second.installments[1]?.status).toBe('paid');
  });
});

describe('late events', () => {
  const late = { ...FIRST_PAID, business_date: '2026-02-20' };

  it('H3: a payment booked late enters at its value date', () => {
    const { daily, position } = a1({}, [late], '2026-02-28');
    const penalties = daily.map((day) => day.penalty).filter((amount) => amount !== '0.00');
    expect(penalties[0]).toBe('0.58');
    expect(penalties.at(-1)?.startsWith('-')).toBe(true);
    expect(position.penalty_due).toBe('0.00');
    expect(a1({}, [FIRST_PAID], '2026-02-28').position).toEqual(position);
  });

  it('a reversal leaves the loan as if the event had never been', () => {
    const reversal = { ref: 'V', type: 'reversal', of: 'R1', value_date: '2026-03-01' };
    const { position, allocations } = a1({}, [FIRST_PAID, reversal], '2026-03-10');
    expect(position).toEqual(a1({}, [], '2026-03-10').position);
    expect(allocations).toEqual([]);
  });

  it('an event that a late one makes impossible is rejected, its money held', () => {
    const settled = {
      ref: 'S',
      type: 'settlement',
      value_date: '2026-02-20',
      business_date: '2026-03-20',
    };
    const paid = { ...FIRST_PAID, ref: 'R2', value_date: '2026-03-15', amount: '916.80' };
    const { position, rejected } = a1({}, [FIRST_PAID, paid, settled], '2026-03-20');
    expect(rejected.map(({ ref }) => ref)).toEqual(['R2']);
    expect(position.status).toBe('settled');
    expect(position.suspense).toBe('916.80');
  });
});
