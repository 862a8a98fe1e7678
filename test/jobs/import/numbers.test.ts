import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction } from '../../../src/db/connect.js';
import { applyLedger } from '../../../src/jobs/book/apply-dated.js';
import { importLoans } from '../../../src/jobs/import/import-loans.js';
import { reserveEvents } from '../../../src/jobs/import/import-record.js';
import { addEntries } from '../../../src/jobs/ledger/entry.js';
import { type ImportBook, importBook, OPEN_DAY } from '../../support/import-book.js';

let book: ImportBook;
beforeAll(async () => {
  book = await importBook();
});
afterAll(() => book?.remove());

const HEAD = 'loan_no,product,principal,rate,disbursed_on,org';
const numbers = async (column: string, table: string) =>
  (await book.rows(`SELECT ${column} AS n FROM ${table} ORDER BY 1`)).map(({ n }) => n);

/** What a process does that is killed before its COMMIT. */
async function given(fn: () => Promise<unknown>): Promise<void> {
  const lost = new Error('lost');
  const trial = inTransaction(book.client, async () => {
    await fn();
    throw lost;
  });
  await expect(trial).rejects.toBe(lost);
}

/** Numbers that are in the hash of a day. */
describe('what a try that failed had drawn', () => {
  it('is given again: events', async () => {
    await given(() => reserveEvents(book.client, 40));
    expect(await reserveEvents(book.client, 3)).toBe(1);
    await given(() => reserveEvents(book.client, 40));
    expect(await reserveEvents(book.client, 1)).toBe(4);
  });

  it('is given again: accounting groups and events of an import', async () => {
    const rows = (org: string) => [`${org}1,CASH,1000.00,0.12,${OPEN_DAY},${org}`, 'X,CASH,,,,'];
    const bad = book.file('bad.csv', HEAD, ...rows('BJ'));
    await expect(importLoans(book.client, { file: bad })).rejects.toMatchObject({ exitCode: 4 });
    await book.asOwner('ALTER TABLE event ADD CONSTRAINT closed CHECK (false) NOT VALID');
    const good = book.file('good.csv', HEAD, rows('BJ')[0]!, rows('SH')[0]!);
    await expect(importLoans(book.client, { file: good })).rejects.toMatchObject({ code: '23514' });
    await book.asOwner('ALTER TABLE event DROP CONSTRAINT closed');
    await importLoans(book.client, { file: good });
    expect(await numbers('group_id', 'accounting_group')).toEqual([1, 2]);
    // 1 to 4 were drawn above; the row of line n has the number of line n.
    expect(await numbers('event_id', 'event')).toEqual([6, 7]);
  });

  it('is given again: entries', async () => {
    const lines = [
      { account: '1002.01', amount: 5 },
      { account: '6421.01', amount: -5 },
    ];
    await book.asOwner(`INSERT INTO statement (code, kind, statement_date, revision, name, sha256,
        state, lines, amount, fee, matched, our_count, our_amount, ledger_amount, due_on, maker,
        taken_on)
      VALUES ('WX', 'channel', '${OPEN_DAY}', 1, 'f', 'x', 'matched', 0, 0, 0, 0, 0, 0, 0,
        '${OPEN_DAY}', 'a', '${OPEN_DAY}')`);
    const add = (what: string) => {
      const reference = `WX/${OPEN_DAY}/1/${what}`;
      const entry = { source: 'channel', reference, memo: 'm', maker: 'a', lines } as const;
      return addEntries(book.client, [entry]);
    };
    await given(() => add('E1'));
    await inTransaction(book.client, () => add('E1'));
    await expect(inTransaction(book.client, () => add('E1'))).rejects.toMatchObject({
      code: 'entry_exists',
    });
    await inTransaction(book.client, () => add('E2'));
    expect(await numbers('entry_id', 'entry')).toEqual([1, 2]);
  });

  it('is given again: accounts, after a dry run too', async () => {
    const [{ document, count }] = (await book.rows(
      'SELECT document, (SELECT count(*) FROM account) AS count FROM ledger_version',
    )) as [{ document: string; count: number }];
    const ledger = JSON.parse(document);
    const account = { ...ledger.accounts[0], code: '1002.77', name: 'Other', name_zh: '其他' };
    const more = { ...ledger, effective_from: OPEN_DAY, accounts: [...ledger.accounts, account] };
    const apply = (dryRun: boolean) =>
      applyLedger(book.client, JSON.stringify(more), 'test', { dryRun });
    await apply(true);
    await apply(false);
    const found = await book.rows(`SELECT account_id AS n FROM account WHERE code = '1002.77'`);
    expect(found).toEqual([{ n: count + 1 }]);
  });
});
