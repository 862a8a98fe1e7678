import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withClient } from '../../src/db/connect.js';
import { packageRoot } from '../../src/package-root.js';
import { type TestDatabase, testDatabase } from '../support/database.js';

/**
 * On a distributed server the rows of several buckets lie on several nodes: a statement that locks
 * rows there waits on one while it holds another. So a statement that updates, deletes or locks rows
 * of a table with `bucket` says which one bucket it means.
 *
 * What does not is here, with why it may: `file: table`. Nothing that the night runs is among them.
 */
const ALLOWED: Readonly<Record<string, string>> = {
  'src/db/functions/import.sql: event':
    'an import is taken back by its number, under the book lock',
  'src/db/functions/import.sql: schedule': 'the same; joined with its loans by the bucket',
  'src/db/functions/import.sql: schedule_balance': 'the same',
  'src/db/functions/import.sql: loan': 'the same',
  'src/db/functions/import.sql: loan_party': 'the same; joined with its loans by the bucket',
  'src/db/functions/import.sql: merchant_order': 'the same; joined with its loans by the bucket',
  'src/db/functions/import.sql: opening_position': 'the same',
  'src/db/functions/import.sql: loan_look': 'the same; joined with its loans by the bucket',
  'src/jobs/import/loan-look.ts: loan_look': 'db migrate alone; joined by the bucket',
  'src/jobs/import/tasks/sql/loans-ordinals.sql: bucket_counter': 'a small table, kept whole',
  'src/db/functions/reconcile.sql: recon_break': 'kept whole: a break need not have a loan',
  'src/jobs/payments/sql/orders-change.sql: payment_order': 'kept whole: found by its number',
};

/** A statement by what it writes or locks: `UPDATE t`, `DELETE FROM t`, or FROM of a FOR UPDATE. */
const WRITES = /\b(?:UPDATE|DELETE\s+FROM)\s+(?:ONLY\s+)?([a-z_]+)/g;
const LOCKS = /\bFOR\s+(?:NO\s+KEY\s+)?(?:UPDATE|(?:KEY\s+)?SHARE)\b/;
const SOURCES = /\b(?:FROM|JOIN)\s+([a-z_]+)/g;
/** `bucket = $1`, `bucket = 17`, or a part put in: one bucket, not that of another table's row. */
const ONE_BUCKET = /\bbucket\s*=\s*(?:\$\d|\$\{|:[a-z]|\d|\()/;

/** What the statement locks rows of, beside tables that it makes itself. */
function locked(statement: string): string[] {
  const written = [...statement.matchAll(WRITES)].map(([, table = '']) => table);
  if (!LOCKS.test(statement)) return written;
  // Behind the last FROM only: a subquery locks nothing of its own.
  return [...written, ...[...statement.matchAll(SOURCES)].map(([, table = '']) => table)];
}

/** A statement ends with a semicolon, or with the string that holds it. */
function statementsOf(file: string, text: string): string[] {
  if (file.endsWith('.sql')) return text.replace(/--.*$/gm, '').split(';');
  return [...text.matchAll(/`[^`]*`|'(?:[^'\n\\]|\\.)*'|"[^"\n]*"/g)].flatMap(([quoted]) =>
    quoted.split(';'),
  );
}

function findings(file: string, text: string, withBucket: ReadonlySet<string>): string[] {
  return statementsOf(file, text).flatMap((statement) =>
    ONE_BUCKET.test(statement)
      ? []
      : locked(statement)
          .filter((table) => withBucket.has(table))
          .map((table) => `${file}: ${table}`),
  );
}

const sources = readdirSync(join(packageRoot, 'src'), { recursive: true, encoding: 'utf8' })
  .map((name) => posix.join('src', name))
  .filter((file) => /\.(sql|ts)$/.test(file) && !/\/(migrations|bench)\//.test(file));

describe('a statement that locks rows of a table with a bucket', () => {
  let database: TestDatabase;
  let withBucket: ReadonlySet<string>;
  beforeAll(async () => {
    database = await testDatabase();
    const sql = `SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
      WHERE c.relnamespace = 'loanbook'::regnamespace AND c.relkind IN ('r', 'p')
        AND a.attname = 'bucket' AND NOT a.attisdropped`;
    withBucket = await withClient(database.target, {}, async (client) => {
      const { rows } = await client.query<{ relname: string }>(sql);
      return new Set(rows.map(({ relname }) => relname));
    });
  });
  afterAll(() => database?.drop());

  it('names one bucket, or stands in the list with its reason', () => {
    const found = sources.flatMap((file) =>
      findings(file, readFileSync(join(packageRoot, file), 'utf8'), withBucket),
    );
    expect([...new Set(found)].filter((each) => !(each in ALLOWED))).toEqual([]);
    expect(Object.keys(ALLOWED).filter((each) => !found.includes(each))).toEqual([]);
  });

  it.each([
    ['x.sql', 'UPDATE event SET amount = 0 WHERE loan_id = $1', ['x.sql: event']],
    ['x.sql', 'UPDATE event SET amount = 0 WHERE bucket = $1 AND loan_id = $2', []],
    ['x.sql', 'DELETE FROM loan l USING given g WHERE l.bucket = g.bucket', ['x.sql: loan']],
    ['x.sql', 'SELECT 1 FROM loan WHERE loan_no = $1 FOR UPDATE', ['x.sql: loan']],
    [
      'x.sql',
      'SELECT 1 FROM run r JOIN event e USING (bucket) FOR NO KEY UPDATE',
      ['x.sql: event'],
    ],
    ['x.sql', 'SELECT 1 FROM loan WHERE bucket BETWEEN 1 AND 9 FOR SHARE', ['x.sql: loan']],
    ['x.sql', 'SELECT 1 FROM book FOR SHARE; SELECT 1 FROM loan', []],
    ['x.ts', 'query(`DELETE FROM schedule WHERE effective_on = $1`)', ['x.ts: schedule']],
    ['x.ts', "query('UPDATE loan SET org = $1')", ['x.ts: loan']],
    ['x.ts', 'query(`UPDATE run SET token = NULL`)', []],
  ])('is found: %s, %s', (file, text, expected) => {
    expect(findings(file, text, withBucket)).toEqual(expected);
  });
});
