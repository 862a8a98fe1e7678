import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../src/db/connect.js';
import type { ScratchBook } from '../support/scratch-book.js';
import { proofBook } from './proof-book.js';
import {
  byKind,
  type Column,
  change,
  copy,
  disarm,
  everyColumn,
  isNamed,
  keyColumns,
  PASSING,
  remove,
  type Tampered,
  told,
  undone,
} from './tampering.js';

let book: ScratchBook;
let client: pg.Client;
let columns: readonly Column[];

beforeAll(async () => {
  book = await proofBook();
  client = await connect(book.database.target, { role: 'login' });
  columns = await everyColumn(client);
  await disarm(client);
});
afterAll(async () => {
  await client?.end();
  await book?.remove();
});

/** The server itself refuses them, however disarmed: a row of a day can't be of another one. */
const REFUSED = (column: Column) =>
  column.column === 'business_date' && /_\d{8}$/.test(column.table);

/** What says where to look: a change of it hides others, so that it is made alone. */
const GUIDES = ['book', 'chained_table', 'row_digest', 'run', 'sealed_day', 'sealed_input'];
const STEP_KEY = ['run_id', 'phase', 'task', 'bucket_from', 'bucket_to'];
const isGuide = ({ table, column }: Column) =>
  GUIDES.includes(table) || (table === 'step' && STEP_KEY.includes(column));

const nameOf = ({ table, column, of }: Column) => `${table}.${column} where ${of}`;

/** Makes one change in each of these at once; returns those that nothing names. */
async function unnamed(
  chosen: readonly Column[],
  tamper: (client: pg.Client, column: Column) => Promise<Tampered>,
): Promise<string[]> {
  return undone(client, async () => {
    const rows: [Column, Tampered][] = [];
    for (const column of chosen) rows.push([column, await tamper(client, column)]);
    const lines = await told(client);
    return rows.filter(([, row]) => !isNamed(lines, row)).map(([column]) => nameOf(column));
  });
}

/** The columns in rounds of one a table and kind of row. */
function rounds(chosen: readonly Column[]): Column[][] {
  const kinds = byKind(chosen);
  const longest = Math.max(...kinds.map((own) => own.length));
  return Array.from({ length: longest }, (_, k) => kinds.flatMap((own) => own.slice(k, k + 1)));
}

// Some hundred changes, and a look at the whole book behind each.
describe('a book in which every table has rows', { timeout: 240_000 }, () => {
  it('holds while nobody changes it', async () => {
    expect(await told(client)).toEqual([]);
    const { rows } = await client.query(
      `SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'loanbook'::regnamespace
         AND c.relkind = 'r' AND NOT c.relispartition`,
    );
    for (const { relname } of rows.filter((row) => !PASSING.includes(row.relname))) {
      expect(await book.rows(`SELECT FROM ${relname} LIMIT 1`), relname).toHaveLength(1);
    }
  });

  it('tells a change of every column of every table, with table, key and day', async () => {
    expect(columns.length).toBeGreaterThan(500);
    for (const round of rounds(columns.filter((own) => !isGuide(own) && !REFUSED(own)))) {
      expect(await unnamed(round, change)).toEqual([]);
    }
  });

  it('tells it of the tables that say where to look', async () => {
    for (const column of columns.filter(isGuide)) {
      expect(await unnamed([column], change)).toEqual([]);
    }
  });

  it('tells what was put into the open day by nobody who imports', async () => {
    const lines = await undone(client, async () => {
      await client.query(`INSERT INTO event SELECT (jsonb_populate_record(e, jsonb_build_object(
          'event_id', 999, 'ref', 'MINE', 'business_date', (SELECT business_date FROM book)))).*
        FROM event e WHERE ref = 'R4'`);
      return told(client);
    });
    expect(lines).toEqual([expect.stringMatching(/^2026-04-02 rows of import \d+$/)]);
  });

  it('has no row of a day moved to another one by the server itself', async () => {
    const refused = columns.filter(REFUSED);
    expect(refused).toHaveLength(4);
    for (const column of refused) {
      await expect(undone(client, () => change(client, column))).rejects.toMatchObject({
        code: '23514',
      });
    }
  });

  it.each([
    ['taken out', remove],
    ['put in', copy],
  ] as const)('tells a row %s of every table', async (_what, tamper) => {
    for (const column of await keyColumns(client, columns)) {
      expect(await unnamed([column], tamper)).toEqual([]);
    }
  });
});
