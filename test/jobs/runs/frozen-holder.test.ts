import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCli } from '../../support/cli-process.js';
import { FrozenBook, type JobName, result } from '../../support/frozen-book.js';
import { errorOf, freeze, undisturbedResults, withFrozen } from '../../support/frozen-holder.js';

/** As test/long/frozen-holder.test.ts, with a short lease and one place of each job. */
const CASES = [
  ['eod', 'fold', 'meanwhile'],
  ['import', 'end', 'meanwhile'],
  ['reconcile', 'store', 'later'],
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

  it.concurrent('is no obstacle to another job: its sessions are ended, it keeps nothing', async () => {
    const target = await book.copy();
    const closed = await withFrozen(book, target, ['import', 'store'], TIMES, async (env) => {
      const line = [...book.line('eod'), '--wait', '5m'];
      return await startCli(line, env).ended;
    });
    expect(closed.other.code, closed.other.stderr).toBe(0);
    expect(errorOf(closed.frozen.stderr)).toMatchObject({ code: 'connection_lost' });
    expect([closed.frozen.code, (await result(target)).event]).toEqual([75, undisturbed.eod.event]);
  });
});
