import { expect, it } from 'vitest';
import { answerOf, holdToCases } from './funding-cases.js';

holdToCases('deduct');

const CODES = { '14': 'card', '34': 'risk', '51': 'insufficient', '61': 'limit', '96': 'system' };
const DUE = {
  ...{ loan_no: 'L1', due_on: '2026-03-05', seq: 1, amount: '100.00' },
  cards: [{ card: 'A', bank: 'ICBC' }],
};
const at = (day: number) => `2026-03-${String(day).padStart(2, '0')}T08:00`;
const run = (day = 5) => ({ type: 'run', at: at(day) });
const deduct = (channel: object, dues: object[], steps: object[]) => ({
  ...{ kind: 'deduct', channel: { code: 'CP', codes: CODES, ...channel } },
  ...{ dues: dues.map((due) => ({ ...DUE, ...due })), steps },
});
let files = 0;
/** A file of one answer; its total is right. */
function said(word: string, amount: string, more: object = {}, no = 'CP-L1-1-1-1', day = 5) {
  files += 1;
  const line = { order_no: no, word, amount, ...more };
  const file = `f${files}`;
  return { type: 'result', at: at(day), file, count: 1, total: amount, lines: [line] };
}
const failed = (code: string, more: object = {}, no?: string, day?: number) =>
  said('F', '100.00', { code, ...more }, no, day);
const amounts = ({ orders }: Record<string, unknown>) =>
  (orders as { amount: string }[]).map(({ amount }) => amount);
const reasons = ({ skipped }: Record<string, unknown>) =>
  (skipped as { reason: string }[]).map(({ reason }) => reason);

it.each<[string, object, string[]]>([
  ['all of it, without a limit', {}, ['100.00']],
  ['as much as the limit itself in one', { single: '100.00' }, ['100.00']],
  ['whole parts', { single: '50.00' }, ['50.00', '50.00']],
  ['the rest last', { single: '30.00' }, ['30.00', '30.00', '30.00', '10.00']],
  // 3 x 33.00 = 99.00 leaves 1.00: 4.00 comes off the third.
  [
    'a rest of the minimum',
    { single: '33.00', minimum: '5.00' },
    ['33.00', '33.00', '29.00', '5.00'],
  ],
  ['by the bank that the card is of', { banks: { ICBC: { single: '60.00' } } }, ['60.00', '40.00']],
  ['by no other bank', { banks: { CMB: { single: '60.00' } } }, ['100.00']],
  ["the bank's own limit", { single: '10.00', banks: { ICBC: { single: '100.00' } } }, ['100.00']],
  [
    'what the day leaves, in parts',
    { partial: true, daily: '70.00', single: '50.00' },
    ['50.00', '20.00'],
  ],
])('asks for %s', (_, channel, expected) => {
  expect(amounts(answerOf(deduct(channel, [{}], [run()])))).toEqual(expected);
});

it.each<[string, object, object[]]>([
  ['limit', { daily: '99.99' }, [run()]],
  ['limit', { minimum: '100.01' }, [run()]],
  ['limit', { partial: true, daily: '0.99', minimum: '1.00' }, [run()]],
  ['in_flight', {}, [run(), run(9)]],
  ['in_flight', {}, [run(), said('P', '100.00'), run(30)]],
  ['stopped', {}, [run(), failed('34'), { type: 'hold', at: at(5), loan_no: 'L1' }, run()]],
  [
    'held',
    { max_attempts: 1 },
    [run(), failed('51'), { type: 'hold', at: at(5), loan_no: 'L1' }, run()],
  ],
  ['attempts', { max_attempts: 1 }, [run(), failed('61'), run()]],
  ['wait', {}, [run(), failed('61'), run()]],
  ['no_card', {}, [run(), failed('14'), run(6)]],
  // A return's code counts like a failure's.
  [
    'stopped',
    {},
    [
      run(),
      said('S', '100.00'),
      { type: 'return', at: at(6), order_no: 'CP-L1-1-1-1', code: '34' },
      run(7),
    ],
  ],
])('skips by %s, the first that holds', (reason, channel, steps) => {
  expect(reasons(answerOf(deduct(channel, [{}], steps)))).toEqual([reason]);
});

it.each<[string, object, object[]]>([
  ['after the day of the limit', {}, [run(), failed('61'), run(6)]],
  [
    "after the channel's day of it",
    {},
    [run(), failed('61', { channel_date: '2026-03-05' }, undefined, 6), run(6)],
  ],
  [
    'when the last failure is another',
    {},
    [run(), failed('61'), run(6), failed('51', {}, 'CP-L1-1-2-1', 6), run(6)],
  ],
  [
    'where only system failed, however often',
    { max_attempts: 1 },
    [run(), failed('96'), run(), failed('96', {}, 'CP-L1-1-2-1'), run()],
  ],
  [
    'what was released',
    {},
    [
      run(),
      { type: 'release', at: at(5), order_no: 'CP-L1-1-1-1', by: 'wang', checked_by: 'li' },
      run(),
    ],
  ],
])('asks again %s', (_, channel, steps) => {
  const answer = answerOf(deduct(channel, [{}], steps));
  expect(reasons(answer)).toEqual([]);
  expect((answer.orders as { state: string }[]).at(-1)?.state).toBe('sent');
});

