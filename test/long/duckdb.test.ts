import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Table } from '../../src/files/table.js';
import { reportPieces } from '../../src/files/table-file.js';
import { writeText } from '../jobs/reconcile/statement/read-statement.js';

/** Too large (70 MB) to be installed with everybody's development dependencies. */
const PACKAGE = '@duckdb/node-api@1.5.6-r.1';
/** Rows by which DuckDB decides over the type of a column. */
const LOOKED_AT = 20_480;

const folder = mkdtempSync(join(tmpdir(), 'loanbook-duckdb-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(() => {
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "private": true }');
  const words = ['install', '--silent', '--no-audit', '--no-fund', PACKAGE];
  execFileSync('npm', words, { cwd: folder, stdio: 'inherit' });
  writeFileSync(
    join(folder, 'ask.mjs'),
    `import { DuckDBInstance } from '@duckdb/node-api';
const db = await (await DuckDBInstance.create(':memory:')).connect();
try {
  const found = await db.runAndReadAll(process.argv[2]);
  console.log(JSON.stringify(found.getRowsJson()));
} catch (error) {
  console.log(JSON.stringify({ error: error.message }));
}
`,
  );
});

function ask(sql: string): unknown {
  const words = [join(folder, 'ask.mjs'), sql];
  return JSON.parse(execFileSync(process.execPath, words, { encoding: 'utf8' }));
}

/** What `--out FILE.csv` writes of accounts and amounts. */
async function ours(name: string, accounts: readonly string[]): Promise<string> {
  const table: Table = {
    name: 'lines',
    columns: [
      { key: 'account', title: 'account', kind: 'text' },
      { key: 'amount', title: 'amount', kind: 'amount' },
    ],
    rows: accounts.map((account) => ({ account, amount: '0.10' })),
  };
  let text = '';
  for await (const piece of reportPieces({ head: {}, tables: [table] }, 'csv')) text += piece;
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** Types of both columns, and the account of the last row. */
function readOf(path: string, more = ''): unknown {
  return ask(
    `SELECT typeof(account), typeof(amount), last(account)::varchar
     FROM read_csv('${path}'${more}) GROUP BY ALL`,
  );
}

const DIGITS_16 = '6222000000000004';
const plain = (rows: number) => new Array<string>(rows).fill(DIGITS_16);

describe('our CSV in DuckDB', () => {
  it('has amounts that are DOUBLE: a sum of ten cents is none', async () => {
    const path = await ours('sum.csv', plain(10));
    expect(readOf(path)).toEqual([['BIGINT', 'DOUBLE', DIGITS_16]]);
    // 0.10 ten times is 1.00; as doubles it is 0.9999999999999999.
    expect(ask(`SELECT sum(amount)::varchar FROM read_csv('${path}')`)).toEqual([
      ['0.9999999999999999'],
    ]);
    const exact = `, types={'amount': 'DECIMAL(18,2)', 'account': 'VARCHAR'}`;
    expect(ask(`SELECT sum(amount)::varchar FROM read_csv('${path}'${exact})`)).toEqual([['1.00']]);
    expect(readOf(path, exact)).toEqual([['VARCHAR', 'DECIMAL(18,2)', DIGITS_16]]);
  });

  it('keeps an account with a zero in front that it sees early, and loses a later one', async () => {
    const zero = '0200000000000004';
    const early = await ours('early.csv', [...plain(10), zero]);
    expect(readOf(early)).toEqual([['VARCHAR', 'DOUBLE', zero]]);
    const late = await ours('late.csv', [...plain(3 * LOOKED_AT), zero]);
    expect(ask(`SELECT typeof(account) FROM read_csv('${late}') LIMIT 1`)).toEqual([['BIGINT']]);
    expect(
      ask(`SELECT count(*)::int FROM read_csv('${late}') WHERE account::varchar = '${zero}'`),
    ).toEqual([[0]]);
    const text = `SELECT count(*)::int FROM read_csv('${late}', all_varchar=true)`;
    expect(ask(`${text} WHERE account = '${zero}'`)).toEqual([[1]]);
  });

  it('has an account of twenty digits as DOUBLE', async () => {
    const path = await ours('long.csv', ['62220000000000000045']);
    expect(ask(`SELECT typeof(account) FROM read_csv('${path}')`)).toEqual([['DOUBLE']]);
  });

  it('is refused in GB 18030', () => {
    const path = writeText(join(folder, 'gb.csv'), 'name,no\n甲,1\n', 'gb18030');
    expect(ask(`SELECT * FROM read_csv('${path}')`)).toEqual({
      error: expect.stringMatching(/utf-?8/i),
    });
  });
});
