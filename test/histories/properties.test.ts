import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COMPONENTS, LINE, PRINCIPAL } from '../../src/accounting/posting/flow.js';
import { fen } from '../accounting/product/terms.js';
import { simulated } from '../accounting/simulate/simulation.js';
import { foldAtOnce, foldByDays } from './fold-by-days.js';
import { subledgerAccounts } from './packaged-ledger.js';
import {
  type FoldedHistory,
  foldedHistory,
  histories,
  inputOf,
  loans,
  measuresOf,
  simulatedHistory,
  timely,
} from './random-history.js';

// Every property was seen to fail, with the change to the source that its comment names.

function check<T>(arbitrary: fc.Arbitrary<T>, numRuns: number, holds: (value: T) => void): void {
  fc.assert(fc.property(arbitrary, holds), { numRuns });
}

function sumOf(amounts: Iterable<number>): number {
  let sum = 0;
  for (const amount of amounts) sum += amount;
  return sum;
}

/** What lines of some kinds say of a component, or of all. */
function lineSum({ lines }: FoldedHistory, kinds: readonly number[], component?: number): number {
  return sumOf(
    lines
      .filter((line) => kinds.includes(line.kind))
      .filter((line) => component === undefined || line.component === component)
      .map((line) => line.amount),
  );
}

describe('principal', () => {
  // Fails when the last row repays a fen less than the balance.
  it('of the instalments sums to the loan', () => {
    check(loans, 500, (loan) => {
      const { schedule } = simulatedHistory(loan);
      expect(sumOf(schedule.map((row) => fen(row.principal)))).toBe(fen(`${loan.loan.principal}`));
      expect(schedule.at(-1)?.balance_after).toBe('0.00');
    });
  });

  // Fails when money that paid ahead goes to suspense without a line.
  it('is paid, waived, refunded, written off, sold or left', () => {
    const met = [LINE.paid, LINE.returned, LINE.waived];
    const gone = [...met, LINE.refunded, LINE.writtenOff, LINE.transferred];
    check(timely, 500, (history) => {
      const folded = foldedHistory(history);
      const left = folded.position.principal;
      expect(lineSum(folded, gone, PRINCIPAL) + left).toBe(fen(`${history.loan.principal}`));
    });
  });
});

describe('the journal', () => {
  // Fails when both legs of a pair of accounts are debits.
  it('holds vouchers whose debits equal their credits', () => {
    check(histories, 300, (history) => {
      const vouchers = new Map<string, number>();
      for (const { voucher, debit, credit } of simulatedHistory(history, true).journal) {
        vouchers.set(voucher, (vouchers.get(voucher) ?? 0) + fen(debit) - fen(credit));
      }
      expect(vouchers.size).toBeGreaterThan(0);
      expect([...vouchers].filter(([, amount]) => amount !== 0)).toEqual([]);
    });
  });

  // Fails when what was waived ahead is taken back without a movement.
  it('leaves every account that has a sub-ledger at what the position says', () => {
    check(timely, 800, (history) => {
      const { journal, position } = foldedHistory(history);
      const measures = measuresOf(position);
      for (const { measure, code, side } of subledgerAccounts()) {
        const lines = journal?.lines.filter((line) => line.code === code) ?? [];
        const balance = sumOf(lines.map((line) => line.amount * side));
        expect({ code, balance: balance + 0 }).toEqual({ code, balance: measures[measure] + 0 });
      }
    });
  });
});

describe('money', () => {
  // Fails when a fen of what a repayment leaves does not reach suspense.
  it('of the customer is allocated, held or paid back', () => {
    const types = ['prepayment', 'merchant_refund'];
    const plain = timely.map((history) => ({
      ...history,
      events: history.events.filter(
        ({ type, amount }) => !types.includes(type) && (type !== 'settlement' || amount),
      ),
    }));
    check(plain, 500, (history) => {
      const folded = foldedHistory(history);
      const sumOfType = (...names: readonly string[]) =>
        sumOf(folded.applied.filter(({ name }) => names.includes(name)).map((e) => e.amount));
      const received = sumOfType('repayment', 'recovery', 'settlement') + folded.downPayment;
      const allocated = lineSum(folded, [LINE.paid, LINE.recovered, LINE.returned]);
      const paidBack = sumOfType('suspense_refund');
      expect(allocated + folded.position.suspense + paidBack).toBe(received);
    });
  });

  // Fails when a waiver above what is due is taken.
  it('of no component goes below zero', () => {
    check(histories, 500, (history) => {
      const { installments, position } = simulatedHistory(history);
      const below: string[] = [];
      const note = (path: string, amount: number) => {
        if (amount < 0) below.push(`${path} ${amount}`);
      };
      for (const row of installments) {
        for (const component of COMPONENTS) {
          const { due, paid, waived } = row[component];
          const path = `${row.seq} ${component}`;
          note(`${path} due`, fen(due));
          note(`${path} paid`, fen(paid));
          note(`${path} waived`, fen(waived));
          note(`${path} open`, fen(due) - fen(paid) - fen(waived));
        }
      }
      for (const [key, value] of Object.entries(position)) {
        if (/^-?\d+\.\d\d$/.test(String(value))) note(key, fen(String(value)));
      }
      expect(below).toEqual([]);
    });
  });
});

describe('parts', () => {
  // Fails when the last night of a period is not trued up to the scheduled interest.
  it('of interest, the nights of a period, sum to what the row asks', () => {
    check(loans, 300, (loan) => {
      const { schedule, daily } = simulatedHistory(loan);
      let from = 0;
      for (const row of schedule) {
        const nights = daily.slice(from, from + row.days);
        expect(sumOf(nights.map((night) => fen(night.interest)))).toBe(fen(row.interest));
        from += row.days;
      }
    });
  });

  // Fails when the payment is rounded to a whole unit of money.
  it('of a level payment leave a tail within 2n minor units', () => {
    const loan = fc.record({
      principal: fc.integer({ min: 1, max: 1_000_000_000 }),
      rate: fc.integer({ min: 0, max: 360 }),
      periods: fc.integer({ min: 2, max: 36 }),
    });
    check(loan, 500, ({ principal, rate, periods }) => {
      const { schedule } = simulated({
        loan: {
          principal: (principal / 100).toFixed(2),
          rate: (rate / 1000).toFixed(3),
          periods,
          disbursed_on: '2026-01-15',
        },
        through: '2026-01-15',
      });
      const payment = fen(schedule[0]?.total ?? '');
      const tail = fen(schedule.at(-1)?.total ?? '') - payment;
      expect(Math.abs(tail)).toBeLessThanOrEqual(2 * periods);
    });
  });
});

describe('days', () => {
  // Fails when `askedLater` is lost on its way through the row.
  it('n of them folded at once equal n folds over one, each through its row of the table', () => {
    check(timely, 100, (history) => {
      const input = inputOf(history);
      // Zero has no sign in the row.
      expect(JSON.stringify(foldByDays(input))).toBe(JSON.stringify(foldAtOnce(input)));
    });
  });
});
