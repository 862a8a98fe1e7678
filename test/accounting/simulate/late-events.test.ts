import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatDay } from '../../../src/accounting/calendar/epoch-day.js';
import { type History, simulatedHistory, timely } from '../../histories/random-history.js';
import { day } from '../product/terms.js';

/** What is as known at the end; `daily` tells what each close posted. */
function endOf(history: History) {
  const { schedule, installments, position, allocations, rejected } = simulatedHistory(history);
  return { end: { schedule, installments, position, allocations }, rejected: rejected.length };
}

/** What these move is priced on arrival and stays: there the order of arrival does matter. */
const PRICED = new Set(['settlement', 'prepayment', 'recovery', 'suspense_refund']);

/** Events that are known by the end, each with a ref and a value date of its own. */
const plain = timely.map((history) => {
  const seen = new Set<string>();
  const events = history.events.filter(({ ref, type, value_date: on }) => {
    if (PRICED.has(type)) return false;
    if (on > history.through || seen.has(ref) || seen.has(on)) return false;
    seen.add(ref).add(on);
    return true;
  });
  return { ...history, events };
});

const delays = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 9, maxLength: 9 });

/** Every event booked some days after its value date, by the end of the history at last. */
function delayed(history: History, by: readonly number[]): History {
  const until = day(history.through);
  const events = history.events.map((event, k) => ({
    ...event,
    business_date: formatDay(Math.min(day(event.value_date) + by[k]!, until)),
  }));
  return { ...history, events };
}

// Fails when the fold takes events in order of arrival.
it('arriving late equals arriving in time', () => {
  fc.assert(
    fc.property(plain, delays, (history, by) => {
      const late = endOf(delayed(history, by));
      const timely = endOf(history);
      // An event that another one made impossible is rejected from then on: the ways part.
      fc.pre(late.rejected + timely.rejected === 0);
      expect(late.end).toEqual(timely.end);
    }),
    { numRuns: 150 },
  );
});

// Fails when the fold leaves the reversed event in its queue.
it('a reversal leaves the loan as if neither it nor its event had been', () => {
  fc.assert(
    fc.property(plain, delays, fc.nat(), (history, by, which) => {
      fc.pre(history.events.length > 0);
      const late = delayed(history, by);
      const at = which % late.events.length;
      const { ref, business_date: booked = '' } = late.events[at]!;
      const on = formatDay(Math.min(day(booked) + (which % 30), day(history.through)));
      const undo = { ref: 'UNDO', type: 'reversal', of: ref, value_date: on };
      const reversed = endOf({ ...late, events: [...late.events, undo] });
      const without = endOf({ ...late, events: late.events.filter((_, k) => k !== at) });
      fc.pre(reversed.rejected + without.rejected === 0);
      expect(reversed.end).toEqual(without.end);
    }),
    { numRuns: 150 },
  );
});
