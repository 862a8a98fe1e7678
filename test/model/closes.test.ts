import { expect, it } from 'vitest';
import { cashLoan } from '../histories/random-cash.js';
import { type History, historyByCloses, historyOf } from './history.js';
import { dayOf } from './schedule/days.js';
import { termsOf } from './terms.js';

const HISTORIES = 12;

/** What a history ends with, and what its closes posted; exact fractions have no other name. */
function toldOf({ last, daily, rejected }: History) {
  const { rows, lines, suspense, refundDue, cash, status } = last.state;
  return { rows, lines, suspense, refundDue, cash, status, daily, rejected };
}

// Fails when a fold takes an event before its business date, or judges it twice.
it('folding again at every close is folding again where the past changes', () => {
  for (let seed = 1; seed <= HISTORIES; seed += 1) {
    const document = cashLoan(seed);
    const events = document.events ?? [];
    const through = dayOf(document.through ?? '');
    const terms = termsOf(document);
    const slow = historyByCloses(terms, events, through);
    expect(toldOf(historyOf(terms, events, through)), `seed ${seed}`).toEqual(toldOf(slow));
  }
});
