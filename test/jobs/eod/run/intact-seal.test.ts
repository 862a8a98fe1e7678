import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withClient } from '../../../../src/db/connect.js';
import { closeDays } from '../../../../src/jobs/eod/run/close-days.js';
import { generatedBook, type TestBook } from '../../../support/book.js';
import { databaseLike, type TestDatabase, testDatabase } from '../../../support/database.js';

const OPTIONS = { workers: 1, tasks: 4 };

describe('a close over a day whose seal was changed', () => {
  let built: TestDatabase;
  let book: TestBook;
  beforeAll(async () => {
    built = await testDatabase();
    const made = { loans: 60, seed: 4, start: '2026-03-30', days: 3 };
    book = await generatedBook(built.target, made);
    for (const _ of [1, 2]) await closeDays(built.target, OPTIONS);
  });
  afterAll(async () => {
    await built.drop();
    book.remove();
  });

  const LAST = `business_date = '2026-03-31'`;
  const OTHER = `sha256('other')`;
  it.each([
    ['its content hash', `UPDATE sealed_day SET content_hash = ${OTHER} WHERE ${LAST}`, 'content'],
    ['its chain hash', `UPDATE sealed_day SET chain_hash = ${OTHER} WHERE ${LAST}`, 'link'],
    [
      'the chain hash before',
      `UPDATE sealed_day SET chain_hash = ${OTHER} WHERE business_date = '2026-03-30'`,
      'link',
    ],
    [
      'the hash of a task',
      `UPDATE step SET hash = ${OTHER} WHERE phase = 'fold' AND task = 1
       AND run_id = (SELECT run_id FROM run WHERE ${LAST})`,
      'content',
    ],
    ['a table that is gone', 'DROP TABLE journal_line_20260331', 'journal_line_20260331'],
    ['a seal that is gone', `DELETE FROM sealed_day WHERE ${LAST}`, 'sealed day'],
  ])('stops with evidence: %s', async (_what, sql, place) => {
    const database = await databaseLike(built);
    await withClient(database.target, { role: 'owner' }, (client) => client.query(sql));
    await expect(closeDays(database.target, OPTIONS)).rejects.toMatchObject({
      code: 'seal_broken',
      exitCode: 3,
      evidence: { businessDate: '2026-03-31', place: expect.stringContaining(place) },
    });
    await database.drop();
  });

  it('goes on where it holds', async () => {
    const database = await databaseLike(built);
    expect(await closeDays(database.target, OPTIONS)).toMatchObject([{ held: 0 }]);
    await database.drop();
  });
});
