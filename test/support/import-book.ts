import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { parseDay } from '../../src/accounting/calendar/epoch-day.js';
import { connect, withClient } from '../../src/db/connect.js';
import { applyProduct } from '../../src/jobs/book/apply-product.js';
import { createBook } from '../../src/jobs/book/create-book.js';
import { initKeys } from '../../src/jobs/parties/book-keys.js';
import { type TestDatabase, testDatabase } from './database.js';

/** The open day of the book that imports are tested on. */
export const OPEN_DAY = '2026-03-28';

export interface ImportBook {
  readonly database: TestDatabase;
  readonly client: pg.Client;
  readonly folder: string;
  /** Writes a file of these lines and returns its path; each line ends with a newline. */
  file(name: string, ...lines: readonly string[]): string;
  /** Writes a file of exactly this text. */
  raw(name: string, text: string): string;
  read(path: string): string[];
  rows(sql: string): Promise<Record<string, unknown>[]>;
  asOwner(sql: string): Promise<void>;
  /** Takes out all loans, files and runs: quicker than a new database a test. */
  reset(): Promise<void>;
  remove(): Promise<void>;
}

/** A handful of rows a test: DELETE takes a tenth of the time of TRUNCATE, which makes files anew. */
const RESET = `DELETE FROM loan; DELETE FROM loan_look; DELETE FROM schedule; DELETE FROM schedule_balance;
  DELETE FROM loan_party; DELETE FROM merchant_order; DELETE FROM event; DELETE FROM opening_position; DELETE FROM sealed_day; DELETE FROM execution; DELETE FROM step; DELETE FROM run;
  DELETE FROM replaced_import; DELETE FROM imported_file; ALTER TABLE imported_file ALTER import_id RESTART;
  DELETE FROM accounting_group; ALTER TABLE accounting_group ALTER group_id RESTART;
  UPDATE bucket_counter SET last_ordinal = 0 WHERE last_ordinal > 0`;

const PRODUCTS = [
  'code: CASH\nrepayment: {periods: 12}\neffective_from: 2024-01-01\n',
  'code: CASH\nversion: 2\nrepayment: {periods: 6}\neffective_from: 2026-03-01\n',
  'code: FREE\nrepayment: {principal_free_periods: 3}\neffective_from: 2024-01-01\n',
];

/** A book in CNY whose open day is OPEN_DAY, with a few products and no loan. */
export async function importBook(): Promise<ImportBook> {
  const database = await testDatabase();
  const client = await connect(database.target);
  const folder = mkdtempSync(join(tmpdir(), 'loanbook-import-'));
  const firstBusinessDate = parseDay(OPEN_DAY) ?? 0;
  await createBook(client, { entity: 'T', currency: 'CNY', firstBusinessDate, calendar: 'cn' });
  for (const text of PRODUCTS) await applyProduct(client, text, 'test');
  let owner: pg.Client | undefined;
  const asOwner = async (sql: string) => {
    await withClient(database.target, { role: 'owner' }, (session) => session.query(sql));
  };
  const raw = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  return {
    database,
    client,
    folder,
    raw,
    file: (name, ...lines) => raw(name, lines.map((line) => `${line}\n`).join('')),
    read: (path) => readFileSync(path, 'utf8').trimEnd().split('\n'),
    rows: async (sql) => (await client.query<Record<string, unknown>>(sql)).rows,
    asOwner,
    reset: async () => {
      owner ??= await connect(database.target, { role: 'owner' });
      await owner.query(RESET);
    },
    async remove() {
      await owner?.end();
      await client.end();
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Gives the book its first master keys, in a file of its folder. */
export async function firstKeys(book: ImportBook): Promise<{ file: string }> {
  const keys = { file: join(book.folder, 'keys') };
  await initKeys(book.client, { source: keys, suite: 'aes', by: 'Root' });
  return keys;
}
