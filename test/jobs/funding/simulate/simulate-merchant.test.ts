import { expect, it } from 'vitest';
import { answerOf, holdToCases } from './funding-cases.js';

holdToCases('merchant');

const ORDER = { day: '2026-03-02', order_no: 'O1', principal: '100.00' };
const REFUND = { day: '2026-03-03', refund_no: 'F1', order_no: 'O1', amount: '40.00' };
const merchant = (terms: object, orders: object[] = [ORDER], refunds: object[] = []) => ({
  ...{ kind: 'merchant', merchant: { code: 'M1', ...terms }, through: '2026-03-31' },
  ...{ orders, refunds },
});

it.each<[string, object]>([
  ['merchant.days: must be a whole number', merchant({ days: '1.5' })],
  ['merchant.fee.rate: must not be above 1; got 1.5', merchant({ fee: { rate: '1.5' } })],
  [
    'merchant.fee.max: must not be below fee.min',
    merchant({ fee: { rate: '0', min: '2.00', max: '1.00' } }),
  ],
  ['merchant.subsidy.share: must not be above 1; got 2', merchant({ subsidy: { share: '2' } })],
  ['merchant.hold_back.rate: must not be above 1', merchant({ hold_back: { rate: '1.01' } })],
  ['merchant.discount: unknown key', merchant({ discount: '1' })],
  ['orders[0].principal: must be an amount, above 0', merchant({}, [{ ...ORDER, principal: '0' }])],
  ['orders[1].order_no: is an order already; got O1', merchant({}, [ORDER, ORDER])],
  [
    'refunds[0].amount: must be an amount, above 0',
    merchant({}, [ORDER], [{ ...REFUND, amount: '-1.00' }]),
  ],
])('refuses %s', (message, input) => {
  expect(answerOf(input)).toEqual({
    error: { code: 'invalid_document', message: expect.stringContaining(message) },
  });
});

it('knows no order of a later day, and takes a refused refund again', () => {
  const early = { ...REFUND, day: '2026-03-01' };
  const tooMuch = { ...REFUND, amount: '100.01' };
  const answer = answerOf(merchant({ days: 0 }, [ORDER], [REFUND, early, tooMuch]));
  expect(answer.rejected).toEqual([
    { refund_no: 'F1', rule: 'unknown_order' },
    { refund_no: 'F1', rule: 'repeated_refund' },
  ]);
  const again = answerOf(merchant({ days: 0 }, [ORDER], [tooMuch, REFUND]));
  expect(again.rejected).toEqual([{ refund_no: 'F1', rule: 'refund_above_order' }]);
  // 100.00 sold and paid on the 2nd, 40.00 of it owed back since the 3rd.
  expect(again.receivable).toBe('40.00');
});

it.each([
  // Owed since the 3rd: on the 10th for seven days, on the 11th for longer.
  ['2026-03-10', '-40.00', '0.00'],
  ['2026-03-11', '0.00', '40.00'],
])('has on %s %s carried and %s to be claimed', (through, carried, receivable) => {
  const answer = answerOf({ ...merchant({ days: 0 }, [ORDER], [REFUND]), through });
  expect(answer).toMatchObject({ carried, receivable });
});
