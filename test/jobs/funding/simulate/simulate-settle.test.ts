import { expect, it } from 'vitest';
import { answerOf, holdToCases } from './funding-cases.js';

holdToCases('settle');

const ITEM = { business_date: '2026-03-06', ref: 'R1', kind: 'repayment', amount: '10.00' };
const settle = (terms: object, items: object[] = [ITEM], more: object = {}) => ({
  ...{ kind: 'settle', terms, through: '2026-03-31', items },
  ...more,
});
const dark = (from: string, to: string) => ({ dark: [{ from, to }] });

it.each<[string, object]>([
  ['terms.days: must be a whole number, 0 to 366; got -1', settle({ days: -1 })],
  ['terms.minimum: must be an amount, not negative', settle({ minimum: '-0.01' })],
  ['terms.net: must be true or false', settle({ net: 'no' })],
  ['terms.dark[0].to: must not be before `from`', settle(dark('2026-03-02', '2026-03-01'))],
  ['terms.dark[0].from: must be a date', settle(dark('2026-02-30', '2026-03-01'))],
  ['terms.cut_off: unknown key', settle({ cut_off: '18:00' })],
  ['items[0].amount: must be an amount', settle({}, [{ ...ITEM, amount: '10.001' }])],
  ['items[0].business_date: is required', settle({}, [{ ...ITEM, business_date: undefined }])],
  [
    'calendar.workdays[0]: is a holiday too',
    settle({}, [ITEM], { calendar: { holidays: ['2026-03-08'], workdays: ['2026-03-08'] } }),
  ],
  [
    'calendar.years: must hold the days that are asked for: the calendar does not hold 2026',
    settle({}, [ITEM], { calendar: { years: [2025] } }),
  ],
])('refuses %s', (message, input) => {
  expect(answerOf(input)).toEqual({
    error: { code: 'invalid_document', message: expect.stringContaining(message) },
  });
});

it('asks no calendar about days after the last one', () => {
  const input = settle({ days: 3 }, [{ ...ITEM, business_date: '2026-12-30' }], {
    calendar: { years: [2026] },
    through: '2026-12-31',
  });
  expect(answerOf(input)).toEqual({ settlements: [], carried: '0.00', not_due: '10.00' });
});

it('makes no transfer of 0, and carries its days no further', () => {
  const items = [
    { ...ITEM, business_date: '2026-03-02', amount: '5.00' },
    { ...ITEM, business_date: '2026-03-02', amount: '-5.00' },
    { ...ITEM, business_date: '2026-03-03', amount: '7.00' },
  ];
  expect(answerOf(settle({}, items))).toEqual({
    settlements: [{ due_on: '2026-03-04', from: '2026-03-03', to: '2026-03-03', amount: '7.00' }],
    carried: '0.00',
    not_due: '0.00',
  });
});
