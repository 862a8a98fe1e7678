import { expect, it } from 'vitest';
import { answerOf, holdToCases } from './funding-cases.js';

holdToCases('check');

const DAY = '2026-03-31';
const loan = (loan_no: string, principal: string, more: object = {}) => ({
  ...{ loan_no, status: 'normal', class: 'normal', principal, interest: '0.00' },
  ...more,
});
const check = (ours: object[], theirs: object[], more: object = {}) => ({
  ...{ kind: 'check', day: DAY, tolerance: 0, ours, theirs },
  ...more,
});

it.each<[string, object]>([
  [
    'ours[1].loan_no: is a loan of ours already; got L1',
    check([loan('L1', '1'), loan('L1', '2')], []),
  ],
  ['theirs[0].principal: must be an amount', check([], [loan('L1', '1.001')])],
  ['ours[0].late.colour: unknown key', check([loan('L1', '1', { late: { colour: '1' } })], [])],
  ['theirs[0].late: unknown key', check([], [loan('L1', '1', { late: {} })])],
  ['tolerance: must be a whole number, 0 or more; got 0.5', check([], [], { tolerance: '0.5' })],
  ['cross_days: must be a whole number', check([], [], { cross_days: -1 })],
  [
    'open[0].since: must not be after 2026-03-31; got 2026-04-01',
    check([], [], { open: [{ loan_no: 'L1', type: 'cross_day', since: '2026-04-01' }] }),
  ],
  [
    'open[0].type: must be one of duplicate',
    check([], [], { open: [{ loan_no: 'L1', type: 'late', since: DAY }] }),
  ],
  ['day: must be a date', check([], [], { day: '2026-02-30' })],
])('refuses, naming %s', (message, input) => {
  expect(answerOf(input)).toEqual({
    error: { code: 'invalid_document', message: expect.stringContaining(message) },
  });
});

it('names every break of a loan in the order of the page, loans sorted', () => {
  const ours = [loan('L2', '5.00', { class: 'loss' }), loan('L10', '1.00')];
  const theirs = [
    loan('L2', '7.00', {
      ...{ status: 'overdue', interest: '0.03' },
      ...{ before: { principal: '7.00', interest: '0.01' }, flows: { principal: '1.00' } },
    }),
  ];
  expect(answerOf(check(ours, theirs))).toEqual({
    matched: 0,
    breaks: [
      { loan_no: 'L10', type: 'missing_theirs' },
      // 7.00 is not 7.00 + 1.00, nor 0.03 the 0.01 of yesterday.
      { loan_no: 'L2', type: 'roll', component: 'principal', difference: '-1.00' },
      { loan_no: 'L2', type: 'roll', component: 'interest', difference: '0.02' },
      { loan_no: 'L2', type: 'status' },
      { loan_no: 'L2', type: 'class' },
      { loan_no: 'L2', type: 'amount', component: 'principal', difference: '2.00' },
      { loan_no: 'L2', type: 'amount', component: 'interest', difference: '0.03' },
    ],
    tolerated: {},
  });
});

it('compares nothing else of a loan that is there twice, or that one side lacks', () => {
  const wrong = { status: 'overdue', before: { principal: '0.00' } };
  const ours = [loan('L1', '5.00'), loan('L3', '0.00', { status: 'cancelled' })];
  const theirs = [loan('L1', '1.00', wrong), loan('L1', '2.00'), loan('L2', '1.00', wrong)];
  expect(answerOf(check(ours, theirs))).toEqual({
    matched: 1,
    breaks: [
      { loan_no: 'L1', type: 'duplicate' },
      { loan_no: 'L2', type: 'missing_ours' },
    ],
    tolerated: {},
  });
});

it('does not compare what their file does not say', () => {
  const ours = [loan('L1', '5.00', { interest: '9.00', late: { interest: '-3.00' } })];
  const theirs = [{ loan_no: 'L1', principal: '5.00' }];
  expect(answerOf(check(ours, theirs))).toMatchObject({ matched: 1, breaks: [] });
});

it('sums what is tolerated with its sign; a fen more is a break', () => {
  const ours = [loan('L1', '5.00'), loan('L2', '5.00'), loan('L3', '5.00')];
  const theirs = [loan('L1', '5.02'), loan('L2', '4.99'), loan('L3', '5.03')];
  expect(answerOf(check(ours, theirs, { tolerance: 2 }))).toEqual({
    matched: 2,
    breaks: [{ loan_no: 'L3', type: 'amount', component: 'principal', difference: '0.03' }],
    tolerated: { principal: '0.01' },
  });
});

it('late moves explain all components to the fen, or none', () => {
  const late = { principal: '-100.00', interest: '-2.00' };
  const ours = (loan_no: string) => loan(loan_no, '900.00', { interest: '1.00', late });
  const theirs = [
    loan('L1', '1000.00', { interest: '3.00' }),
    loan('L2', '1000.00', { interest: '3.01' }),
    loan('L3', '1000.00', { interest: '1.00' }),
  ];
  const input = check([ours('L1'), ours('L2'), ours('L3')], theirs, { tolerance: 1 });
  expect(answerOf(input).breaks).toEqual([
    { loan_no: 'L1', type: 'cross_day' },
    { loan_no: 'L2', type: 'amount', component: 'principal', difference: '100.00' },
    { loan_no: 'L2', type: 'amount', component: 'interest', difference: '2.01' },
    { loan_no: 'L3', type: 'amount', component: 'principal', difference: '100.00' },
  ]);
});
