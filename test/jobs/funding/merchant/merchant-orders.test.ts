import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseDay } from '../../../../src/accounting/calendar/epoch-day.js';
import { closeDays } from '../../../../src/jobs/eod/run/close-days.js';
import { applyTerms } from '../../../../src/jobs/funding/terms/apply-terms.js';
import { cancelImport } from '../../../../src/jobs/import/cancel-import.js';
import { importLoans } from '../../../../src/jobs/import/import-loans.js';
import { type ImportBook, importBook, OPEN_DAY } from '../../../support/import-book.js';

const HEADER = 'loan_no,product,principal,rate,disbursed_on,merchant';
const ORDERS = `SELECT l.loan_no, m.merchant, m.terms_version, m.entered_on
  FROM merchant_order m JOIN loan l USING (bucket, loan_id) ORDER BY l.loan_no`;

let book: ImportBook;
beforeAll(async () => {
  book = await importBook();
  await apply('code: M1\nversion: 1\neffective_from: 2026-02-01\n');
  await apply('code: M1\nversion: 2\neffective_from: 2026-04-01\nfee: {rate: "0.01"}\n');
});
afterAll(() => book.remove());
beforeEach(() => book.reset());

const apply = (text: string) =>
  applyTerms(book.client, 'merchant', text, { source: 'm', by: 'Li' });
const take = (lines: readonly string[], more: object = {}) =>
  importLoans(book.client, { file: book.file('loans.csv', HEADER, ...lines), ...more });

describe('a loan that was paid to a merchant', () => {
  it('is its order, under the version in force when the money went out', async () => {
    await take([
      'NOW,CASH,1000.00,0.18,2026-03-28,M1',
      'OLD,CASH,1000.00,0.18,2026-03-01,M1',
      'LATER,CASH,1000.00,0.18,2026-04-01,M1',
      'NONE,CASH,1000.00,0.18,2026-03-28,',
    ]);
    const own = { merchant: 'M1', terms_version: 1, entered_on: OPEN_DAY };
    expect(await book.rows(ORDERS)).toEqual([
      { ...own, loan_no: 'LATER', terms_version: 2, entered_on: '2026-04-01' },
      { ...own, loan_no: 'NOW' },
      { ...own, loan_no: 'OLD' },
    ]);
  });

  it.each([
    ['M9', '2026-03-28', 'unknown_merchant'],
    ['M1', '2026-01-31', 'merchant_not_effective'],
  ])('is refused where %s is not there on %s', async (merchant, day, rule) => {
    const row = `BAD,CASH,1000.00,0.18,${day},${merchant}`;
    const lines = ['NOW,CASH,1000.00,0.18,2026-03-28,M1', row];
    const outcome = await take(lines, { maxRejects: 1 });
    expect(outcome).toMatchObject({ rowsTaken: 1, rowsRejected: 1 });
    expect(book.read(outcome.rejectFile!)[1]).toBe(`3,merchant,${rule},${merchant},${row}`);
  });

  it('leaves with its import, and only before its day is closed', async () => {
    const { importId } = await take(['NOW,CASH,1000.00,0.18,2026-03-28,M1']);
    await cancelImport(book.client, { importId: importId!, reason: 'wrong shop' });
    expect(await book.rows(ORDERS)).toEqual([]);
    const again = await take(['NOW,CASH,1000.00,0.18,2026-03-28,M1']);
    await closeDays(book.database.target, { through: parseDay(OPEN_DAY)!, workers: 1, tasks: 1 });
    await expect(
      cancelImport(book.client, { importId: again.importId!, reason: 'wrong shop' }),
    ).rejects.toMatchObject({ code: 'import_in_use', evidence: { loan: 'NOW', day: OPEN_DAY } });
    expect(await book.rows(ORDERS)).toHaveLength(1);
    await book.asOwner(`UPDATE book SET business_date = '${OPEN_DAY}'; DELETE FROM sealed_day`);
  });

  it('is replaced by a delta that says another merchant, and else unchanged', async () => {
    await apply('code: M2\n');
    const row = 'NOW,CASH,1000.00,0.18,2026-03-28';
    await take([`${row},M1`]);
    expect(await take([`${row},M1`], { delta: true, again: true })).toMatchObject({
      delta: { unchanged: 1, replaced: 0 },
    });
    expect(await take([`${row},M2`], { delta: true })).toMatchObject({
      delta: { unchanged: 0, replaced: 1 },
    });
    expect(await book.rows(ORDERS)).toMatchObject([{ loan_no: 'NOW', merchant: 'M2' }]);
  });
});
