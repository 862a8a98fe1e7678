import { expect, it } from 'vitest';
import { answerOf, holdToCases } from './funding-cases.js';

holdToCases('transfer');

const PLAN = {
  code: 'SALE',
  version: 1,
  parties: [
    { party: 'OWN', part: 1, own: true },
    { party: 'B1', part: 2 },
  ],
};
const transfer = (loans: object[], change: object = {}) => ({
  ...{ kind: 'transfer', day: '2026-03-31', plan: PLAN, loans },
  ...change,
});
const loan = (loan_no: string, principal: string, more: object = {}) => ({
  ...{ loan_no, principal, interest: '0.00' },
  ...more,
});

// Own third of 10.00 is 3.33, of 0.10 it is 0.03: 6.67 and 0.07 are sold. For 6.67 x 0.5 + 0.07 x
// 0.25 = 3.3525 they are 3.35; the second the same: 13.34 x 0.5 + 0.14 x 0.25 = 6.705 is 6.71, so
// its own is 3.36.
it('sells what is not the own share, at prices that sum to the price of all', () => {
  const loans = [
    loan('A', '10.00', { interest: '0.10' }),
    loan('B', '10.00', { interest: '0.10' }),
  ];
  const sold = { principal: '6.67', interest: '0.07' };
  expect(answerOf(transfer(loans, { ratio: '0.5', interest_ratio: '0.25' }))).toEqual({
    loans: [
      { loan_no: 'A', state: 'active', sold, price: '3.35', gain: '-3.39' },
      { loan_no: 'B', state: 'active', sold, price: '3.36', gain: '-3.38' },
    ],
    pool: { sold: '13.48', price: '6.71', gain: '-6.77' },
    ...{ rejected: [], remit: {} },
  });
});

it('declines by the first rule that fails, and prices the others as if it were not there', () => {
  const loans = [
    loan('A', '0.00', { pending: true, status: 'settled' }),
    loan('B', '0.00', { status: 'written_off' }),
    loan('C', '0.00'),
    loan('D', '3.00', { interest: '-3.00' }),
    loan('E', '0.00', { interest: '3.00' }),
    loan('F', '3.00', { status: 'overdue' }),
  ];
  expect(answerOf(transfer(loans)).loans).toMatchObject([
    { loan_no: 'A', state: 'declined', rule: 'pending' },
    { loan_no: 'B', state: 'declined', rule: 'status' },
    { loan_no: 'C', state: 'declined', rule: 'balance' },
    { loan_no: 'D', state: 'declined', rule: 'balance' },
    { loan_no: 'E', state: 'active', price: '2.00' },
    { loan_no: 'F', state: 'active', price: '2.00' },
  ]);
});

// The fee is the lender's alone unless the plan says otherwise: none of it is sold.
it('sells penalty with the interest, and no fee', () => {
  const loans = [loan('A', '3.00', { penalty: '0.30', fee: '9.00' })];
  expect(answerOf(transfer(loans, { ratio: '0', interest_ratio: '0.5' })).loans).toEqual([
    {
      ...{ loan_no: 'A', state: 'active', price: '0.10', gain: '-2.10' },
      sold: { principal: '2.00', interest: '0.00', penalty: '0.20', fee: '0.00' },
    },
  ]);
});

// What came in before, 10.00, is the start: of a repayment of 0.50 the own share is r(0.1667).
it('hands over what is booked later by the new parts, whatever its value date', () => {
  const later = [
    { ref: 'R1', day: '2026-04-02', value_date: '2026-03-01', loan_no: 'A', principal: '0.50' },
    { ref: 'W', day: '2026-04-02', what: 'waiver', loan_no: 'A', principal: '1.00' },
    { ref: 'R2', day: '2026-04-01', loan_no: 'A', principal: '1.00' },
    { ref: 'R2-R', day: '2026-04-03', loan_no: 'A', principal: '-1.00' },
    { ref: 'R3', day: '2026-04-02', loan_no: 'B', principal: '1.00' },
    { ref: 'R4', day: '2026-03-30', loan_no: 'B', principal: '1.00' },
  ];
  const loans = [loan('A', '10.00'), loan('B', '10.00', { status: 'settled' })];
  // Of out totals 0.50, 1.50, 2.50 and 1.50 the own shares are 0.17, 0.50, 0.83 and 0.50.
  expect(answerOf(transfer(loans, { later }))).toMatchObject({
    rejected: [
      { ref: 'R3', rule: 'declined' },
      { ref: 'R4', rule: 'before_transfer' },
    ],
    remit: {
      '2026-04-01': { B1: '0.67' },
      '2026-04-02': { B1: '0.33' },
      '2026-04-03': { B1: '-0.67' },
    },
  });
});

const yields = { ...PLAN, parties: [PLAN.parties[0], { party: 'B1', part: 2, rate: '0.1' }] };
const A = loan('A', '1.00');
const paid = { ref: 'R', day: '2026-04-01', loan_no: 'A', principal: '1.01' };
it.each<[string, object]>([
  ['loans[1].loan_no: is in the list already; got A', transfer([A, A])],
  ['loans[0].rate: is required: a party of the plan has', transfer([A], { plan: yields })],
  [
    'loans[0].rate: must not be below the fixed yield of a party of the plan; got 0.09',
    transfer([{ ...A, rate: '0.09' }], { plan: yields }),
  ],
  ['later[0].principal: must not be more than there is', transfer([A], { later: [paid] })],
  [
    'later[0].loan_no: must be a loan of the list; got Z',
    transfer([A], { later: [{ ...paid, loan_no: 'Z' }] }),
  ],
  ['ratio: must be a decimal number, not negative', transfer([A], { ratio: '-1' })],
  ['loans[0].pending: must be true or false', transfer([{ ...A, pending: 'no' }])],
  ['later[0].what: must be one of', transfer([A], { later: [{ ...paid, what: 'gift' }] })],
  ['buyer: unknown key', transfer([A], { buyer: 'B1' })],
])('refuses %s', (message, input) => {
  expect(answerOf(input)).toEqual({
    error: { code: 'invalid_document', message: expect.stringContaining(message) },
  });
});
