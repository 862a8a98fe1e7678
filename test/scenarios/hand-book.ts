import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { parseDay } from '../../src/accounting/calendar/epoch-day.js';
import { withClient } from '../../src/db/connect.js';
import { applyProduct } from '../../src/jobs/book/apply-product.js';
import { createBook } from '../../src/jobs/book/create-book.js';
import { closeDays } from '../../src/jobs/eod/run/close-days.js';
import { importEvents } from '../../src/jobs/import/import-events.js';
import { importLoans } from '../../src/jobs/import/import-loans.js';
import { type Captured, capture } from '../commands/shell/captured-host.js';
import { testDatabase } from '../support/database.js';
import { ownEntry } from '../support/own-entry.js';

/** 10.00 a day on 36,500.00 at 10% over 365 days; due after two days. */
const PRODUCT = `code: HAND
name: 手算
effective_from: 2026-01-01
repayment: {method: bullet, periods: 1, interval: {every: 2, unit: day}}
interest: {basis: 365, period_interest: actual_days}
`;

const LOANS = `loan_no,product,principal,rate,periods,disbursed_on,org
H1,HAND,36500.00,0.10,1,2026-03-28,head
H2,HAND,1000.00,0,1,2026-03-28,head
`;

/** By the day that they are booked on. */
const EVENTS: Readonly<Record<string, readonly string[]>> = {
  '2026-03-29': ['R1,H1,repayment,2026-03-29,5.00,', 'W1,H2,write_off,2026-03-29,,'],
  '2026-03-30': ['R2,H1,repayment,2026-03-30,1000.00,', 'C1,H2,recovery,2026-03-30,400.00,'],
  '2026-03-31': ['V1,H1,reversal,2026-03-31,,R2'],
};

export const HAND_DAYS = ['2026-03-28', '2026-03-29', '2026-03-30', '2026-03-31'] as const;

export interface HandBook {
  readonly folder: string;
  ask<T>(fn: (client: pg.Client) => Promise<T>, role?: 'batch' | 'owner'): Promise<T>;
  loanbook(...args: string[]): Promise<Captured>;
  drop(): Promise<void>;
}

/** A book of two loans and one entry whose every figure fits on a page. */
export async function handBook(): Promise<HandBook> {
  const database = await testDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'loanbook-hand-'));
  const { host, port, user, password, database: name } = database.target;
  const env = { PGHOST: host, PGPORT: String(port), PGUSER: user, PGDATABASE: name };
  const book: HandBook = {
    folder,
    ask: (fn, role = 'batch') => withClient(database.target, { role }, fn),
    loanbook: (...args) => capture(args, { env: { ...env, PGPASSWORD: password } }),
    async drop() {
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  const write = (file: string, text: string) => {
    writeFileSync(join(folder, file), text);
    return join(folder, file);
  };
  await book.ask(async (client) => {
    const firstBusinessDate = parseDay(HAND_DAYS[0])!;
    await createBook(client, {
      entity: '手算',
      currency: 'CNY',
      firstBusinessDate,
      calendar: 'none',
    });
    await applyProduct(client, PRODUCT, 'hand');
    await importLoans(client, { file: write('loans.csv', LOANS) });
  });
  for (const day of HAND_DAYS) {
    const events = EVENTS[day];
    if (events !== undefined) {
      const lines = ['ref,loan_no,type,value_date,amount,of', ...events];
      const file = write(`events-${day}.csv`, `${lines.join('\n')}\n`);
      await book.ask((client) => importEvents(client, { file }));
    }
    if (day === '2026-03-31') await book.ask(addFee);
    await closeDays(database.target, { workers: 1, tasks: 1 });
  }
  return book;
}

/** 12.34 of the receipts in transit turn out to be disbursements given back. */
async function addFee(client: pg.Client): Promise<void> {
  await ownEntry(client, {
    source: 'manual',
    reference: 'M-1',
    memo: '渠道更正; 12.34 | 元',
    maker: 'maker',
    checker: 'checker',
    lines: [
      { account: '1012.02', amount: 1234 },
      { account: '1012.01', amount: -1234 },
    ],
  });
}
