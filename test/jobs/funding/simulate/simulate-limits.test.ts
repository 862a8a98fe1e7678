import { expect, it } from 'vitest';
import { answerOf, holdToCases } from './funding-cases.js';

holdToCases('limits');

const POLICY = { effective_from: '2026-01-01', partner_concentration: '0.25', joint_total: '0.5' };
const PARTNER = { party: 'P1', joint: '25.00' };
const limits = (policy: object[], own: object = { tier1_capital: '100.00', loans: '49.99' }) => ({
  ...{ kind: 'limits', as_of: '2026-03-31', policy, own, partners: [PARTNER] },
});

it.each<[string, object]>([
  ['policy[0].joint_total: must be a decimal number', limits([{ ...POLICY, joint_total: '-1' }])],
  ['policy[1].effective_from: is the day of another policy', limits([POLICY, POLICY])],
  ['own.tier1_capital: is required', limits([POLICY], { loans: '1.00' })],
  ['own.loans: is required', limits([POLICY], { tier1_capital: '1.00' })],
  ['policy[0].floor: unknown key', limits([{ ...POLICY, floor: '0.3' }])],
  ['customers[0].balance: is required', { ...limits([]), customers: [{ customer: 'C1' }] }],
])('refuses %s', (message, input) => {
  expect(answerOf(input)).toEqual({
    error: { code: 'invalid_document', message: expect.stringContaining(message) },
  });
});

it('cuts a limit to the fen, so that half a fen above it is above it', () => {
  // 49.99 x 0.5 = 24.995: 24.99 is allowed, 25.00 is not.
  expect(answerOf(limits([POLICY])).checks).toEqual([
    {
      ...{ rule: 'partner_concentration', of: 'P1', value: '25.00', limit: '25.00' },
      ...{ headroom: '0.00', holds: true },
    },
    {
      ...{ rule: 'joint_total', of: null, value: '25.00', limit: '24.99' },
      ...{ headroom: '-0.01', holds: false },
    },
  ]);
});

it('has no bound before the first policy', () => {
  const answer = answerOf({ ...limits([POLICY]), as_of: '2025-12-31' });
  expect(answer).toEqual({ effective_from: null, checks: [] });
});
