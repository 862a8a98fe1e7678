import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { laySchedule } from '../../../src/accounting/schedule/schedule.js';
import { connect, withClient } from '../../../src/db/connect.js';
import { migrate } from '../../../src/db/migrate.js';
import { MIGRATIONS_FOLDER } from '../../../src/db/migration-files.js';
import { applyProduct } from '../../../src/jobs/book/apply-product.js';
import { createBook } from '../../../src/jobs/book/create-book.js';
import { parseProductDocument } from '../../../src/jobs/book/documents/product-document.js';
import { loadBook } from '../../../src/jobs/book/load-book.js';
import { storedDocument } from '../../../src/jobs/book/stored-document.js';
import { contractOf } from '../../accounting/product/terms.js';
import { emptyDatabase, type TestDatabase } from '../../support/database.js';

/** The key does nothing, and year_cut did not either before reading 2. */
const OLD = `code: OLD
repayment: {method: interest_only, payment_multiple: 10}
interest: {basis: actual, period_interest: actual_days, year_cut: jan_1}
`;

let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  database = await emptyDatabase();
  folder = mkdtempSync(join(tmpdir(), 'loanbook-before-'));
  cpSync(MIGRATIONS_FOLDER, folder, {
    recursive: true,
    filter: (path) => !/\d{4}_/.test(path) || !isFromReadings(path),
  });
});

afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

function isFromReadings(path: string): boolean {
  return Number(/(\d{4})_[a-z0-9_]+\.sql$/.exec(path)?.[1]) >= 23;
}

it('a version that stood in a book keeps its reading and its keys; a new one is read anew', async () => {
  await migrate(database.target, folder);
  const { document, sha256 } = storedDocument(parseProductDocument(OLD, 'old').document);
  await withClient(database.target, { role: 'owner' }, (owner) =>
    owner.query(
      `INSERT INTO product_version (code, version, name, effective_from, document, sha256)
       VALUES ('OLD', 1, 'OLD', '2020-01-01', $1, $2)`,
      [document, sha256],
    ),
  );
  await migrate(database.target);
  const client = await connect(database.target);
  try {
    await createBook(client, {
      entity: 'Readings',
      currency: 'CNY',
      firstBusinessDate: 19_723,
      calendar: 'none',
    });
    expect(await applyProduct(client, OLD, 'old.yaml')).toMatchObject({ outcome: 'unchanged' });
    await expect(applyProduct(client, `${OLD}version: 2\n`, 'old.yaml')).rejects.toMatchObject({
      code: 'invalid_document',
      exitCode: 2,
      message:
        'old.yaml: invalid\n  repayment.payment_multiple: ' +
        'no_effect: with method interest_only and no down_payment; got 10',
    });
    const next = `${OLD.replace(', payment_multiple: 10', '')}version: 2\n`;
    expect(await applyProduct(client, next, 'new.yaml')).toMatchObject({ outcome: 'applied' });
    // 300,000 x 6% x (16/365 + 15/366), and (17/365 + 14/366) where the year is cut at its start.
    const interest = [...(await loadBook(client)).products.values()].map((terms) => [
      terms.version,
      ...laySchedule(terms, contractOf('300000.00', '6', 1, '2023-12-15')).interest,
    ]);
    expect(interest).toEqual([
      [1, 152_675],
      [2, 152_688],
    ]);
  } finally {
    await client.end();
  }
});
