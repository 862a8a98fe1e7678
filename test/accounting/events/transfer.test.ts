import { describe, expect, it } from 'vitest';
import type { SimulationResult } from '../../../src/accounting/simulate/result-shape.js';
import { simulateLoan } from '../../../src/accounting/simulate/simulate.js';
import { simulationReader } from '../../../src/jobs/simulate/documents/simulate-document.js';
import { PACKAGED_LEDGER } from '../../histories/packaged-ledger.js';

const read = simulationReader({ ledger: PACKAGED_LEDGER, findProduct: () => undefined });

/** 10.00 a night on 36,500.00 at 10% over 365 days; 20.00 due every second day from March 30. */
const SALE = {
  code: 'SALE',
  repayment: { method: 'interest_only', interval: { every: 2, unit: 'day' } },
  interest: { basis: 365, period_interest: 'actual_days' },
};
const LOAN = { principal: '36500.00', rate: '0.10', periods: 12, disbursed_on: '2026-03-28' };

type Fields = Readonly<Record<string, unknown>>;
const event = (ref: string, type: string, day: string, own: Fields = {}): Fields => ({
  ref,
  type,
  value_date: `2026-${day}`,
  ...own,
});
const sold = (day: string, amount: string, own: Fields = {}) =>
  event('T', 'transfer', day, { amount, buyer: '甲公司', due_on: '2026-05-01', ...own });
const paid = (ref: string, day: string, amount: string, own: Fields = {}) =>
  event(ref, 'repayment', day, { amount, ...own });

function run(events: readonly Fields[], product: Fields = {}): SimulationResult {
  const document = { product: { ...SALE, ...product }, loan: LOAN, events, through: '2026-04-10' };
  return simulateLoan(read(document, 'test'));
}

/** The lines of the sale's voucher: account and amount, debit positive. */
function voucherOf({ journal }: SimulationResult): string[] {
  return journal
    .filter(({ memo }) => memo === 'transfer')
    .map(({ account, debit, credit }) => `${account} ${credit === '0.00' ? debit : `-${credit}`}`);
}

const NOTHING_LEFT = {
  status: 'transferred',
  principal: '0.00',
  principal_overdue: '0.00',
  interest_accrued: '0.00',
  interest_due: '0.00',
  penalty_due: '0.00',
  compound_due: '0.00',
  fee_due: '0.00',
  days_past_due: 0,
  classification: 'normal',
  accruing: true,
};

describe('a loan that is sold', () => {
  it.each([
    ['below what the books have', '36000.00', ['1221.02 36000.00', '6111.01 510.00']],
    ['above it', '37000.00', ['1221.02 37000.00', '6111.01 -490.00']],
    ['for it', '36510.00', ['1221.02 36510.00']],
    ['for nothing', '0', ['6111.01 36510.00']],
  ])('%s: the difference is gain or loss, in one line', (_name, price, lines) => {
    const result = run([sold('03-29', price)]);
    expect(voucherOf(result).sort()).toEqual(
      [...lines, '1303.01 -36500.00', '1132.01 -10.00'].sort(),
    );
    expect(result.position).toMatchObject({ ...NOTHING_LEFT, suspense: '0.00' });
    // The night of the day before is the last.
    expect(result.daily.map(({ interest }) => interest).slice(0, 3)).toEqual([
      '10.00',
      '0.00',
      '0.00',
    ]);
    expect(result.schedule).toEqual([]);
  });

  it('takes along what is due, by instalment, and leaves suspense', () => {
    const result = run([
      paid('R1', '03-30', '12.00'),
      event('F1', 'fee', '03-30', { amount: '7.00', seq: 1 }),
      event('S1', 'waiver', '03-31', { amount: '1.00', component: 'interest' }),
      paid('R2', '04-01', '100.00', { early_payment: 'hold' }),
      sold('04-02', '36510.00'),
      event('S2', 'suspense_refund', '04-03', { amount: '30.00' }),
    ]);
    // Due 20.00 and 7.00, then 20.00; paid 12.00 and 34.00, waived 1.00; 66.00 are held.
    expect(result.position).toMatchObject({ ...NOTHING_LEFT, suspense: '36.00' });
    expect(voucherOf(result)).toEqual(['1221.02 36510.00', '1303.01 -36500.00', '1132.01 -10.00']);
    const unpaid = run([paid('R1', '03-30', '12.00'), sold('04-02', '36500.00')]);
    expect(unpaid.installments.map(({ seq, status }) => [seq, status])).toEqual([
      [1, 'transferred'],
      [2, 'transferred'],
    ]);
    expect(unpaid.installments[0]?.interest).toEqual({
      due: '20.00',
      paid: '12.00',
      waived: '0.00',
    });
    expect(voucherOf(unpaid)).toEqual([
      '1221.02 36500.00',
      '6111.01 38.00',
      '1132.02 -28.00',
      '1303.01 -36500.00',
      '1132.01 -10.00',
    ]);
  });

  it('with interest paid ahead gains what the buyer has still to give', () => {
    // Of 20.00 paid ahead for two nights one has passed: ten are owed in days, not in money.
    const result = run([
      paid('R1', '03-28', '20.00', { early_payment: 'pay_next' }),
      sold('03-29', '36500.00'),
    ]);
    expect(voucherOf(result)).toEqual([
      '1221.02 36500.00',
      '1303.01 -36500.00',
      '6111.01 -10.00',
      '1132.01 10.00',
    ]);
  });

  it('off the balance sheet leaves the memorandum accounts', () => {
    const document = {
      product: SALE,
      policy: { non_accrual_after: 1 },
      loan: LOAN,
      events: [sold('04-02', '20000.00')],
      through: '2026-04-05',
    };
    // Two days late on April 1: 40.00 due and a night of 10.00 are off the balance sheet.
    expect(voucherOf(simulateLoan(read(document, 'test')))).toEqual([
      '1221.02 20000.00',
      '6111.01 16500.00',
      '7101.99 50.00',
      '7101.01 -50.00',
      '1303.01 -36500.00',
    ]);
  });

  it('rests, too, where interest follows the payments', () => {
    const following = { interest: { ...SALE.interest, recalculation: { rest: 'daily' } } };
    const result = run([sold('04-02', '36000.00')], following);
    expect(result.position).toMatchObject(NOTHING_LEFT);
    expect(result.daily.slice(5).every(({ interest }) => interest === '0.00')).toBe(true);
  });
});

