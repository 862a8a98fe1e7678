import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { expect } from 'vitest';
import { parseDay } from '../../src/accounting/calendar/epoch-day.js';
import { connect } from '../../src/db/connect.js';
import { applyProduct } from '../../src/jobs/book/apply-product.js';
import { createBook } from '../../src/jobs/book/create-book.js';
import { checkDay } from '../../src/jobs/eod/checks/check-day.js';
import { closeDays } from '../../src/jobs/eod/run/close-days.js';
import { importEvents } from '../../src/jobs/import/import-events.js';
import { importLoans } from '../../src/jobs/import/import-loans.js';
import type { EntrySource } from '../../src/jobs/ledger/entry.js';
import { trialBalance } from '../../src/jobs/ledger/trial-balance.js';
import { type TestDatabase, testDatabase } from '../support/database.js';
import { ownEntry } from '../support/own-entry.js';

const HEADER = 'ref,loan_no,type,value_date,amount';

/** A book in CNY that opens on 2026-01-15, for the life of one loan, L1. */
export class LifeBook {
  readonly client: pg.Client;
  readonly #database: TestDatabase;
  readonly #folder = mkdtempSync(join(tmpdir(), 'loanbook-life-'));

  private constructor(database: TestDatabase, client: pg.Client) {
    this.#database = database;
    this.client = client;
  }

  static async create(): Promise<LifeBook> {
    const database = await testDatabase();
    const client = await connect(database.target);
    await createBook(client, {
      entity: 'T',
      currency: 'CNY',
      firstBusinessDate: parseDay('2026-01-15')!,
      calendar: 'cn',
    });
    return new LifeBook(database, client);
  }

  async drop(): Promise<void> {
    await this.client.end();
    await this.#database.drop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async lend(product: string, loan: string): Promise<void> {
    await applyProduct(this.client, product, 'test');
    const file = join(this.#folder, 'loans.csv');
    writeFileSync(file, `loan_no,product,principal,rate,periods,disbursed_on\n${loan}\n`);
    await importLoans(this.client, { file });
  }

  async event(type: string, day: string, amount: string): Promise<void> {
    const file = join(this.#folder, `${type}-${day}.csv`);
    writeFileSync(file, `${HEADER}\n${type}-${day},L1,${type},${day},${amount}\n`);
    await importEvents(this.client, { file });
  }

  async entry(
    source: EntrySource,
    reference: string,
    ...lines: [account: string, amount: number][]
  ): Promise<void> {
    const made = lines.map(([account, amount]) => ({ account, amount }));
    const one = { source, reference, memo: reference, maker: 'a', lines: made };
    await ownEntry(this.client, one);
  }

  async closeThrough(day: string): Promise<void> {
    const through = parseDay(day)!;
    await closeDays(this.#database.target, { through, workers: 1, tasks: 1 });
  }

  /** Accounts with a balance at the close of the last sealed day, debit positive. */
  async balances(): Promise<Record<string, string>> {
    const { lines, totals } = await trialBalance(this.client);
    expect(totals.balanced).toBe(true);
    return Object.fromEntries(
      lines.flatMap(({ account, closing }) => (closing === '0.00' ? [] : [[account, closing]])),
    );
  }
}

/** Balances by account, debit positive; those of 0.00 left out. */
export type Balances = Readonly<Record<string, string>>;

/** What happens to the loan, or the close of all days through one, with what the hand has then. */
export type Step =
  | readonly ['close', day: string, found?: Balances]
  | readonly ['event', type: string, day: string, amount: string]
  | readonly ['impairment', reference: string, fen: number];

/**
 * Lends 12,000.00 at 12% a year, interest only, due on the 15th, without penalty, and goes through
 * its life.
 */
export async function liveThrough(book: LifeBook, steps: readonly Step[]): Promise<void> {
  const terms = '{method: interest_only, periods: 12}\npenalty: {rate: {multiple: 0}}';
  await book.lend(
    `code: LIFE\neffective_from: 2026-01-01\nrepayment: ${terms}\n`,
    'L1,LIFE,12000.00,0.12,12,2026-01-15',
  );
  for (const step of steps) {
    if (step[0] === 'event') await book.event(step[1], step[2], step[3]);
    else if (step[0] === 'impairment') {
      await book.entry('impairment', step[1], ['6702.01', step[2]], ['1304.01', -step[2]]);
    } else {
      const [, day, found] = step;
      await book.closeThrough(day);
      if (found !== undefined) expect(await book.balances(), day).toEqual(found);
    }
  }
  const { checks } = await checkDay(book.client, []);
  expect(checks.filter((check) => !check.ok)).toEqual([]);
}

export const LENT: Balances = { '1303.01': '12000.00', '1012.01': '-12000.00' };

/**
 * 4.00 a day, 120.00 a month at most. The tax within x is x - x/1.06, rounded: 0.23 of 4, 6.79 of
 * 120, 7.02 of 124.
 */
export const FIRST_MONTH: readonly Step[] = [
  // Disbursed; the first night: 4.00, of which 0.23 is tax that is not owed yet.
  ['close', '2026-01-15', { ...LENT, '1132.01': '4.00', '6011.01': '-3.77', '2221.02': '-0.23' }],
  // Thirty nights, and a 31st that adds nothing: 120.00 with a tax of 6.79.
  [
    'close',
    '2026-02-14',
    { ...LENT, '1132.01': '120.00', '6011.01': '-113.21', '2221.02': '-6.79' },
  ],
  // Due, and 100.00 of it paid: the tax of 120.00 is owed; one night of the next period.
  ['event', 'repayment', '2026-02-15', '100.00'],
  [
    'close',
    '2026-02-15',
    {
      ...{ ...LENT, '1012.02': '100.00', '1132.01': '4.00', '1132.02': '20.00' },
      ...{ '6011.01': '-116.98', '2221.01': '-6.79', '2221.02': '-0.23' },
    },
  ],
];
