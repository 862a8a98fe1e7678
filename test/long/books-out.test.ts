import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatDay, parseDay } from '../../src/accounting/calendar/epoch-day.js';
import { withClient } from '../../src/db/connect.js';
import type { Report } from '../../src/files/report.js';
import type { TableRow } from '../../src/files/table.js';
import { closeDays } from '../../src/jobs/eod/run/close-days.js';
import { importEvents } from '../../src/jobs/import/import-events.js';
import { accountStatement } from '../../src/jobs/ledger/account-statement.js';
import { exportHledger } from '../../src/jobs/ledger/hledger-export.js';
import { subledger } from '../../src/jobs/ledger/subledger.js';
import { trialBalance } from '../../src/jobs/ledger/trial-balance.js';
import { exportVouchers } from '../../src/jobs/ledger/voucher-export.js';
import { customerStatement } from '../../src/jobs/loan/customer-statement.js';
import { packageRoot } from '../../src/package-root.js';
import { generatedBook, type TestBook } from '../support/book.js';
import { type TestDatabase, testDatabase } from '../support/database.js';
import { hasHledger, hledgerBalances, strictCheck } from '../support/hledger.js';
import { writeTables } from '../support/write-tables.js';

const FIRST = parseDay('2026-01-01')!;
const DAYS = 90;
const LAST = FIRST + DAYS - 1;
const LOANS = 260;

let database: TestDatabase;
let book: TestBook;
let folder: string;

const ask = <T>(fn: (client: pg.Client) => Promise<T>) => withClient(database.target, {}, fn);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'loanbook-books-'));
  database = await testDatabase();
  const made = { loans: LOANS, seed: 11, start: formatDay(FIRST), days: DAYS };
  book = await generatedBook(database.target, made);
  await ask((client) => bringEvents(client));
  for (let day = FIRST; day <= LAST; day += 1) {
    await book.importDay(formatDay(day));
    await closeDays(database.target, { workers: 1, tasks: 2 });
  }
}, 30 * 60_000);

