import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDay } from '../../../../src/accounting/calendar/epoch-day.js';
import { withClient } from '../../../../src/db/connect.js';
import { closeDays } from '../../../../src/jobs/eod/run/close-days.js';
import { loansToFold, tasksFor } from '../../../../src/jobs/eod/run/task-count.js';
import { generatedBook, type TestBook } from '../../../support/book.js';
import { type TestDatabase, testDatabase } from '../../../support/database.js';

describe('the tasks of a day', () => {
  // 8 × 25,000 = 200,000; 40 × 25,000 = 1,000,000; there are 1,024 buckets to share out.
  it.each([
    [0, 8],
    [200_000, 8],
    [200_001, 16],
    [999_000, 40],
    [1_000_000, 40],
    [1_000_001, 48],
    [50_000_000, 1024],
  ])('are so many eights that none has more than 25,000 loans: %i loans, %i', (loans, tasks) => {
    expect(tasksFor(loans)).toBe(tasks);
  });
});

describe('the loans of a day', () => {
  let database: TestDatabase;
  let book: TestBook;
  beforeAll(async () => {
    database = await testDatabase();
    book = await generatedBook(database.target, {
      loans: 300,
      seed: 5,
      start: '2026-03-30',
      days: 2,
    });
    await book.importDay('2026-03-30');
  });
  afterAll(async () => {
    await database?.drop();
    book?.remove();
  });

  const loansOn = (day: string): Promise<number> =>
    withClient(database.target, {}, (client) => loansToFold(client, parseDay(day)!));
  const numberOf = (sql: string): Promise<number> =>
    withClient(database.target, {}, async (client) => {
      const { rows } = await client.query<{ n: number }>(sql);
      return rows[0]!.n;
    });

  it('are those born on it, and then those that it begins with', async () => {
    expect(await loansOn('2026-03-30')).toBe(300);
    const [first] = await closeDays(database.target, { workers: 1 });
    const left = await numberOf('SELECT count(*) AS n FROM position_20260330');
    expect(left).toBeGreaterThan(250);
    expect(await loansOn('2026-03-31')).toBe(left);
    expect(await numberOf(`SELECT tasks AS n FROM run WHERE run_id = ${first!.runId}`)).toBe(8);
    await closeDays(database.target, { workers: 1, tasks: 3 });
    expect(await numberOf('SELECT tasks AS n FROM run ORDER BY run_id DESC LIMIT 1')).toBe(3);
  });
});
