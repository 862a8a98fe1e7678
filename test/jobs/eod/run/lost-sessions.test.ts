import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DatabaseTarget } from '../../../../src/db/target.js';
import { closeDays } from '../../../../src/jobs/eod/run/close-days.js';
import { generatedBook, type TestBook } from '../../../support/book.js';
import { databaseLike, type TestDatabase, testDatabase } from '../../../support/database.js';
import { chainOf, killSessions } from '../../../support/unrest.js';

const DAYS = ['2026-03-30'];
const TASKS = 8;

describe('a close whose sessions are killed', () => {
  let built: TestDatabase;
  let book: TestBook;
  let undisturbed: string[];
  const databases: TestDatabase[] = [];

  async function fresh(): Promise<DatabaseTarget> {
    const database = await databaseLike(built);
    databases.push(database);
    return database.target;
  }

  const close = async (target: DatabaseTarget, retries: string[] = []): Promise<void> => {
    const onRetry = ({ sqlstate }: { sqlstate: string }) => retries.push(sqlstate);
    for (const _ of DAYS) await closeDays(target, { workers: 2, tasks: TASKS, onRetry });
  };

  beforeAll(async () => {
    built = await testDatabase();
    databases.push(built);
    const start = DAYS[0]!;
    book = await generatedBook(built.target, { loans: 600, seed: 23, start, days: DAYS.length });
    for (const day of DAYS) await book.importDay(day);
    const target = await fresh();
    await close(target);
    undisturbed = await chainOf(target);
    expect(undisturbed).toHaveLength(1);
  });

  afterAll(async () => {
    for (const database of databases) await database.drop();
    book?.remove();
  });

  // The one that steers it, both of a task, the one that vacuums, those of the checks.
  const names = ['loanbook eod', 'loanbook fold', 'loanbook tidy %', 'loanbook check %'];
  it('goes on in the same process, whichever of them is killed, with the same hash', async () => {
    const target = await fresh();
    const retries: string[] = [];
    const killers = names.map((name) => killSessions(target, { name, kills: 1, waitMs: () => 3 }));
    const done = close(target, retries);
    await done.finally(async () => {
      const killed = await Promise.all(killers.map((killer) => killer.stop()));
      expect(killed).toEqual([1, 1, 1, 1]);
    });
    expect(retries.length).toBeGreaterThan(0);
    expect(await chainOf(target)).toEqual(undisturbed);
  });
});
