import { describe, expect, it } from 'vitest';
import { type ModelDocument, modelLoan } from './model.js';
import type { ProductDocument } from './product.js';
import type { EventDocument } from './terms.js';

const LOAN = { principal: '10000.00', rate: '0.18', periods: 12, disbursed_on: '2026-01-15' };

function run(
  events: EventDocument[],
  through: string,
  product: ProductDocument = {},
  loan: ModelDocument['loan'] = LOAN,
) {
  return modelLoan({ product, loan, events, through });
}

function event(type: string, day: string, more: Partial<EventDocument> = {}): EventDocument {
  return { ref: `${type} ${day}`, type, value_date: day, ...more };
}

function fen(amount: string): bigint {
  return BigInt(amount.replace('.', ''));
}

describe('prepayment in the middle of a period', () => {
  // 17 nights of 5.00 are accrued on 1 February; 3,000 of 10,000 is prepaid.
  const prepaid = [event('prepayment', '2026-02-01', { amount: '3000.00' })];

  it.each([
    ['value_date', 'prepaid', '25.50', '105.00', '130.50'],
    ['value_date', 'whole_balance', '85.00', '45.50', '130.50'],
    ['next_due', 'prepaid', '45.00', '105.00', '150.00'],
    ['next_due', 'whole_balance', '150.00', '0.00', '150.00'],
    ['none', 'prepaid', '0.00', '105.00', '105.00'],
  ] as const)('interest to %s on %s', (to, on, paid, asked, posted) => {
    const product = { prepayment: { interest_to: to, partial: { interest_on: on } } };
    const { allocations, schedule, daily } = run(prepaid, '2026-02-15', product);
    const line = allocations.find((item) => item.component === 'interest');
    expect(line?.amount ?? '0.00').toBe(paid);
    expect(schedule[0]?.interest).toBe(asked);
    const total = daily.slice(0, 31).reduce((sum, day) => sum + fen(day.interest), 0n);
    expect(total).toBe(fen(posted));
  });
});

describe('money ahead', () => {
  const paid = (mode: EventDocument['early_payment']) =>
    run(
      [event('repayment', '2026-01-20', { amount: '1200.00', early_payment: mode })],
      '2026-01-20',
    );

  it('pays the next instalments as scheduled', () => {
    const { installments, position } = paid('pay_next');
    expect(installments[0]?.status).toBe('paid');
    expect(installments[1]?.interest.paid).toBe('138.50');
    expect(installments[1]?.principal.paid).toBe('144.70');
    expect(position.interest_accrued).toBe('0.00');
  });

  it('pays the last instalments first', () => {
    const { installments } = paid('pay_last');
    expect(installments[11]?.status).toBe('paid');
    expect(installments[10]?.interest.paid).toBe('26.90');
  });

  it('goes evenly over the open instalments', () => {
    const product = { repayment: { method: 'interest_only' as const } };
    const early = event('repayment', '2026-01-20', {
      amount: '120.00',
      early_payment: 'pay_evenly',
    });
    const { installments } = run([early], '2026-01-20', product);
    expect(installments.map((row) => row.interest.paid)).toEqual(Array(12).fill('10.00'));
  });

  it('prepays the largest principal that fits with its interest and fee', () => {
    const product = { prepayment: { fee: { rate: '0.03', of: 'prepaid_principal' as const } } };
    const early = event('repayment', '2026-02-20', { amount: '5000.00', early_payment: 'prepay' });
    const { allocations, position } = run([early], '2026-02-20', product);
    const total = allocations.reduce((sum, line) => sum + fen(line.amount), 0n);
    expect(total + fen(position.suspense)).toBe(500_000n);
    expect(fen(position.suspense) < 2n).toBe(true);
  });
});

