import { describe, expect, it } from 'vitest';
import { judgeLate, undoneBy } from '../../../src/accounting/backdating/arrivals.js';
import {
  baseDay,
  eventsJudgedBefore,
  knowingDay,
} from '../../../src/accounting/backdating/base-day.js';
import type { DatedEvent } from '../../../src/accounting/backdating/dated-event.js';
import { knownQueue } from '../../../src/accounting/backdating/known-queue.js';
import { VOIDED_EVENT, verdictAfter } from '../../../src/accounting/backdating/verdict.js';
import { EVENT_TYPE, PLAIN_EVENT } from '../../../src/accounting/events/loan-event.js';

const { repayment, waiver, reversal } = EVENT_TYPE;

/** Number, type, value date, business date, the event undone. */
type Row = readonly [number, number, number, number, number?];

function event([eventId, type, valueDate, businessDate, ofEventId = 0]: Row): DatedEvent {
  return { ...PLAIN_EVENT, eventId, type, valueDate, businessDate, ofEventId, amount: 100 };
}

describe('the day to go back to', () => {
  it.each<[string, Row[], number]>([
    ['nothing is late', [[1, repayment, 20, 20]], 19],
    ['a late event: the day before it took effect', [[1, repayment, 12, 20]], 11],
    [
      'a reversal: the day before its event did',
      [
        [1, repayment, 10, 10],
        [2, reversal, 20, 20, 1],
      ],
      9,
    ],
    [
      'a position that did not know an earlier late event does not serve',
      [
        [1, repayment, 5, 15],
        [2, repayment, 12, 20],
      ],
      4,
    ],
    [
      'one late event behind another',
      [
        [1, repayment, 2, 6],
        [2, repayment, 5, 15],
        [3, repayment, 12, 20],
      ],
      1,
    ],
    [
      'a late event that was known by then does not count',
      [
        [1, repayment, 5, 9],
        [2, repayment, 12, 20],
      ],
      11,
    ],
  ])('%s', (_title, rows, base) => {
    expect(baseDay(rows.map(event), 20)).toBe(base);
  });

  it('is looked for again below a day without a position', () => {
    const events = [event([1, repayment, 5, 9]), event([2, repayment, 12, 20])];
    expect(knowingDay(events, 8)).toBe(4);
    expect(knowingDay(events, 3)).toBe(3);
  });
});

it('asks for the verdicts of what is folded again and of what reversals and they undo', () => {
  const rows: Row[] = [
    [1, repayment, 3, 3],
    [2, repayment, 4, 4],
    [3, reversal, 8, 8, 1],
    [4, repayment, 12, 12],
    [5, repayment, 11, 20],
  ];
  const asked = eventsJudgedBefore(rows.map(event), 10, 20).map(({ eventId }) => eventId);
  expect(asked).toEqual([1, 3, 4]);
});

describe('a reversal', () => {
  const events = [event([1, repayment, 3, 3]), event([2, reversal, 20, 20, 1])];

  it.each([
    ['', ''],
    ['voided: loan_settled', ''],
    ['loan_settled', 'reversed_event_was_rejected'],
  ])('of an event with the rule "%s" gets "%s"', (rule, wanted) => {
    const history = { events, verdicts: new Map([[1, { rule, cash: 100 }]]) };
    const rules = judgeLate(history, 20, 0);
    expect(rules.get(2)).toBe(wanted);
    expect([...undoneBy(history, rules, 20)]).toEqual(wanted === '' ? [1] : []);
    expect([...undoneBy(history, rules, 19)]).toEqual([]);
  });
});

it('refuses what took effect before the loan was in the book', () => {
  const late = { events: [event([1, repayment, 3, 20])], verdicts: new Map() };
  expect(judgeLate(late, 20, 4).get(1)).toBe('value_date_before_the_book');
  expect(judgeLate(late, 20, 3).get(1)).toBe('');
});

it('folds again what stands, in its place what was voided, with the cash that has moved', () => {
  const events = [
    event([1, repayment, 9, 9]),
    event([2, repayment, 14, 14]),
    event([3, repayment, 13, 15]),
    event([4, waiver, 12, 12]),
    event([5, repayment, 16, 16]),
    event([6, repayment, 17, 17]),
  ];
  const verdicts = new Map([
    [2, { rule: '', cash: 70 }],
    [3, { rule: 'voided: loan_settled', cash: 60 }],
    [4, { rule: '', cash: 50 }],
    [5, { rule: 'loan_settled', cash: 0 }],
  ]);
  const queue = knownQueue(events, { verdicts, undone: new Set([6]), baseOn: 10 });
  expect(queue.map((item) => [item.event.eventId, item.event.type, item.event.cash])).toEqual([
    [4, waiver, undefined],
    [3, VOIDED_EVENT, 60],
    [2, repayment, 70],
  ]);
});

it.each([
  [undefined, 'x', { rule: 'x', cash: 7 }],
  [undefined, '', { rule: '', cash: 7 }],
  [{ rule: '', cash: 5 }, 'x', { rule: 'voided: x', cash: 5 }],
  [{ rule: '', cash: 5 }, '', undefined],
  [{ rule: 'voided: x', cash: 5 }, 'unknown_event_type', undefined],
] as const)('a verdict of %j that meets the rule "%s" becomes %j', (known, rule, wanted) => {
  const outcome = { eventId: 1, rule, allocated: 4, toSuspense: 3 };
  expect(verdictAfter(known, outcome)).toEqual(wanted);
});