it('asks for one instalment of a loan at a time, the oldest first', () => {
  const dues = [{}, { seq: 2, amount: '50.00' }];
  const answer = answerOf(deduct({}, dues, [run(), said('S', '100.00'), run()]));
  expect(answer).toMatchObject({
    orders: [{ order_no: 'CP-L1-1-1-1' }, { order_no: 'CP-L1-2-1-1', amount: '50.00' }],
    skipped: [{ loan_no: 'L1', reason: 'in_flight' }],
    open: { L1: '50.00' },
  });
});

it('counts what a card is asked for over the loans that have it', () => {
  const dues = [{}, { loan_no: 'L2' }];
  expect(answerOf(deduct({ daily: '150.00' }, dues, [run()]))).toMatchObject({
    orders: [{ order_no: 'CP-L1-1-1-1' }],
    skipped: [{ loan_no: 'L2', reason: 'limit' }],
  });
});

const RELEASE = {
  type: 'release',
  at: at(5),
  order_no: 'CP-L1-1-1-1',
  by: 'wang',
  checked_by: 'li',
};
const RETURN = { type: 'return', at: at(6), order_no: 'CP-L1-1-1-1', code: '51' };
const NOT_OURS = { order_no: 'CP-L9-1-1-1' };
it.each<[string, object[]]>([
  ['late_success', [RELEASE, said('S', '100.00')]],
  ['contradiction', [said('S', '100.00'), failed('51')]],
  ['amount', [said('S', '100.01')]],
  ['amount', [said('S', '99.99')]],
  ['amount', [failed('51'), said('S', '99.99')]],
  ['not_in_flight', [failed('51'), RELEASE]],
  ['not_in_flight', [{ ...RELEASE, ...NOT_OURS }]],
  ['same_person', [failed('51'), { ...RELEASE, checked_by: 'wang' }]],
  ['return_without_success', [failed('51'), RETURN]],
  ['return_without_success', [said('S', '100.00'), RETURN, RETURN]],
  ['missing_ours', [{ ...RETURN, ...NOT_OURS }]],
  ['missing_ours', [failed('51', {}, 'CP-L9-1-1-1')]],
])('keeps a break %s', (type, steps) => {
  const { breaks } = answerOf(deduct({}, [{}], [run(), ...steps]));
  expect(breaks).toEqual([expect.objectContaining({ type })]);
});

it('takes nothing of what says no more than is known, and nothing back after a return', () => {
  const steps = [run(), said('P', '100.00'), said('P', '100.00', { code: '0' }), failed('51')];
  const more = [said('P', '100.00', { code: '1' }), failed('34')];
  expect(answerOf(deduct({}, [{}], [...steps, ...more]))).toMatchObject({
    orders: [{ state: 'failed', class: 'insufficient' }],
    files: [{ taken: 1 }, { taken: 0 }, { taken: 1 }, { taken: 0 }, { taken: 0 }],
    breaks: [],
  });
});

it.each<[string, object]>([
  [
    'channel.single: must not be below the minimum',
    deduct({ single: '0.99', minimum: '1.00' }, [], []),
  ],
  [
    'channel.banks.CMB.single: must not be below the minimum',
    deduct({ banks: { CMB: { single: '0.99' } }, minimum: '1.00' }, [], []),
  ],
  [
    'channel.words.S: must be one of success, failed, unknown',
    deduct({ words: { S: 'ok' } }, [], []),
  ],
  ['channel.codes.51: must be one of insufficient', deduct({ codes: { '51': 'poor' } }, [], [])],
  ['channel.max_attempts: must be a whole number, 1 or more', deduct({ max_attempts: 0 }, [], [])],
  ['channel.colour: unknown key', deduct({ colour: 1 }, [], [])],
  ['dues[1].seq: is due already', deduct({}, [{}, {}], [])],
  ['dues[0].amount: must be an amount, not negative', deduct({}, [{ amount: '-1.00' }], [])],
  ['steps[0].type: must be run, result', deduct({}, [], [{ type: 'gift', at: at(5) }])],
  ['steps[0].at: must be a moment', deduct({}, [], [{ type: 'run', at: '2026-02-30T08:00' }])],
  [
    'steps[0].loan_no: must be a loan of dues',
    deduct({}, [], [{ type: 'hold', at: at(5), loan_no: 'L1' }]),
  ],
  [
    "steps[1].word: must be a word of the channel's",
    deduct({}, [{}], [run(), { type: 'query', at: at(5), order_no: 'CP-L1-1-1-1', word: 'X' }]),
  ],
  ['steps[0].lines[0].amount: must be an amount', deduct({}, [], [said('S', '1.001')])],
])('refuses %s', (message, input) => {
  expect(answerOf(input)).toEqual({
    error: { code: 'invalid_document', message: expect.stringContaining(message) },
  });
});