describe('a rate change', () => {
  it('mixes the current factor by days and leaves the term', () => {
    const change = event('rate_change', '2026-02-01', { rate: '0.12' });
    const { schedule, daily } = run([change], '2026-02-15');
    // 10,000 x (1.5% x 17/31 + 1% x 14/31)
    expect(schedule[0]?.interest).toBe('127.42');
    expect(schedule.length).toBe(12);
    expect(daily[16]?.interest).toBe('5.00');
    expect(fen(daily[17]!.interest) < 340n).toBe(true);
  });
});

describe('write-off', () => {
  it('stops accrual; a recovery pays principal first, the claim as the last instalment', () => {
    const events = [
      event('write_off', '2026-03-20'),
      event('recovery', '2026-04-01', { amount: '2000.00' }),
    ];
    const { position, allocations, schedule, daily } = run(events, '2026-04-10');
    expect(position.status).toBe('written_off');
    expect([position.principal, position.classification]).toEqual(['0.00', 'loss']);
    expect(position.accruing).toBe(false);
    expect(schedule.length).toBe(2);
    expect(daily.at(-1)?.interest).toBe('0.00');
    expect(allocations.map((line) => [line.seq, line.component, line.amount])).toEqual([
      [1, 'principal', '766.80'],
      [2, 'principal', '778.30'],
      [0, 'principal', '454.90'],
    ]);
  });

  it('refuses a recovery on a loan that is not written off', () => {
    const { rejected } = run([event('recovery', '2026-04-01', { amount: '1.00' })], '2026-04-10');
    expect(rejected.map(({ rule }) => rule)).toEqual(['not_written_off']);
  });
});

describe('the order of a day', () => {
  it('takes a waiver before a payment that arrived first', () => {
    const events = [
      event('repayment', '2026-02-15', { amount: '916.80' }),
      event('waiver', '2026-02-15', { amount: '50.00', component: 'interest' }),
    ];
    const { installments, position } = run(events, '2026-02-15');
    expect(installments[0]?.interest.paid).toBe('100.00');
    expect(position.suspense).toBe('50.00');
  });

  it('uses suspense on due dates only', () => {
    const events = [event('repayment', '2026-01-20', { amount: '100.00' })];
    expect(run(events, '2026-02-14').position.suspense).toBe('100.00');
    const { position, allocations } = run(events, '2026-02-15');
    expect(position.suspense).toBe('0.00');
    expect(allocations.map((line) => line.ref)).toEqual(['suspense']);
  });
});

describe('down payment', () => {
  it('is its own row, paid at once when automatic', () => {
    const product = { repayment: { down_payment: { percent: '25', automatic: true } } };
    const { schedule, allocations, position } = run([], '2026-01-15', product);
    expect(schedule.length).toBe(13);
    expect([schedule[0]?.due_on, schedule[0]?.principal]).toEqual(['2026-01-15', '2500.00']);
    expect(allocations.map((line) => line.ref)).toEqual(['down_payment']);
    expect(position.principal).toBe('7500.00');
  });
});

describe('fees', () => {
  const fee = (more: Partial<EventDocument>) =>
    run([event('fee', '2026-01-20', { amount: '12.00', ...more })], '2026-01-20').schedule;

  it('is due with the named, the running or the next instalment, or has a row of its own', () => {
    expect(fee({ seq: 3 })[2]?.fee).toBe('12.00');
    expect(fee({})[0]?.fee).toBe('12.00');
    expect(fee({ due_on: '2026-02-16' })[1]?.fee).toBe('12.00');
    const own = fee({ due_on: '2027-03-01' });
    expect(own.length).toBe(13);
    expect([own[12]?.seq, own[12]?.due_on, own[12]?.total]).toEqual([13, '2027-03-01', '12.00']);
  });
});

describe('straight line', () => {
  it('spreads the scheduled interest over the nights', () => {
    const { daily } = run([], '2026-02-15', { interest: { accrual: 'straight_line' } });
    const nights = daily.slice(0, 31).map((day) => day.interest);
    expect(new Set(nights)).toEqual(new Set(['4.84', '4.83']));
    expect(nights.reduce((sum, amount) => sum + fen(amount), 0n)).toBe(15_000n);
  });
});
