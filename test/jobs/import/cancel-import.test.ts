import { existsSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connect } from '../../../src/db/connect.js';
import { cancelImport } from '../../../src/jobs/import/cancel-import.js';
import { importEvents } from '../../../src/jobs/import/import-events.js';
import { importLoans } from '../../../src/jobs/import/import-loans.js';
import { importRepayments } from '../../../src/jobs/import/import-repayments.js';
import { listImports } from '../../../src/jobs/import/list-imports.js';
import { type ImportBook, importBook, OPEN_DAY } from '../../support/import-book.js';

const LOANS = 'loan_no,product,principal,rate,disbursed_on';
const HEADER = 'ref,loan_no,value_date,amount';

let book: ImportBook;
let loans: string;
beforeAll(async () => {
  book = await importBook();
});
beforeEach(async () => {
  loans = book.file('loans.csv', LOANS, `A1,CASH,10000.00,0.18,${OPEN_DAY}`);
  await importLoans(book.client, { file: loans });
});
afterEach(() => book.reset());
afterAll(() => book.remove());

const repayments = (...rows: string[]) => book.file('repayments.csv', HEADER, ...rows);
const counts = async () =>
  (
    await book.rows(`SELECT (SELECT count(*) FROM loan) AS loans, (SELECT count(*) FROM event) AS events,
      (SELECT count(*) FROM schedule) AS schedules, (SELECT count(*) FROM schedule_balance) AS balances`)
  )[0];
const cancel = (importId: number, reason = 'wrong file', dryRun = false) =>
  cancelImport(book.client, { importId, reason, dryRun });

describe('import cancel', () => {
  it('takes events back, and the same file goes in again', async () => {
    const file = repayments(`R1,A1,${OPEN_DAY},5.00`, `R2,A1,${OPEN_DAY},6.00`);
    await importRepayments(book.client, { file });
    expect(await cancel(2)).toMatchObject({ kind: 'repayments', loans: 0, events: 2 });
    expect(await counts()).toEqual({ loans: 1, events: 1, schedules: 1, balances: 1 });
    const [line] = await listImports(book.client, 5);
    expect(line).toMatchObject({ importId: 2, amount: '11.00', cancelReason: 'wrong file' });
    expect(line?.cancelledAt).toMatch(/^\d{4}-\d{2}-\d{2}T.*Z$/);
    expect(
      await book.rows(`SELECT action, subject, reason FROM audit WHERE action = 'import cancel'`),
    ).toEqual([{ action: 'import cancel', subject: '2', reason: 'wrong file' }]);
    expect(await importRepayments(book.client, { file })).toMatchObject({
      rowsTaken: 2,
      importId: 3,
    });
    await book.asOwner('DELETE FROM audit');
  });

  it('takes loans back with their schedules; a dry run nothing', async () => {
    expect(await cancel(1, 'a try', true)).toMatchObject({ loans: 1, events: 1, dryRun: true });
    expect(await counts()).toEqual({ loans: 1, events: 1, schedules: 1, balances: 1 });
    expect(await cancel(1)).toMatchObject({ loans: 1, events: 1, dryRun: false });
    expect(await counts()).toEqual({ loans: 0, events: 0, schedules: 0, balances: 0 });
    expect(await importLoans(book.client, { file: loans })).toMatchObject({ rowsTaken: 1 });
  });

  it('is refused while another import stands on it, and later not', async () => {
    await importRepayments(book.client, { file: repayments(`R1,A1,${OPEN_DAY},5.00`) });
    const events = book.file(
      'events.csv',
      'ref,loan_no,type,value_date,of',
      `V1,A1,reversal,${OPEN_DAY},R1`,
    );
    await importEvents(book.client, { file: events });
    const needed = { code: 'import_in_use', exitCode: 1 };
    await expect(cancel(1)).rejects.toMatchObject({ ...needed, evidence: { loan: 'A1' } });
    await expect(cancel(2)).rejects.toMatchObject({
      ...needed,
      evidence: { loan: 'A1', laterImport: '3' },
    });
    for (const importId of [3, 2, 1]) await cancel(importId);
    expect(await counts()).toEqual({ loans: 0, events: 0, schedules: 0, balances: 0 });
  });

  it('is refused once a day of it is over, while a close or an import runs, and twice', async () => {
    await importRepayments(book.client, { file: repayments(`R1,A1,${OPEN_DAY},5.00`) });
    await book.asOwner(`UPDATE book SET business_date = business_date + 1`);
    await expect(cancel(2)).rejects.toMatchObject({
      code: 'import_in_use',
      exitCode: 1,
      evidence: { loan: 'A1', day: OPEN_DAY },
    });
    await book.asOwner(`UPDATE book SET business_date = business_date - 1`);
    await book.asOwner(`INSERT INTO run (job, business_date, tasks, status, engine_version)
      VALUES ('eod', '${OPEN_DAY}', 64, 'open', 1)`);
    await expect(cancel(2)).rejects.toMatchObject({ code: 'day_is_being_closed', exitCode: 75 });
    await book.asOwner(`DELETE FROM run WHERE job = 'eod'`);
    const other = await connect(book.database.target);
    await other.query('BEGIN; SELECT pg_advisory_xact_lock(5262666002)');
    await expect(cancel(2)).rejects.toMatchObject({ code: 'import_is_running', exitCode: 75 });
    await other.end();
    await cancel(2);
    expect(await cancel(2)).toMatchObject({ outcome: 'unchanged', loans: 0, events: 0 });
    const otherwise = cancel(2, 'another reason');
    await expect(otherwise).rejects.toMatchObject({ code: 'import_cancelled', exitCode: 2 });
    await expect(cancel(9)).rejects.toMatchObject({ code: 'unknown_import', exitCode: 2 });
    await expect(cancel(1, ' ')).rejects.toMatchObject({ code: 'reason_missing', exitCode: 2 });
  });

  it('is the only way by which the batch role may delete', async () => {
    await expect(book.client.query('DELETE FROM event')).rejects.toMatchObject({ code: '42501' });
  });
});

describe('an import that is run again', () => {
  it('had been done before, under its name; under another one it is refused', async () => {
    const file = repayments(`R1,A1,${OPEN_DAY},5.00`, `R2,A9,${OPEN_DAY},5.00`);
    await importRepayments(book.client, { file, maxRejects: 1 });
    const rerun = await importRepayments(book.client, { file, maxRejects: 1 });
    expect(rerun).toMatchObject({
      doneBefore: true,
      importId: 2,
      ...{ rowsRead: 2, rowsTaken: 1, rowsRejected: 1, amount: 500 },
    });
    expect(existsSync(`${file}.rejects.csv`)).toBe(true);
    expect(await counts()).toMatchObject({ events: 2 });
    const text = [HEADER, `R1,A1,${OPEN_DAY},5.00`, `R2,A9,${OPEN_DAY},5.00`];
    const renamed = book.file('renamed.csv', ...text);
    await expect(importRepayments(book.client, { file: renamed })).rejects.toMatchObject({
      code: 'already_imported',
      evidence: { earlierName: 'repayments.csv' },
    });
    const again = await importRepayments(book.client, { file, again: true, maxRejects: 2 });
    expect(again).toMatchObject({ rowsTaken: 0, rowsRejected: 2, importId: 3 });
  });
});
