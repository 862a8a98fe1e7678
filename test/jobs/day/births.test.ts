import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseDay } from '../../../src/accounting/calendar/epoch-day.js';
import { withClient } from '../../../src/db/connect.js';
import { TupleList } from '../../../src/db/copy/tuple-list.js';
import { Births, loadBirths } from '../../../src/jobs/day/births.js';
import { generatedBook, type TestBook } from '../../support/book.js';
import { type TestDatabase, testDatabase } from '../../support/database.js';

const DAY = '2026-03-30';
const BUCKETS = 1024;

let database: TestDatabase;
let book: TestBook;

beforeAll(async () => {
  database = await testDatabase();
  book = await generatedBook(database.target, { loans: 400, seed: 5, start: DAY, days: 1 });
});

afterAll(async () => {
  await database?.drop();
  book?.remove();
});

/** Number and digest of every loan born, by tasks of so many buckets. */
async function bornBy(buckets: number): Promise<[number, string | undefined][]> {
  return withClient(database.target, {}, async (client) => {
    const born: [number, string | undefined][] = [];
    for (let from = 0; from < BUCKETS; from += buckets) {
      const scope = { date: parseDay(DAY)!, bucketFrom: from, bucketTo: from + buckets - 1 };
      const tuples = new TupleList();
      await loadBirths(client, scope, tuples);
      const births = new Births(tuples);
      while (births.nextId < Number.POSITIVE_INFINITY) {
        const { birth, digest } = births.take();
        born.push([birth.loanId, digest()]);
      }
    }
    return born;
  });
}

it('reads many births at once as it looks up few', async () => {
  const merged = await bornBy(BUCKETS);
  expect(merged).toHaveLength(400);
  expect(merged).toEqual(await bornBy(16));
});
