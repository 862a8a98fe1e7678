import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FrozenBook, type JobName } from '../../support/frozen-book.js';
import { freeze, undisturbedResults } from '../../support/frozen-holder.js';

/** As test/long/frozen-holder.test.ts, with a short lease and a place or two of each job. */
const CASES = [
  ['eod', 'fold', 'meanwhile'],
  ['eod', 'seal', 'later'],
  ['import', 'end', 'meanwhile'],
  ['reconcile', 'match', 'later'],
  ['impairment', 'post', 'meanwhile'],
  ['period', 'rows', 'meanwhile'],
] as const;
const TIMES = { leaseSeconds: 2, frozenMs: 4_000 };

describe('a holder that is frozen', () => {
  let book: FrozenBook;
  let undisturbed: Readonly<Record<JobName, Record<string, string>>>;
  beforeAll(async () => {
    book = await FrozenBook.build();
    undisturbed = await undisturbedResults(book);
  });
  afterAll(() => book?.remove());

  it.concurrent.each(CASES)('%s in %s is replaced, and lost when it wakes', async (...of) => {
    const [job, place, start] = of;
    const replaced = await freeze(book, undisturbed[job], { job, place, start }, TIMES);
    expect([0, 3]).toContain(replaced.winner);
  });
});
