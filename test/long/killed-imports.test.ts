import { expect, it } from 'vitest';
import { killOverAndOver } from '../jobs/import/tasks/killed.js';
import { importBook } from '../support/import-book.js';

const KILLS = 200;
/** Some eight seconds a kill where other work shares the machine. */
const TIMEOUT_MS = 2 * 60 * 60_000;

it(
  'leaves nothing or all at each of 200 kills, and goes on to the same result',
  async () => {
    const book = await importBook();
    try {
      const met = await killOverAndOver(
        book,
        { kills: KILLS, loans: 3000, seed: 11 },
        (found, is) => expect(found).toEqual(is),
      );
      expect(met.untouched + met.withTasks + met.complete).toBe(KILLS);
      expect(met.withTasks).toBeGreaterThan(0);
      console.log(`${KILLS} kills: ${JSON.stringify(met)}`);
    } finally {
      await book.remove();
    }
  },
  TIMEOUT_MS,
);
