import { expect, it } from 'vitest';
import { answerOf, holdToCases } from './funding-cases.js';

holdToCases('route');

const PLAN = { plan: 'A', party: 'P1', parts: [30, 70] };
const APPLICATION = {
  ...{ id: '1', at: '09:00:00', customer: 'C1', amount: '100.00', term: 12, rate: '0.18' },
};
const route = (plan: object, application: object = {}, more: object = {}) => ({
  ...{ kind: 'route', day: '2026-03-02', plans: [{ ...PLAN, ...plan }] },
  applications: [{ ...APPLICATION, ...application }],
  ...more,
});

it.each<[string, object]>([
  ['plans[0].parts: must be our part and theirs', route({ parts: [1] })],
  ['plans[0].parts: must have a part above 0', route({ parts: [0, 0] })],
  ['plans[1].plan: is a plan already; got A', route({}, {}, { plans: [PLAN, PLAN] })],
  ['plans[0].loan_max: must not be below loan_min', route({ loan_min: '2.00', loan_max: '1.99' })],
  ['plans[0].hours: must be two different times', route({ hours: ['08:00', '08:00:00'] })],
  ['plans[0].hours: must be two times', route({ hours: ['08:00'] })],
  ['plans[0].hours[1]: must be a time', route({ hours: ['08:00', '24:01'] })],
  [
    'plans[0].dark[0].to: must not be before `from`',
    route({ dark: [{ from: '2026-03-02T10:00', to: '2026-03-02T10:00' }] }),
  ],
  ['plans[0].weight: must be a whole number, 1 to', route({ weight: 0 })],
  ['plans[0].terms: must name one at least', route({ terms: [] })],
  ['plans[0].limit: unknown key', route({ limit: '1.00' })],
  ['by: must be one of priority, weight', route({}, {}, { by: 'luck' })],
  ['applications[0].at: must be a time', route({}, { at: '24:00:00' })],
  ['applications[0].amount: must be an amount, above 0', route({}, { amount: '0.00' })],
  ['applications[0].outcome: must be one of', route({}, { outcome: 'lost' })],
])('refuses %s', (message, input) => {
  expect(answerOf(input)).toEqual({
    error: { code: 'invalid_document', message: expect.stringContaining(message) },
  });
});

it.each<[string, object, string, string | undefined]>([
  ['in the night that its hours span', { hours: ['22:00', '06:00'] }, '05:59:59', undefined],
  ['at the second that ends it', { hours: ['22:00', '06:00'] }, '06:00:00', 'closed'],
  ['to the end of the day', { hours: ['08:00', '24:00'] }, '23:59:59', undefined],
  [
    'on a day that is dark as a whole',
    { dark: [{ from: '2026-03-01', to: '2026-03-02' }] },
    ...(['23:59:59', 'closed'] as const),
  ],
])('looks at the clock %s', (_, plan, at, reason) => {
  const { results } = answerOf(route(plan, { at })) as { results: { skipped: object }[] };
  expect(results[0]!.skipped).toEqual(reason === undefined ? {} : { A: reason });
});

it('takes plans by their priority where they have one, those without one last', () => {
  const plans = [PLAN, { ...PLAN, plan: 'B', priority: 2 }, { ...PLAN, plan: 'C', priority: 1 }];
  const { results } = answerOf(route({}, {}, { plans })) as { results: { plan: string }[] };
  expect(results[0]!.plan).toBe('C');
});

it('counts what a customer owes a party over all its plans', () => {
  const limited = { ...PLAN, plan: 'B', customer: '100.00' };
  const second = { ...APPLICATION, id: '2', refused_by: ['A'] };
  // A takes 70.00 of the first; 70.00 more are above 100.00 with the party.
  const answer = answerOf(
    route({}, {}, { plans: [PLAN, limited], applications: [APPLICATION, second] }),
  );
  expect(answer.results).toMatchObject([
    { plan: 'A', funded: '70.00' },
    { plan: null, skipped: { A: 'refused', B: 'customer' } },
  ]);
});
