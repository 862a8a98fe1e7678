import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FrozenBook, type JobName, PLACES } from '../support/frozen-book.js';
import {
  type Freeze,
  freeze,
  type Replaced,
  undisturbedResults,
} from '../support/frozen-holder.js';

/** The lease of the program as it is. */
const TIMES = { leaseSeconds: 20, frozenMs: 90_000 };
/** Each of them keeps two processes and up to ten sessions, idle for most of the time. */
const AT_A_TIME = 8;

const CASES: readonly Freeze[] = (['meanwhile', 'later'] as const).flatMap((start) =>
  (Object.keys(PLACES) as JobName[]).flatMap((job) =>
    PLACES[job].map((place): Freeze => ({ job, place, start })),
  ),
);

describe('a holder that is frozen for 90 seconds', () => {
  let book: FrozenBook;
  let undisturbed: Readonly<Record<JobName, Record<string, string>>>;
  beforeAll(async () => {
    book = await FrozenBook.build();
    undisturbed = await undisturbedResults(book);
  });
  afterAll(() => book?.remove());

  it('is replaced within the lease and ten seconds, whatever it was at', async () => {
    const waiting = [...CASES];
    const replaced: Replaced[] = [];
    const failed: string[] = [];
    const lane = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const { job, place, start } = next;
        try {
          replaced.push(await freeze(book, undisturbed[job], next, TIMES));
        } catch (error) {
          failed.push(`${job}.${place} ${start}: ${error}`);
        }
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, lane));
    const rows = replaced.map(({ job, place, start, seconds, winner, loser }) =>
      [`${job}.${place}`, start, seconds.toFixed(1), winner, loser].join('\t'),
    );
    console.log(['place\tstart\tseconds\twinner\tloser', ...rows.sort()].join('\n'));
    expect(failed).toEqual([]);
    expect(replaced).toHaveLength(CASES.length);
  });
});
