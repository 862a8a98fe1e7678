import { expect, it } from 'vitest';
import { answerOf, holdToCases } from './funding-cases.js';

holdToCases('split');

const PLAN = {
  code: 'X',
  version: 1,
  parties: [
    { party: 'OWN', part: 30, own: true },
    { party: 'P1', part: 70 },
  ],
};
const split = (plan: object, moves: object[] = [], more: object = {}) => ({
  ...{ kind: 'split', plan: { ...PLAN, ...plan }, moves },
  ...more,
});
const parties = (...each: object[]) => ({ parties: each });
const OWN = { party: 'OWN', part: 1, own: true };
const P1 = { party: 'P1', part: 1 };

it.each<[string, object]>([
  [
    'plan.parties: must have exactly one party that is own; got 2',
    split(parties(OWN, { ...P1, own: true })),
  ],
  ['plan.parties: must have exactly one party that is own; got 0', split(parties(P1))],
  ['plan.parties: must have a part above 0', split(parties({ ...OWN, part: 0 }))],
  ['plan.parties[2].party: is a party of the plan already; got P1', split(parties(OWN, P1, P1))],
  ['plan.parties[1].part: must be a whole number', split(parties(OWN, { ...P1, part: '0.5' }))],
  ['plan.tail: must be a party of the plan; got P9', split({ tail: 'P9' })],
  ['plan.components.fee.P9: must be a party', split({ components: { fee: { P9: 1 } } })],
  ['plan.components.fee: must have a part above 0', split({ components: { fee: { P1: 0 } } })],
  [
    'plan.service_fee[0].from: must be a party of the plan that is not own; got OWN',
    split({ service_fee: [{ from: 'OWN', of: ['interest'], rate: '0.1' }] }),
  ],
  [
    "plan.parties[1].rate: must not be above the loan's rate; got 0.19",
    split(parties(OWN, { ...P1, rate: '0.19' }), [], { loan: { rate: '0.18' } }),
  ],
  [
    'plan.parties[0].rate: must be left out',
    split(parties({ ...OWN, rate: '0.1' }, P1), [], { loan: { rate: '0.18' } }),
  ],
  ['loan.rate: is required', split(parties(OWN, { ...P1, rate: '0.1' }))],
  ['plan.colour: unknown key', split({ colour: 1 })],
  [
    'moves[0].interest: must not take back more than there was; got -0.01',
    split({}, [{ ref: 'a', what: 'accrual', interest: '-0.01' }]),
  ],
  ['moves[0].what: must be one of', split({}, [{ ref: 'a', what: 'gift' }])],
])('refuses %s', (message, input) => {
  expect(answerOf(input)).toEqual({
    error: { code: 'invalid_document', message: expect.stringContaining(message) },
  });
});

it('lets a plan of the lender alone pass the floor, and a part that is the floor itself', () => {
  const floor = (own: number, partner: number) =>
    split(parties({ ...OWN, part: own }, { ...P1, part: partner }), [], {
      policy: { partner_share_floor: '0.30' },
    });
  expect(answerOf(floor(1, 0))).not.toHaveProperty('error');
  expect(answerOf(floor(7, 3))).not.toHaveProperty('error');
  expect(answerOf(floor(71, 29))).toHaveProperty('error');
});
