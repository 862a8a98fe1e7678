import { expect, it } from 'vitest';
import { answerOf, holdToCases } from './funding-cases.js';

holdToCases('fee');

const LOAN = {
  principal: '1200.00',
  schedule: [1, 2, 3].map((seq) => ({ seq, principal: '400.00', interest: '1.00' })),
};
const fee = (terms: object, more: object = {}) => ({
  ...{ kind: 'fee', fee: { rate: '0.12', ...terms }, loan: LOAN },
  ...more,
});

// 1% a month of 1,200, 800 and 400 is 12, 8 and 4; of the principal, 12 each.
it.each<[string, object, object]>([
  ['of the balance to the end, where nothing is said', fee({}), row([12, 8, 4], 0)],
  ['of the principal', fee({ base: 'principal' }), row([12, 12, 12], 0)],
  ['of no instalment', fee({}, { settled_after: 0 }), row([], 0, 24)],
  ['upfront, nothing back', fee({ collected: 'upfront' }, { settled_after: 1 }), ahead(0)],
  ['upfront, all back', fee(back(), { settled_after: 0 }), ahead(24)],
  ['upfront, by instalments left', fee(back(), { settled_after: 1 }), ahead(16)],
  ['upfront, none left', fee(back(), { settled_after: 3 }), ahead(0)],
])('collects a fee %s', (_, input, expected) => {
  expect(answerOf(input)).toEqual(expected);
});

it('rounds what all instalments come to, not each of them', () => {
  // 10.00 x 0.6% / 12 is 0.005: 0.01, then 0.01 of 0.010, then 0.02 of 0.015.
  const schedule = ['3.00', '3.00', '4.00'].map((principal, at) => ({
    ...{ seq: at + 1, principal, interest: '0.00' },
  }));
  const loan = { principal: '10.00', schedule };
  expect(answerOf({ ...fee({ base: 'principal', rate: '0.006' }), loan })).toMatchObject({
    total: '0.02',
    rows: [
      { seq: 1, fee: '0.01' },
      { seq: 2, fee: '0.00' },
      { seq: 3, fee: '0.01' },
    ],
  });
});

it.each<[string, object]>([
  ['settled_after: must not be above the number of instalments; got 4', { settled_after: 4 }],
  ['settled_after: must be a whole number', { settled_after: '0.5' }],
  ['fee.rate: must be a decimal number', { fee: { rate: '-0.1' } }],
  ['fee.base: must be one of balance, principal', { fee: { rate: '0.1', base: 'rest' } }],
  ['fee.colour: unknown key', { fee: { rate: '0.1', colour: 1 } }],
  ['loan.schedule: must have an instalment', { loan: { principal: '1.00', schedule: [] } }],
  ['loan.schedule: must sum to the principal', { loan: { ...LOAN, principal: '1200.01' } }],
  [
    'loan.schedule[1].seq: must ascend; got 1',
    { loan: { ...LOAN, schedule: [LOAN.schedule[0], LOAN.schedule[0], LOAN.schedule[2]] } },
  ],
])('refuses %s', (message, more) => {
  expect(answerOf(fee({}, more))).toEqual({
    error: { code: 'invalid_document', message: expect.stringContaining(message) },
  });
});

function back() {
  return { collected: 'upfront', refund: 'pro_rata' };
}

function row(fees: number[], refund: number, total = fees.reduce((sum, each) => sum + each, 0)) {
  const kept = fees.reduce((sum, each) => sum + each, 0);
  return {
    total: yuan(total),
    rows: fees.map((each, at) => ({ seq: at + 1, fee: yuan(each) })),
    refund: yuan(refund),
    kept: yuan(kept),
  };
}

function ahead(refund: number) {
  const rows = [{ seq: 0, fee: yuan(24) }];
  return { total: yuan(24), rows, refund: yuan(refund), kept: yuan(24 - refund) };
}

function yuan(amount: number): string {
  return amount.toFixed(2);
}
