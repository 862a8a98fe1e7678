import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withClient } from '../../../../src/db/connect.js';
import { loadBook } from '../../../../src/jobs/book/load-book.js';
import { closeDays } from '../../../../src/jobs/eod/run/close-days.js';
import { importEvents } from '../../../../src/jobs/import/import-events.js';
import { importLoans } from '../../../../src/jobs/import/import-loans.js';
import { databaseLike, type TestDatabase } from '../../../support/database.js';
import { type ImportBook, importBook, OPEN_DAY } from '../../../support/import-book.js';

const OPTIONS = { workers: 1, tasks: 2 };

/** Two loans of two closed days; a late event of the first waits for the third day. */
describe('a close over what was changed since it was sealed', () => {
  let book: ImportBook;
  let built: TestDatabase;
  beforeAll(async () => {
    book = await importBook();
    const head = 'loan_no,product,principal,rate,periods,disbursed_on';
    const loans = ['A', 'B'].map((no) => `${no},CASH,1000.00,0.18,3,${OPEN_DAY}`);
    await importLoans(book.client, { file: book.file('loans.csv', head, ...loans) });
    for (const _ of [1, 2]) await closeDays(book.database.target, OPTIONS);
    const event = `E1,A,repayment,${OPEN_DAY},10.00`;
    const file = book.file('events.csv', 'ref,loan_no,type,value_date,amount', event);
    await importEvents(book.client, { file });
    built = book.database;
    // Nobody may be connected to what is copied.
    await book.client.end();
  });
  afterAll(() => book.remove());

  async function changed<T>(sql: string, look: (database: TestDatabase) => Promise<T>): Promise<T> {
    const database = await databaseLike(built);
    try {
      await withClient(database.target, { role: 'owner' }, (client) => client.query(sql));
      return await look(database);
    } finally {
      await database.drop();
    }
  }
  const close = ({ target }: TestDatabase) =>
    closeDays(target, OPTIONS).then(
      () => 'closed',
      (error) => error,
    );

  it('goes on where nothing was', async () => {
    expect(await changed('SELECT 1', close)).toBe('closed');
  });

  const A = `loan_id = (SELECT loan_id FROM loan WHERE loan_no = 'A')`;
  it.each([
    ['the loan', `UPDATE loan SET rate_ppb = rate_ppb + 1 WHERE ${A}`],
    ['a column that no close reads', `UPDATE loan SET org = 'other' WHERE ${A}`],
    ['its schedule', `UPDATE schedule SET interest[2] = interest[2] + 1 WHERE ${A}`],
    ['what brought it in', `UPDATE event SET amount = amount + 1 WHERE type = 1 AND ${A}`],
    ['its digest', `DELETE FROM loan_digest WHERE ${A}`],
  ])('stops with evidence at the contract of a loan that it looks up: %s', async (_what, sql) => {
    expect(await changed(sql, close)).toMatchObject({
      code: 'contract_changed',
      exitCode: 3,
      evidence: { loan: 'A', day: OPEN_DAY },
    });
  });

  it.each([
    ['product_version', 'product CASH'],
    ['policy_version', 'policy '],
    ['ledger_version', 'ledger '],
  ])('stops at a document whose text is another: %s', async (table, document) => {
    const sql = `UPDATE ${table} SET document = replace(document, '0', '1')`;
    const evidence = { table, document: expect.stringContaining(document) };
    // The chain tells it first.
    expect(await changed(sql, close)).toMatchObject({ exitCode: 3 });
    const loaded = await changed(sql, ({ target }) =>
      withClient(target, {}, loadBook).catch((error) => error),
    );
    expect(loaded).toMatchObject({ code: 'document_changed', exitCode: 3, evidence });
  });

  it('stops at a calendar year with other days', async () => {
    const sql = `UPDATE calendar_year SET holidays = holidays[2:]`;
    const loaded = await changed(sql, ({ target }) =>
      withClient(target, {}, loadBook).catch((error) => error),
    );
    expect(loaded).toMatchObject({
      code: 'document_changed',
      evidence: { table: 'calendar_year' },
    });
  });

  it.each([
    ['an account', `UPDATE account SET subledger = NULL WHERE code = '1303.01'`, 'account '],
    ['a balance', `UPDATE gl_balance SET balance = balance + 1`, 'gl_balance '],
    ['a sum', `UPDATE subledger_total SET principal = principal + 1`, 'subledger_total '],
    ['a product', `UPDATE product_version SET reading = 1`, 'product_version '],
    [
      'what is chained',
      `DELETE FROM chained_table WHERE table_name = 'entry'`,
      'chained_table entry',
    ],
    ['what a seal chained', `UPDATE sealed_input SET rows = rows + 1`, 'what was chained'],
  ])('stops at what yesterday has left: %s', async (_what, sql, place) => {
    expect(await changed(sql, close)).toMatchObject({
      code: 'seal_broken',
      exitCode: 3,
      evidence: { place: expect.stringContaining(place) },
    });
  });
});