describe('after a sale', () => {
  it('everything but suspense is the business of the new owner', () => {
    const after = [
      paid('A1', '03-29', '1.00'),
      event('A2', 'settlement', '03-30'),
      event('A3', 'prepayment', '03-30', { amount: '1.00' }),
      event('A4', 'waiver', '03-30', { amount: '1.00', component: 'interest' }),
      event('A5', 'fee', '03-30', { amount: '1.00', due_on: '2026-04-09' }),
      event('A6', 'merchant_refund', '03-30'),
      event('A7', 'rate_change', '03-30', { rate: '0.12' }),
      event('A8', 'write_off', '03-30'),
      event('A9', 'recovery', '03-30', { amount: '1.00' }),
      event('AA', 'transfer', '03-30', { amount: '1.00' }),
    ];
    const { rejected, position } = run([sold('03-29', '36000.00'), ...after]);
    expect(rejected).toEqual(after.map(({ ref }) => ({ ref, rule: 'loan_transferred' })));
    expect(position).toMatchObject(NOTHING_LEFT);
  });

  it.each([
    ['written off', event('W', 'write_off', '03-28'), 'loan_written_off'],
    ['settled', event('W', 'settlement', '03-28'), 'loan_settled'],
    ['cancelled', event('W', 'merchant_refund', '03-28'), 'loan_cancelled'],
  ])('that is impossible: of a loan that is %s', (_name, ending, rule) => {
    const { rejected } = run([ending, sold('03-29', '36000.00')]);
    expect(rejected).toEqual([{ ref: 'T', rule }]);
  });

  it('that is reversed the loan stands as if it had never been', () => {
    const reversal = event('V', 'reversal', '04-06', { of: 'T' });
    const { position, installments, daily, schedule } = run([sold('03-31', '36000.00'), reversal]);
    const never = run([]);
    expect({ position, installments, schedule }).toEqual({
      position: never.position,
      installments: never.installments,
      schedule: never.schedule,
    });
    // The nights of March 31 to April 5 are posted with that of April 6.
    expect(daily[9]?.interest).toBe('70.00');
  });

  it('that comes late, money that had paid since is held', () => {
    const late = sold('03-31', '36000.00', { business_date: '2026-04-04' });
    const result = run([paid('R1', '04-02', '33.00'), late]);
    expect(result.rejected).toEqual([{ ref: 'R1', rule: 'voided: loan_transferred' }]);
    expect(result.position).toMatchObject({ ...NOTHING_LEFT, suspense: '33.00' });
    // 20.00 due and a night of 10.00 went with it.
    expect(voucherOf(result)).toContain('6111.01 530.00');
  });
});
