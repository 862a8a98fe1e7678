import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { parseDay } from '../../../src/accounting/calendar/epoch-day.js';
import { withClient } from '../../../src/db/connect.js';
import type { DatabaseTarget } from '../../../src/db/target.js';
import { applyProduct } from '../../../src/jobs/book/apply-product.js';
import { createBook } from '../../../src/jobs/book/create-book.js';
import { closeDays } from '../../../src/jobs/eod/run/close-days.js';
import { importEvents } from '../../../src/jobs/import/import-events.js';
import { importLoans } from '../../../src/jobs/import/import-loans.js';
import { trialBalance } from '../../../src/jobs/ledger/trial-balance.js';
import { type Captured, capture } from '../../commands/shell/captured-host.js';
import { testDatabase } from '../../support/database.js';

/** Without interest, due in a year: money that comes before is held for the customer. */
const PRODUCT = `code: ZERO
effective_from: 2026-01-01
repayment: {method: bullet, periods: 1, interval: {every: 365, unit: day}}
interest: {basis: 365, period_interest: actual_days}
allocation: {early_payment: hold}
`;

export interface Ran {
  readonly exitCode: number;
  readonly stderr: string;
  /** What stdout holds with --json; undefined when it is empty. */
  readonly said: unknown;
}

export interface StatementBook {
  readonly target: DatabaseTarget;
  /** Writes a file of these lines into the book's folder and returns its path. */
  write(name: string, ...lines: readonly string[]): string;
  /** The same in GB18030. */
  writeGb18030(name: string, ...lines: readonly string[]): string;
  /** Runs a command with --json. */
  run(...args: readonly string[]): Promise<Ran>;
  /** Runs a command as people do. */
  print(...args: readonly string[]): Promise<Captured>;
  /** Imports events: ref, loan, type, value date, amount, of. */
  events(...lines: readonly string[]): Promise<void>;
  close(day: string): Promise<void>;
  /** Balances that are not 0 at the close of the last sealed day, debit positive. */
  balances(): Promise<Record<string, string>>;
  ask<T>(fn: (client: pg.Client) => Promise<T>, role?: 'batch' | 'owner'): Promise<T>;
  drop(): Promise<void>;
}

/** A book whose loans of 1000.00 are disbursed on its first day, which is open. */
export async function statementBook(day: string, loans: readonly string[]): Promise<StatementBook> {
  const database = await testDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'loanbook-statements-'));
  const { host, port, user, password, database: name } = database.target;
  const server = { PGHOST: host, PGPORT: String(port), PGUSER: user, PGDATABASE: name };
  const env = { ...server, PGPASSWORD: password };
  let files = 0;
  const book: StatementBook = {
    target: database.target,
    write: (file, ...lines) => {
      writeFileSync(join(folder, file), `${lines.join('\n')}\n`);
      return join(folder, file);
    },
    writeGb18030: (file, ...lines) => {
      writeFileSync(join(folder, file), gb18030(`${lines.join('\n')}\n`));
      return join(folder, file);
    },
    async run(...args) {
      const { exitCode, stdout, stderr } = await capture(['--json', ...args], { env });
      return { exitCode, stderr, said: stdout === '' ? undefined : JSON.parse(stdout) };
    },
    print: (...args) => capture(args, { env }),
    async events(...lines) {
      files += 1;
      const head = 'ref,loan_no,type,value_date,amount,of';
      const file = book.write(`events-${files}.csv`, head, ...lines);
      await book.ask((client) => importEvents(client, { file }));
    },
    async close(through) {
      await closeDays(database.target, { through: parseDay(through)!, workers: 1, tasks: 1 });
    },
    async balances() {
      const { lines, totals } = await book.ask((client) => trialBalance(client));
      if (!totals.balanced) throw new Error('the trial balance does not balance');
      const open = lines.filter(({ closing }) => closing !== '0.00');
      return Object.fromEntries(open.map(({ account, closing }) => [account, closing]));
    },
    ask: (fn, role = 'batch') => withClient(database.target, { role }, fn),
    async drop() {
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  const rows = loans.map((loan) => `${loan},ZERO,1000.00,0,1,${day}`);
  const file = book.write(
    'loans.csv',
    'loan_no,product,principal,rate,periods,disbursed_on',
    ...rows,
  );
  await book.ask(async (client) => {
    const frame = { firstBusinessDate: parseDay(day)!, calendar: 'none' };
    await createBook(client, { entity: 'T', currency: 'CNY', ...frame });
    await applyProduct(client, PRODUCT, 'zero');
    await importLoans(client, { file });
  });
  return book;
}

/** Node decodes GB18030 and does not encode it: its two-byte characters, read backwards. */
function gb18030(text: string): Buffer {
  const decoder = new TextDecoder('gb18030');
  const bytesOf = new Map<string, Buffer>();
  for (let lead = 0x81; lead <= 0xfe; lead += 1) {
    for (let trail = 0x40; trail <= 0xfe; trail += 1) {
      const bytes = Buffer.from([lead, trail]);
      const decoded = decoder.decode(bytes);
      if (decoded.length === 1) bytesOf.set(decoded, bytes);
    }
  }
  return Buffer.concat([...text].map((char) => bytesOf.get(char) ?? Buffer.from(char)));
}
