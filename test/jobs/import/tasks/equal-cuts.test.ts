import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../../../src/db/connect.js';
import { importLoans } from '../../../../src/jobs/import/import-loans.js';
import { type ImportBook, importBook, OPEN_DAY } from '../../../support/import-book.js';
import { bytesOf, HEADER, leftBehind, mixedLoans, mixedSchedules } from './loan-files.js';

const COUNT = 600;
const NONE = Number.MAX_SAFE_INTEGER;
/** How the same file may be cut: in the transaction itself, or by threads; few tasks or many. */
const CUTS = {
  'one task': { threadsFromBytes: NONE },
  'seven tasks and more': { threadsFromBytes: NONE, taskRows: 60 },
  'one thread': { threadsFromBytes: 0, workers: 1, taskRows: 100 },
  'two threads': { threadsFromBytes: 0, workers: 2, taskRows: 300 },
  'three threads, many tasks': { threadsFromBytes: 0, workers: 3, taskRows: 40 },
};

let book: ImportBook;
beforeAll(async () => {
  book = await importBook();
});
afterEach(async () => {
  await book.reset();
  await book.asOwner('ALTER SEQUENCE event_arrival RESTART');
});
afterAll(() => book.remove());

function files() {
  const file = book.file('loans.csv', HEADER, ...mixedLoans(COUNT));
  return {
    file,
    schedules: book.file('schedules.csv', ...mixedSchedules(COUNT)),
    maxRejects: NONE,
  };
}

describe('an import of loans', () => {
  const found: Record<string, unknown>[] = [];
  it.each(Object.entries(CUTS))('leaves the same behind: %s', async (_, cut) => {
    const outcome = await importLoans(book.client, { ...files(), cut });
    expect(outcome.rowsTaken + outcome.rowsRejected).toBe(outcome.rowsRead);
    const rejects = bytesOf(outcome.rejectFile).split('\n');
    const rules = new Set(rejects.map((line) => line.split(',')[2]));
    for (const rule of [
      'loan_no_repeated',
      'loan_no_looks_like',
      'malformed_rate',
      'column_count',
    ]) {
      expect(rules).toContain(rule);
    }
    for (const rule of ['malformed_text', 'missing_field', 'loan_not_in_file']) {
      expect(rules).toContain(rule);
    }
    found.push({ ...(await leftBehind(book)), outcome, rejects });
    expect(found.at(-1)).toEqual(found[0]);
  });

  it('copies its rows into a book that has loans, to the same result', async () => {
    const first = book.file('first.csv', HEADER, `FIRST,CASH,5.00,0.18,${OPEN_DAY},O1`);
    const left: unknown[] = [];
    for (const cut of [CUTS['one task'], CUTS['two threads']]) {
      await importLoans(book.client, { file: first });
      await importLoans(book.client, { ...files(), cut });
      left.push(await leftBehind(book));
      await book.reset();
      await book.asOwner('ALTER SEQUENCE event_arrival RESTART');
    }
    expect(left[1]).toEqual(left[0]);
  });

  it('copies its rows while somebody reads the book, and is not seen before it is whole', async () => {
    const expected = found[0];
    const reader = await connect(book.database.target);
    await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await reader.query('SELECT count(*) FROM loan');
    await importLoans(book.client, { ...files(), cut: CUTS['two threads'] });
    const { rows } = await reader.query(
      'SELECT count(*) AS n FROM loan JOIN event USING (loan_id)',
    );
    expect(rows).toEqual([{ n: 0 }]);
    await reader.query('COMMIT');
    await reader.end();
    expect(expected).toMatchObject(await leftBehind(book));
  });

  it('takes a row as the line that it is, or as its fields, to the same result', async () => {
    const loans = mixedLoans(COUNT).filter((line) => !line.includes('"'));
    const [title = '', ...schedules] = mixedSchedules(COUNT);
    const quoted = (line: string) => line.replace(/^[^,]+/, '"$&"');
    const left: Record<string, unknown>[] = [];
    for (const written of [(line: string) => line, quoted]) {
      const [first = '', ...others] = loans;
      const outcome = await importLoans(book.client, {
        file: book.file('loans.csv', HEADER, written(first), ...others),
        schedules: book.file('schedules.csv', title, written(schedules[0]!), ...schedules.slice(1)),
        maxRejects: NONE,
        cut: CUTS['two threads'],
      });
      const { imported_file: _, ...rest } = await leftBehind(book);
      left.push({ ...rest, taken: outcome.rowsTaken, rejects: outcome.rejectedByRule });
      await book.reset();
      await book.asOwner('ALTER SEQUENCE event_arrival RESTART');
    }
    expect(left[0]?.rejects).toMatchObject({ column_count: expect.any(Number) });
    expect(left[1]).toEqual(left[0]);
  });

  it('takes nothing and leaves nothing behind where it is refused, or only tried', async () => {
    const before = await leftBehind(book);
    const refused = { ...files(), maxRejects: 3, cut: CUTS['two threads'] };
    await expect(importLoans(book.client, refused)).rejects.toMatchObject({
      code: 'too_many_rejects',
    });
    await importLoans(book.client, { ...files(), dryRun: true, cut: CUTS['two threads'] });
    expect(await leftBehind(book)).toEqual(before);
  });
});

describe("tables that take the place of the book's", () => {
  it('are like them in every column, key, right and word', async () => {
    const fresh = await importBook();
    try {
      await importLoans(fresh.client, { ...files(), cut: CUTS['two threads'] });
      expect(await catalogueOf(fresh)).toEqual(await catalogueOf(book));
    } finally {
      await fresh.remove();
    }
  });
});

/** What the catalogue says of the tables of loans; `book` never took others' in its place. */
async function catalogueOf(of: ImportBook): Promise<unknown> {
  const tables = `('loan', 'schedule', 'schedule_balance', 'event', 'installment')`;
  const asked = [
    `SELECT c.relname, c.relkind, c.reloptions, pg_get_userbyid(c.relowner) AS owner, c.relpersistence,
       obj_description(c.oid) AS comment,
       ARRAY(SELECT a::text FROM unnest(c.relacl) AS a ORDER BY 1) AS rights
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = 'loanbook' AND c.relname IN ${tables} ORDER BY 1`,
    `SELECT a.attrelid::regclass::text AS relation, a.attname, format_type(a.atttypid, a.atttypmod) AS type,
       a.attnotnull, a.attstorage, a.attacl::text, a.attcollation, pg_get_expr(d.adbin, d.adrelid) AS value,
       col_description(a.attrelid, a.attnum) AS comment
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
     JOIN pg_namespace n ON n.oid = c.relnamespace
     LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
     WHERE n.nspname = 'loanbook' AND c.relname IN ${tables} AND a.attnum > 0 ORDER BY 1, a.attnum`,
    `SELECT conrelid::regclass::text AS relation, conname, contype, pg_get_constraintdef(oid) AS text
     FROM pg_constraint WHERE connamespace = 'loanbook'::regnamespace AND conrelid <> 0
       AND conrelid::regclass::text IN ${tables} ORDER BY 1, 2`,
    `SELECT tablename, indexname, indexdef FROM pg_indexes
     WHERE schemaname = 'loanbook' AND tablename IN ${tables} ORDER BY 1, 2`,
    `SELECT viewname, definition FROM pg_views WHERE schemaname = 'loanbook' ORDER BY 1`,
  ];
  const answers: unknown[] = [];
  // One after the other: a session answers one question at a time.
  for (const sql of asked) answers.push(await of.rows(sql));
  return answers;
}
