import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DatabaseTarget } from '../../../src/db/target.js';
import { closeDays } from '../../../src/jobs/eod/close-days.js';
import { generatedBook, type TestBook } from '../../support/book.js';
import { databaseLike, type TestDatabase, testDatabase } from '../../support/database.js';
import { chainOf, killSessions } from '../../support/unrest.js';

const DAYS = ['2026-03-30', '2026-03-31'];
const TASKS = 24;

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
    book = await generatedBook(built.target, { loans: 1500, seed: 23, start, days: DAYS.length });
    for (const day of DAYS) await book.importDay(day);
    const target = await fresh();
    await close(target);
    undisturbed = await chainOf(target);
    expect(undisturbed).toHaveLength(2);
  });

  afterAll(async () => {
    for (const database of databases) await database.drop();
    book?.remove();
  });

  const names = ['loanbook fold', 'loanbook eod', 'loanbook tidy %', 'loanbook check %'];
  it.each(names)('goes on in the same process where %s is one of them', async (name) => {
    const target = await fresh();
    const retries: string[] = [];
    const killer = killSessions(target, { name, kills: 2, waitMs: () => 5 });
    await close(target, retries).finally(async () => expect(await killer.stop()).toBe(2));
    expect(retries.length).toBeGreaterThan(0);
    expect(await chainOf(target)).toEqual(undisturbed);
  });
});
