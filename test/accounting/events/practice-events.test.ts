import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { formatAmount } from '../../../src/accounting/money/amount-text.js';
import { practiceCase } from '../product/practice-cases.js';
import { fen } from '../product/terms.js';
import { A1_LOAN, oneRowLoan, simulated } from '../simulate/simulation.js';

const text = z.string();

function sum(amounts: readonly string[]): string {
  return formatAmount(
    amounts.reduce((total, amount) => total + fen(amount), 0),
    2,
  );
}

/** Instalment 1 of A1, paid on its due date. */
const PAID_FIRST = {
  ref: 'R1',
  type: 'repayment',
  value_date: '2026-02-15',
  amount: '916.80',
};

describe('practice cases of events', () => {
  it('A7: a daily-interest line bears the same interest whatever the prepayment takes', () => {
    const { input, expected } = practiceCase(
      'A7',
      z.object({
        principal: text,
        start: text,
        prepayDate: text,
        prepayPrincipal: text,
        settleDate: text,
      }),
      z.object({
        a_prepayInterestOnPrepaidPrincipal: text,
        a_finalInterest: text,
        b_prepayAllAccrued: text,
        b_finalInterest: text,
        totalBothVariants: text,
      }),
    );
    const variants = [
      ['prepaid', expected.a_prepayInterestOnPrepaidPrincipal, expected.a_finalInterest],
      ['whole_balance', expected.b_prepayAllAccrued, expected.b_finalInterest],
    ] as const;
    for (const [interestOn, early, late] of variants) {
      const { allocations, position } = simulated({
        product: {
          repayment: { method: 'daily_interest', periods: 12 },
          interest: { rate_unit: 'day' },
          prepayment: { partial: { interest_on: interestOn } },
        },
        loan: { principal: input.principal, rate: '0.0005', disbursed_on: input.start },
        events: [
          {
            ref: 'P',
            type: 'prepayment',
            value_date: input.prepayDate,
            amount: input.prepayPrincipal,
          },
          { ref: 'S', type: 'settlement', value_date: input.settleDate },
        ],
        through: input.settleDate,
      });
      expect(position.status).toBe('settled');
      const interest = allocations
        .filter((line) => line.component === 'interest')
        .map((line) => line.amount);
      expect(interest).toEqual([early, late]);
      expect(sum(interest)).toBe(expected.totalBothVariants);
    }
  });

  it('D2: a prepayment on a due date keeps the term, or the payment', () => {
    const { input, expected } = practiceCase(
      'D2',
      z.object({ prepay: text, date: text }),
      z.object({
        newBalance: text,
        keepTerm_newEmi: text,
        keepTerm_totalInterest: text,
        keepEmi_terms: z.number(),
        keepEmi_last: text,
        keepEmi_totalInterest: text,
      }),
    );
    const prepaid = (keep: string) => {
      const { schedule, position } = simulated({
        product: { prepayment: { partial: { keep } } },
        loan: A1_LOAN,
        events: [
          PAID_FIRST,
          { ref: 'P', type: 'prepayment', value_date: input.date, amount: input.prepay },
        ],
        through: input.date,
      });
      expect(position.principal).toBe(expected.newBalance);
      const rest = schedule.slice(1);
      return { rest, interest: sum(rest.map((row) => row.interest)) };
    };
    const term = prepaid('term');
    expect(term.rest[0]?.total).toBe(expected.keepTerm_newEmi);
    expect(term.rest).toHaveLength(11);
    expect(term.interest).toBe(expected.keepTerm_totalInterest);
    const payment = prepaid('payment');
    expect(payment.rest).toHaveLength(expected.keepEmi_terms);
    expect(payment.rest.at(-1)?.total).toBe(expected.keepEmi_last);
    expect(payment.rest[0]?.total).toBe('916.80');
    expect(payment.interest).toBe(expected.keepEmi_totalInterest);
  });

  it('D4: a merchant refund, full and in part', () => {
    const { input, expected } = practiceCase(
      'D4',
      z.object({ principal: text, accruedDays: z.number(), partial: text }).loose(),
      z.object({ accruedToReverse: text, newPrincipal: text, newEmi: text }),
    );
    expect(input.accruedDays).toBe(5);
    const day = '2026-01-20';
    const full = simulated({
      loan: A1_LOAN,
      events: [{ ref: 'M', type: 'merchant_refund', value_date: day, amount: input.principal }],
      through: day,
    });
    expect(full.position).toMatchObject({ status: 'cancelled', principal: '0.00' });
    expect(full.daily.at(-1)?.interest).toBe(`-${expected.accruedToReverse}`);
    expect(full).toMatchObject({ schedule: [], installments: [], allocations: [] });
    const part = simulated({
      loan: A1_LOAN,
      events: [
        { ref: 'M', type: 'merchant_refund', value_date: '2026-01-15', amount: input.partial },
      ],
      through: '2026-01-15',
    });
    expect(part.position.principal).toBe(expected.newPrincipal);
    expect(part.schedule[0]?.total).toBe(expected.newEmi);
    expect(part.schedule).toHaveLength(12);
  });

  it('D5: waivers come before the allocation', () => {
    const { expected } = practiceCase(
      'D5',
      z.object({ period: z.number() }),
      z.object({ waived: text, remainingDuePeriod1: text }),
    );
    // Instalment 1 of C3: fee 10.00, penalty 8.75, compound 0.90, interest 150.00, principal 766.80.
    const due = '2026-02-15';
    const event = (type: string, component: string, amount: string) => ({
      ref: `${type} ${component}`,
      type,
      value_date: due,
      component,
      amount,
    });
    const { installments, position } = simulated({
      product: { penalty: { rate: { annual: '0' } } },
      loan: oneRowLoan('766.80', '150.00', due),
      events: [
        event('fee', 'fee', '10.90'),
        event('fee', 'penalty', '8.75'),
        { ref: 'R', type: 'repayment', value_date: due, amount: '1.00' },
        event('waiver', 'penalty', '8.75'),
        event('waiver', 'interest', '75.00'),
      ],
      through: due,
    });
    const [row] = installments;
    expect(sum([row?.penalty.waived ?? '', row?.interest.waived ?? ''])).toBe(expected.waived);
    const left = sum([
      ...[row?.principal, row?.interest, row?.fee, row?.penalty].map((figures) =>
        formatAmount(
          fen(figures?.due ?? '') - fen(figures?.paid ?? '') - fen(figures?.waived ?? ''),
          2,
        ),
      ),
      '1.00',
    ]);
    expect(left).toBe(expected.remainingDuePeriod1);
    expect(position.fee_due).toBe('9.90');
  });
});
