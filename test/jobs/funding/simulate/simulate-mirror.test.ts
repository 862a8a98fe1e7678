import { expect, it } from 'vitest';
import { answerOf, holdToCases } from './funding-cases.js';

holdToCases('mirror');

const parties = [
  { party: 'OWN', part: 30, own: true },
  { party: 'P1', part: 70 },
];
const PLAN = { code: 'X', version: 1, parties };
const LOAN = { principal: '100.01', rate: '0.12', periods: 2, method: 'equal_principal' };
const mirror = (change: object = {}, loan: object = {}) => ({
  ...{ kind: 'mirror', plan: PLAN, party: 'P1', loan: { ...LOAN, ...loan } },
  ...change,
});
const cell = (ours: string, theirs: string, difference: string) => ({ ours, theirs, difference });

// 100.01 in two: r(50.005) = 50.01 and 50.00; interest 1% of 100.01 = 1.00 and of 50.00 = 0.50.
// Of 100.01 P1, the tail, has 100.01 - r(30.003) = 70.01: 35.01 (35.005) and 35.00; its interest
// is 0.70 and 0.35. Of ours it has 50.01 - r(15.003) = 35.01, then 70.01 - 35.01 = 35.00; of the
// interest 1.00 - 0.30 = 0.70, then 1.50 - 0.45 - 0.70 = 0.35.
it('lays equal principal for the part and for the whole', () => {
  expect(answerOf(mirror())).toEqual({
    rows: [
      {
        seq: 1,
        principal: cell('35.01', '35.01', '0.00'),
        interest: cell('0.70', '0.70', '0.00'),
      },
      {
        seq: 2,
        principal: cell('35.00', '35.00', '0.00'),
        interest: cell('0.35', '0.35', '0.00'),
      },
    ],
    tail: { principal: '0.00', interest: '0.00' },
    breaks: [],
  });
});

// A third of 0.05 is r(1.67) = 0.02; in two: r(0.025) = 0.03 and 0.02 of the whole, 0.01 twice of
// the part. Ours: r(0.03 / 3) = 0.01, then r(0.05 / 3) - 0.01 = 0.01. At 1200% a year interest is
// as much as the balance: 0.05 and 0.02, of which a third is r(1.67) = 0.02 and r(2.33) - 0.02 = 0;
// theirs is 0.02 and 0.01.
const third = {
  plan: {
    ...PLAN,
    parties: [
      { party: 'P1', part: 1 },
      { ...parties[0], part: 2 },
    ],
    tail: 'OWN',
  },
};
it.each<[tolerance: number, tail: string, breaks: object[]]>([
  [0, '0.00', [{ seq: 2, component: 'interest', difference: '0.01' }]],
  [1, '0.01', []],
])('of a tolerance of %i what is above is a break', (tolerance, tail, breaks) => {
  const answer = answerOf(mirror({ ...third, tolerance }, { principal: '0.05', rate: '12' }));
  expect(answer.rows).toMatchObject([
    { principal: cell('0.01', '0.01', '0.00'), interest: cell('0.02', '0.02', '0.00') },
    { principal: cell('0.01', '0.01', '0.00'), interest: cell('0.00', '0.01', '0.01') },
  ]);
  expect(answer).toMatchObject({ tail: { principal: '0.00', interest: tail }, breaks });
});

// 20.00 for 2 months at 12%, P1 half at 6%: ours of the interest 0.20 is half of a half, 0.05, and
// of 0.30 r(0.075) = 0.08; theirs is 0.5% of 10.00 = 0.05 and of 5.00 = r(0.025) = 0.03.
it('lays the schedule of a fixed yield at that', () => {
  const half = [
    { ...parties[0], part: 1 },
    { party: 'P1', part: 1, rate: '0.06' },
  ];
  const answer = answerOf(mirror({ plan: { ...PLAN, parties: half } }, { principal: '20.00' }));
  expect(answer.rows).toMatchObject([
    { principal: cell('5.00', '5.00', '0.00'), interest: cell('0.05', '0.05', '0.00') },
    { principal: cell('5.00', '5.00', '0.00'), interest: cell('0.03', '0.03', '0.00') },
  ]);
});

it('of a party without a part nothing is laid', () => {
  const plan = { ...PLAN, parties: [{ ...parties[0] }, { party: 'P1', part: 0 }] };
  expect(answerOf(mirror({ plan }))).toMatchObject({
    rows: [
      { principal: cell('0.00', '0.00', '0.00'), interest: cell('0.00', '0.00', '0.00') },
      { seq: 2, principal: cell('0.00', '0.00', '0.00') },
    ],
    breaks: [],
  });
});

it.each<[string, object]>([
  ['party: must be a party of the plan that is not own; got P9', mirror({ party: 'P9' })],
  ['party: must be a party of the plan that is not own; got OWN', mirror({ party: 'OWN' })],
  ['loan.principal: must be an amount, above 0', mirror({}, { principal: '0.00' })],
  ['loan.method: must be one of level_payment', mirror({}, { method: 'bullet' })],
  ['loan.periods: must be a whole number, 1 to 600', mirror({}, { periods: 0 })],
  ['tolerance: must be a whole number', mirror({ tolerance: '0.5' })],
  ['plan.tail: must be a party of the plan', mirror({ plan: { ...PLAN, tail: 'P9' } })],
  ['loan.day: unknown key', mirror({}, { day: 1 })],
])('refuses %s', (message, input) => {
  expect(answerOf(input)).toEqual({
    error: { code: 'invalid_document', message: expect.stringContaining(message) },
  });
});