afterAll(async () => {
  await database?.drop();
  book?.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** Of every kind that a generated book has none of, spread over its loans and days. */
async function bringEvents(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ loan_no: string }>(
    'SELECT loan_no FROM loan WHERE born_on = $1 ORDER BY loan_no',
    [formatDay(FIRST)],
  );
  const lines = ['ref,loan_no,type,value_date,business_date,amount,component,seq,of'];
  const add = (loan: string, ref: string, type: string, after: number, rest: string, value = 0) => {
    const booked = formatDay(FIRST + after);
    lines.push([ref, loan, type, formatDay(FIRST + after - value), booked, rest].join(','));
  };
  for (const [at, { loan_no: loan }] of rows.entries()) {
    const after = 5 + (at % 60);
    if (at % 9 === 0) {
      add(loan, 'W', 'write_off', after, ',,,');
      add(loan, 'C1', 'recovery', after + 7, '123.45,,,');
      add(loan, 'C2', 'recovery', after + 15, '67.89,,,');
    } else if (at % 9 === 1) {
      add(loan, 'L1', 'repayment', after, '50.00,,,', 4);
      add(loan, 'V1', 'reversal', after + 6, ',,,L1');
    } else if (at % 9 === 2) {
      add(loan, 'F1', 'fee', after, '8.80,fee,,');
      add(loan, 'A1', 'waiver', after + 3, '1.00,fee,,');
    } else if (at % 9 === 3) {
      add(loan, 'M1', 'merchant_refund', after, '200.00,,,');
      add(loan, 'S1', 'suspense_refund', after + 9, '1.00,,,');
    } else if (at % 9 === 4) add(loan, 'E1', 'settlement', after, ',,,');
    else if (at % 9 === 5) {
      add(loan, 'T1', 'transfer', after, '900.00,,,', 2);
      if (at % 2 === 0) add(loan, 'V1', 'reversal', after + 5, ',,,T1');
    }
  }
  const file = join(folder, 'events.csv');
  writeFileSync(file, `${lines.join('\n')}\n`);
  await importEvents(client, { file });
}

async function read(report: Report): Promise<TableRow[]> {
  const rows: TableRow[] = [];
  for (const table of report.tables) for await (const row of table.rows) rows.push(row);
  return rows;
}

describe(`a book of ${LOANS} loans after ${DAYS} days`, () => {
  it('has all that this is about', async () => {
    const moved = await ask(async (client) => {
      const { rows } = await client.query<{ code: string }>(
        `SELECT DISTINCT a.code FROM gl_balance g JOIN account a USING (account_id)
         WHERE g.debit + g.credit > 0`,
      );
      return rows.map(({ code }) => code);
    });
    // Write-off and recovery, non-accrual, suspense, fees, refunds, losses, penalty.
    expect(moved).toEqual(
      expect.arrayContaining(['1304.01', '7101.01', '7102.01', '2241.01', '6021.01', '1221.01']),
    );
    expect(moved).toEqual(expect.arrayContaining(['1132.03', '6011.02', '1303.02']));
  });

  it.skipIf(!hasHledger)('is accepted by hledger, with the balances of the ledger', async () => {
    for (const from of [FIRST, FIRST + 31, LAST]) {
      const out = join(folder, `${formatDay(from)}.journal`);
      const exported = await ask((client) => exportHledger(client, { from, to: LAST, out }));
      expect(strictCheck(out)).toBe('');
      const { lines } = await ask((client) => trialBalance(client, LAST, from));
      const closing = lines.map(({ account, closing: balance }) => [account, balance]);
      expect(hledgerBalances(out)).toEqual(Object.fromEntries(closing));
      // Without what was before, hledger finds debits less credits of the days.
      const turnover = hledgerBalances(out, '--begin', formatDay(from));
      for (const { account, opening, closing: balance } of lines) {
        const moved = (BigInt(fen(balance)) - BigInt(fen(opening))).toString();
        expect({ account, moved: String(fen(turnover[account]!)) }).toEqual({ account, moved });
      }
      console.info(
        `${formatDay(from)}: ${exported.transactions} vouchers, ${exported.lines} lines`,
      );
    }
  });

  it('gives every book, each tied', async () => {
    await ask(async (client) => {
      const { lines } = await trialBalance(client);
      for (const { account } of lines) {
        await read(await accountStatement(client, { account, from: FIRST, to: LAST }));
      }
      for (const asOf of [FIRST, FIRST + 45, LAST]) await read(await subledger(client, { asOf }));
      const layout = join(packageRoot, 'config/layouts/voucher-lines.yaml');
      const out = join(folder, 'vouchers.csv');
      const exported = await exportVouchers(client, { layout, from: FIRST, to: LAST, out });
      expect(exported.debit).toBe(exported.credit);
    });
  });

  it('gives every customer a statement that leads to what the loan stands at', async () => {
    const given = await ask(async (client) => {
      const { rows } = await client.query<{ loan_no: string }>('SELECT loan_no FROM loan');
      for (const { loan_no: loanNo } of rows) {
        for (const to of [FIRST + 40, LAST]) {
          await customerStatement(client, { loanNo, to }).catch((error: { code?: string }) => {
            if (error.code !== 'loan_not_in_book') throw error;
          });
        }
      }
      return rows.length;
    });
    expect(given).toBe(LOANS);
  });
});

// Last: it adds to a sealed day.
describe('a statement of a million lines', () => {
  const LINES = 1_000_000;

  it('is written with few of them in memory', async () => {
    await withClient(database.target, { role: 'owner' }, (client) => addLines(client, LINES));
    const out = join(folder, 'million.csv');
    let [most, written] = [0, 0];
    const began = performance.now();
    const memory = () => process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
    const before = memory();
    const timer = setInterval(() => {
      most = Math.max(most, memory());
    }, 50);
    await ask(async (client) => {
      const query = { account: '1012.02', from: LAST, to: LAST };
      const { tables } = await accountStatement(client, query);
      await writeTables(out, tables);
    });
    clearInterval(timer);
    for await (const chunk of createReadStream(out)) {
      for (const byte of chunk as Buffer) if (byte === 0x0a) written += 1;
    }
    expect(written).toBeGreaterThan(LINES);
    const megabytes = Math.round((most - before) / 2 ** 20);
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    console.info(`${written} lines in ${seconds} s, ${megabytes} MB at most`);
    // All of them would be some 300 MB.
    expect(megabytes).toBeLessThan(128);
  });
});

/** Debits and credits of 1.00 on the receipts in transit, as many of each: no balance moves. */
async function addLines(client: pg.Client, lines: number): Promise<void> {
  await client.query(
    `INSERT INTO journal_line SELECT 880000000000 + at, l.loan_id, 0, 100 - 200 * (at % 2), $1::date,
       (SELECT account_id FROM account WHERE code = '1012.02'), l.group_id, l.bucket, 1, 4
     FROM generate_series(1, $2) AS at, (SELECT * FROM loan LIMIT 1) AS l`,
    [formatDay(LAST), lines],
  );
}

function fen(amount: string): number {
  return Number(amount.replace('.', ''));
}
