import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { differencesOf } from '../../src/chaos/differences.js';
import { fingerprintOf, rowsOf } from '../../src/chaos/fingerprint.js';
import { BARRIERS } from '../../src/chaos/programme.js';
import { connect } from '../../src/db/connect.js';
import { importLoans } from '../../src/jobs/import/import-loans.js';
import { packageRoot } from '../../src/package-root.js';
import { type ImportBook, importBook, OPEN_DAY } from '../support/import-book.js';

let book: ImportBook;
/** Sees every table, as whoever compares does. */
let client: pg.Client;
beforeAll(async () => {
  book = await importBook();
  client = await connect(book.database.target, { role: 'login' });
  const loan = `A1,CASH,1000.00,0.12,${OPEN_DAY}`;
  const file = book.file('loans.csv', 'loan_no,product,principal,rate,disbursed_on', loan);
  await importLoans(book.client, { file });
});
afterAll(async () => {
  await client?.end();
  await book?.remove();
});

/** The names of what differs once the owner has done this. */
async function told(sql: string): Promise<string[]> {
  const before = await fingerprintOf(client);
  await book.asOwner(sql);
  return differencesOf(before, await fingerprintOf(client)).map(({ what }) => what);
}

describe('the digests of a book', () => {
  it('are the same as long as nothing is changed', async () => {
    expect(await told('SELECT')).toEqual([]);
    expect((await fingerprintOf(client)).get('loan')).toMatch(/^1 rows [0-9a-f]{32}$/);
  });

  it.each([
    ['UPDATE loan SET principal = principal + 1', 'loan'],
    ['UPDATE event SET event_id = event_id + 7', 'event'],
    [`UPDATE audit SET reason = 'because'`, 'audit'],
    ['DELETE FROM schedule_balance', 'schedule_balance'],
    ['CREATE TABLE left_over (x integer)', 'left_over'],
  ])('tell %s', async (sql, table) => {
    expect(await told(sql)).toEqual([table]);
  });

  it.each([
    [`UPDATE imported_file SET imported_at = now() - interval '1 day'`],
    ['UPDATE imported_file SET import_id = DEFAULT'],
  ])('do not tell what differs between two tries: %s', async (sql) => {
    expect(await told(sql)).toEqual([]);
  });

  it('have rows behind them', async () => {
    expect(await rowsOf(client, 'bucket_counter')).toHaveLength(1024);
    expect(await rowsOf(client, 'no_such_table')).toEqual([]);
  });
});

it('every place at which a job can be held is in the programme, and no other', () => {
  const jobs = join(packageRoot, 'src/jobs');
  const files = readdirSync(jobs, { recursive: true, encoding: 'utf8' });
  const inCode = files
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => [
      ...readFileSync(join(jobs, file), 'utf8').matchAll(/barrier\('([^']+)'\)/g),
    ])
    .map(([, place]) => place);
  // Rotation is killed at its places by test/long/operations/rotated-keys.test.ts.
  const elsewhere = ['keys.made', 'keys.bucket'];
  const tried = [...Object.values(BARRIERS).flat(), ...elsewhere];
  expect(tried.sort()).toEqual([...new Set(inCode)].sort());
});
