import { expect, it } from 'vitest';
import { killOverAndOver } from '../jobs/import/tasks/killed.js';
import { importBook } from '../support/import-book.js';

const KILLS = 200;

it('leaves nothing or all at each of 200 kills, and goes on to the same result', async () => {
  const book = await importBook();
  try {
    const met = await killOverAndOver(book, { kills: KILLS, loans: 3000, seed: 11 }, (found, is) =>
      expect(found).toEqual(is),
    );
    expect(met.untouched + met.withTasks + met.complete).toBe(KILLS);
    expect(met.withTasks).toBeGreaterThan(0);
  } finally {
    await book.remove();
  }
});
