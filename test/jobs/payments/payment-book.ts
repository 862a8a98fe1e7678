import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { parseDay } from '../../../src/accounting/calendar/epoch-day.js';
import { connect } from '../../../src/db/connect.js';
import { applyProduct } from '../../../src/jobs/book/apply-product.js';
import { createBook } from '../../../src/jobs/book/create-book.js';
import { closeDays } from '../../../src/jobs/eod/run/close-days.js';
import { paymentFields } from '../../../src/jobs/funding/documents/payment-fields.js';
import { importLoans } from '../../../src/jobs/import/import-loans.js';
import { initKeys } from '../../../src/jobs/parties/book-keys.js';
import { importParties } from '../../../src/jobs/parties/import-parties.js';
import { applyChannel } from '../../../src/jobs/reconcile/channel.js';
import { commandLine, type RunLine } from '../../support/command-line.js';
import { type TestDatabase, testDatabase } from '../../support/database.js';

/** The first day of the book; an instalment of each loan falls due on the day after. */
export const FIRST_DAY = '2026-03-04';

const PRODUCT = `code: TWO
effective_from: 2024-01-01
repayment: {periods: 2}
`;

export interface PaymentBook {
  readonly database: TestDatabase;
  readonly client: pg.Client;
  readonly folder: string;
  readonly line: RunLine;
  file(name: string, ...lines: readonly string[]): string;
  read(name: string): string;
  rows<T>(sql: string): Promise<T[]>;
  close(through: string): Promise<void>;
  remove(): Promise<void>;
}

export interface Borrower {
  readonly loanNo: string;
  /** In yuan: what falls due on the second day, and once more a month later, without interest. */
  readonly amount: string;
  readonly accounts: readonly string[];
}

/** Loans with an instalment that is due on the open day, their customers, and a channel CP. */
export async function paymentBook(
  borrowers: readonly Borrower[],
  channel: object = {},
): Promise<PaymentBook> {
  const database = await testDatabase();
  const client = await connect(database.target);
  const folder = mkdtempSync(join(tmpdir(), 'loanbook-payment-'));
  const file = (name: string, ...lines: readonly string[]) => {
    const path = join(folder, name);
    writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
    return path;
  };
  const close = async (through: string) => {
    await closeDays(database.target, { through: parseDay(through)!, workers: 1, tasks: 1 });
  };
  const frame = { firstBusinessDate: parseDay(FIRST_DAY)!, calendar: 'cn' };
  await createBook(client, { entity: 'T', currency: 'CNY', ...frame });
  await applyProduct(client, PRODUCT, 'product');
  const keys = { file: join(folder, 'keys') };
  await initKeys(client, { source: keys, suite: 'aes', by: 'Root' });
  const parties = borrowers.map(
    ({ loanNo, accounts }, at) => `P-${loanNo},${NAMES[at % NAMES.length]},${accounts.join(';')}`,
  );
  await importParties(client, {
    file: file('parties.csv', 'party,name,account', ...parties),
    keys,
  });
  const loans = borrowers.map(
    ({ loanNo, amount }) =>
      `${loanNo},TWO,${(2 * Number(amount)).toFixed(2)},0,2,${FIRST_DAY},2026-03-05,P-${loanNo}`,
  );
  const head = 'loan_no,product,principal,rate,periods,disbursed_on,first_due_on,party';
  await importLoans(client, { file: file('loans.csv', head, ...loans) });
  const document = {
    ...{ code: 'CP', order_prefix: 'CP-' },
    columns: { order_no: 'order', amount: 'amount', value_date: 'date' },
    ...channel,
  };
  await applyChannel(client, JSON.stringify(document), 'channel', paymentFields);
  await close(FIRST_DAY);
  return {
    ...{ database, client, folder, file, close },
    line: commandLine(database.target, folder),
    read: (name) => readFileSync(join(folder, name), 'utf8'),
    rows: async <T>(sql: string) => (await client.query(sql)).rows as T[],
    async remove() {
      await client.end();
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const NAMES = ['王小明', '李建国', '欧阳修文'];

export interface SaidLine {
  readonly order_no: string;
  readonly word?: string;
  readonly amount: string;
  readonly code?: string;
  readonly channel_date?: string;
}

/** A result file and its control file; left out, count and total are right. */
export function resultFile(
  book: Pick<PaymentBook, 'file'>,
  name: string,
  lines: readonly SaidLine[],
  said: { readonly count?: number; readonly total?: string } = {},
): string {
  const rows = lines.map((line) =>
    [line.order_no, line.word, line.amount, line.code, line.channel_date].join(),
  );
  const sum = lines.reduce((all, { amount }) => all + Math.round(Number(amount) * 100), 0);
  const { count = lines.length, total = (sum / 100).toFixed(2) } = said;
  book.file(`${name}.ok`, `${count},${total}`);
  return book.file(name, 'order_no,word,amount,code,channel_date', ...rows);
}
