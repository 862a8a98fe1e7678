import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { parseDay } from '../../../../src/accounting/calendar/epoch-day.js';
import { formatAmount } from '../../../../src/accounting/money/amount-text.js';
import { connect } from '../../../../src/db/connect.js';
import { applyProduct } from '../../../../src/jobs/book/apply-product.js';
import { createBook } from '../../../../src/jobs/book/create-book.js';
import { closeDays } from '../../../../src/jobs/eod/run/close-days.js';
import { refundOrders } from '../../../../src/jobs/funding/merchant/refund-orders.js';
import { settleMerchants } from '../../../../src/jobs/funding/merchant/settle-merchants.js';
import { applyTerms } from '../../../../src/jobs/funding/terms/apply-terms.js';
import { importEvents } from '../../../../src/jobs/import/import-events.js';
import { importLoans } from '../../../../src/jobs/import/import-loans.js';
import { testDatabase } from '../../../support/database.js';

/** Ten nights, each of half a thousandth of the principal where the rate is 0.1825. */
const PRODUCT = `code: TEN
effective_from: 2025-01-01
interest: {basis: 365, period_interest: actual_days}
repayment: {method: bullet, periods: 1, interval: {every: 10, unit: day}}
`;

export type MerchantBook = Awaited<ReturnType<typeof merchantBook>>;

/** A book that opens on a day, for loans of merchants. */
export async function merchantBook(opens: string) {
  const database = await testDatabase();
  const client: pg.Client = await connect(database.target);
  const folder = mkdtempSync(join(tmpdir(), 'loanbook-merchant-'));
  const firstBusinessDate = parseDay(opens)!;
  await createBook(client, { entity: 'T', currency: 'CNY', firstBusinessDate, calendar: 'cn' });
  await applyProduct(client, PRODUCT, 'product');
  let files = 0;
  const file = (head: string, lines: readonly string[]) => {
    files += 1;
    const path = join(folder, `f${files}.csv`);
    writeFileSync(path, [head, ...lines].map((line) => `${line}\n`).join(''));
    return path;
  };
  return {
    ...{ database, client, folder, file },
    merchant: (document: object) =>
      applyTerms(client, 'merchant', JSON.stringify(document), { source: 'm', by: 'Li' }),
    loans: (lines: readonly string[]) =>
      importLoans(client, {
        file: file('loan_no,product,principal,rate,disbursed_on,merchant', lines),
      }),
    events: (lines: readonly string[]) =>
      importEvents(client, { file: file('ref,loan_no,type,value_date,amount', lines) }),
    refunds: (lines: readonly string[], more: object = {}) =>
      refundOrders(client, { file: file('refund_no,order_no,amount', lines), by: 'Li', ...more }),
    settle: (date: string, more: object = {}) =>
      settleMerchants(client, { date: parseDay(date)!, by: 'Li', ...more }),
    close: (through: string) =>
      closeDays(database.target, { through: parseDay(through)!, workers: 1, tasks: 1 }),
    rows: async (sql: string, values: unknown[] = []) =>
      (await client.query<Record<string, unknown>>(sql, values)).rows,
    async remove() {
      await client.end();
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const yuan = (amount: unknown) => formatAmount(Number(amount), 2);

/** Entries of merchants by reference: an amount an account, debit positive. */
export async function entriesOf(book: MerchantBook): Promise<Record<string, object>> {
  const found: Record<string, Record<string, string>> = {};
  for (const { reference, code, amount } of await book.rows(
    `SELECT e.reference, a.code, l.amount FROM entry e JOIN entry_line l USING (entry_id)
     JOIN account a USING (account_id) WHERE e.source = 'merchant' ORDER BY e.entry_id, l.line`,
  )) {
    found[String(reference)] = { ...found[String(reference)], [String(code)]: yuan(amount) };
  }
  return found;
}

/** Balances of these accounts at the close of a day, debit positive; those of 0 are left out. */
export async function balancesOf(book: MerchantBook, day: string, codes: readonly string[]) {
  const rows = await book.rows(
    `SELECT a.code, sum(g.balance)::bigint AS balance
     FROM gl_balance g JOIN account a USING (account_id)
     WHERE business_date = $1 AND a.code = ANY ($2) GROUP BY 1
     HAVING sum(g.balance) <> 0 ORDER BY 1`,
    [day, codes],
  );
  return Object.fromEntries(rows.map(({ code, balance }) => [code, yuan(balance)]));
}
