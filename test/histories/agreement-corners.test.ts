import { expect, it } from 'vitest';
import type { ModelDocument } from '../model/model.js';
import type { EventDocument } from '../model/terms.js';
import { differenceOn } from './agreement.js';

type Corner = readonly [string, ModelDocument['product'], ModelDocument['loan'], EventDocument[]];

function loan(principal: string, rate: string, periods: number): ModelDocument['loan'] {
  return { principal, rate, periods, disbursed_on: '2025-04-09' };
}

function event(type: string, on: string, more: Partial<EventDocument> = {}): EventDocument {
  return { ref: `${type} ${on}`, type, value_date: on, ...more };
}

const WHOLE_BALANCE = { prepayment: { partial: { interest_on: 'whole_balance' as const } } };

/** Histories too rare for a short run of random ones, on which the two readers once differed. */
const corners: readonly Corner[] = [
  [
    'a payment of a fen ends the rows early',
    { repayment: { method: 'level_payment_solved' } },
    loan('0.04', '0.092', 9),
    [],
  ],
  [
    'the rate changes after a whole-balance prepayment under straight_line',
    { ...WHOLE_BALANCE, interest: { accrual: 'straight_line' } },
    loan('1184.00', '0.171', 6),
    [
      event('prepayment', '2025-04-20', { amount: '592.00' }),
      event('rate_change', '2025-04-26', { rate: '0.245' }),
    ],
  ],
  [
    'grace is missed after the rate fell to zero',
    { penalty: { grace_days: 2 } },
    loan('20706.23', '0.359', 3),
    [event('rate_change', '2025-05-10', { rate: '0' })],
  ],
  [
    'a row laid again asks less than was waived of it',
    {},
    loan('58133.91', '0.304', 9),
    [
      event('waiver', '2025-04-12', { component: 'interest', amount: '290.66', seq: 1 }),
      event('prepayment', '2025-04-13', { amount: '55000.00' }),
    ],
  ],
  [
    'a merchant takes back all that is not due, a charge waiting there',
    {},
    loan('34872.12', '0.231', 2),
    [
      event('fee', '2025-05-10', { component: 'fee', amount: '348.72', seq: 2 }),
      event('merchant_refund', '2025-05-20', { amount: '34000.00' }),
    ],
  ],
  [
    'a waiver arrives after a change of rate and before a payment',
    {},
    loan('5000.00', '0.24', 3),
    [
      event('rate_change', '2025-04-20', { rate: '0' }),
      event('repayment', '2025-04-20', { amount: '10.00' }),
      event('waiver', '2025-04-20', { component: 'interest', amount: '90.00', seq: 1 }),
    ],
  ],
  [
    'a fee without a seq comes when only rows for charges are left',
    {},
    loan('2781.98', '0.049', 1),
    [
      event('fee', '2025-04-10', { component: 'fee', amount: '1.00', due_on: '2026-04-03' }),
      event('fee', '2025-04-11', { component: 'fee', amount: '2.00', due_on: '2027-04-29' }),
      event('fee', '2025-05-29', { component: 'fee', amount: '4.00' }),
    ],
  ],
  [
    'flat_total rounds a fen up in every row',
    {
      repayment: { method: 'flat_interest', flat_total: true, interval: { every: 3, unit: 'day' } },
    },
    loan('2.24', '0.345', 9),
    [],
  ],
  [
    'a recovery stands on a loan that was given back, while a refund is owed',
    {},
    loan('5000.00', '0.24', 3),
    [
      event('repayment', '2025-04-11', { amount: '300.00' }),
      event('suspense_refund', '2025-04-12', { amount: '300.00' }),
      event('write_off', '2025-04-14'),
      event('recovery', '2025-04-15', { amount: '120.00' }),
      event('reversal', '2025-04-16', { of: 'repayment 2025-04-11' }),
      event('reversal', '2025-04-17', { of: 'write_off 2025-04-14' }),
      event('merchant_refund', '2025-04-13', { business_date: '2025-04-18' }),
    ],
  ],
  [
    'a merchant gives more than is not due, the customer takes it, and all is given back',
    {},
    loan('5000.00', '0.24', 3),
    [
      event('repayment', '2025-05-09', { amount: '200.00' }),
      event('merchant_refund', '2025-05-12', { amount: '4900.00' }),
      event('suspense_refund', '2025-05-13', { amount: '1000.00' }),
      event('merchant_refund', '2025-05-14'),
      event('reversal', '2025-05-15', { of: 'repayment 2025-05-09' }),
      event('reversal', '2025-05-20', { of: 'merchant_refund 2025-05-12' }),
      event('repayment', '2025-05-21', { amount: '30.00' }),
    ],
  ],
  [
    'only a refund keeps a loan open: a settlement costs that, a prepayment has nothing to prepay',
    {},
    loan('5000.00', '0.24', 3),
    [
      event('repayment', '2025-04-11', { amount: '300.00' }),
      event('suspense_refund', '2025-04-15', { amount: '300.00' }),
      event('settlement', '2025-04-12', { business_date: '2025-04-16' }),
      event('reversal', '2025-04-17', { of: 'repayment 2025-04-11' }),
      event('prepayment', '2025-04-18', { amount: '50.00' }),
      event('settlement', '2025-04-19'),
    ],
  ],
  [
    'a prepayment has paid the refund before it is laid again, and the rest is too little',
    { prepayment: { fee: { rate: '0.001', min: '5.00' } } },
    loan('5000.00', '0.24', 3),
    [
      event('repayment', '2025-04-11', { amount: '300.00' }),
      event('suspense_refund', '2025-04-12', { amount: '300.00' }),
      event('prepayment', '2025-04-20', { amount: '295.00' }),
      event('prepayment', '2025-04-21', { amount: '700.00' }),
      event('reversal', '2025-04-22', { of: 'repayment 2025-04-11' }),
      event('reversal', '2025-04-25', { of: 'prepayment 2025-04-20' }),
    ],
  ],
  [
    'a settlement that is voided pays the refund out of suspense before the next event of its day',
    {},
    loan('5000.00', '0.24', 3),
    [
      event('repayment', '2025-04-11', { amount: '300.00' }),
      event('suspense_refund', '2025-04-12', { amount: '300.00' }),
      event('settlement', '2025-04-20'),
      event('reversal', '2025-04-22', { of: 'repayment 2025-04-11' }),
      event('suspense_refund', '2025-04-20', { amount: '4700.00', business_date: '2025-04-23' }),
      event('repayment', '2025-05-02', { amount: '100.00', early_payment: 'pay_next' }),
    ],
  ],
  [
    'a loan is sold that owes a refund',
    {},
    loan('5000.00', '0.24', 3),
    [
      event('repayment', '2025-04-11', { amount: '300.00' }),
      event('suspense_refund', '2025-04-12', { amount: '300.00' }),
      event('reversal', '2025-04-13', { of: 'repayment 2025-04-11' }),
      event('transfer', '2025-04-14', { amount: '4000.00' }),
      event('repayment', '2025-04-15', { amount: '10.00' }),
    ],
  ],
];

it.each(corners)('%s', (_title, product, contract, events) => {
  const document = { product: { code: 'CORNER', ...product }, loan: contract, events };
  expect(differenceOn({ ...document, through: '2025-07-01' })).toBeUndefined();
});
