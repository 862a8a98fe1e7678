import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { withClient } from '../../src/db/connect.js';
import { packageRoot } from '../../src/package-root.js';
import { emptyDatabase, type TestDatabase } from '../support/database.js';

export const UPGRADE_FIXTURES = join(packageRoot, 'fixtures/upgrade');

/** The first day that is open in the dumped book: it has closed 17 days, and February. */
export const DUMPED_OPEN_DAY = '2026-03-03';

/** The book of a dump as its version left it: the first thing it needs is `db migrate`. */
export async function dumpedBook(name = 'book-0018'): Promise<TestDatabase> {
  const database = await emptyDatabase();
  const dump = gunzipSync(readFileSync(join(UPGRADE_FIXTURES, `${name}.sql.gz`))).toString();
  // A text without parameters goes over as it is, whatever functions it holds between $$.
  await withClient(database.target, { role: 'login' }, (client) => client.query(dump));
  return database;
}
