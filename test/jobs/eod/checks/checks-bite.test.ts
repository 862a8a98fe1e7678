import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDay } from '../../../../src/accounting/calendar/epoch-day.js';
import { BUCKET_COUNT } from '../../../../src/accounting/money/units.js';
import { connect } from '../../../../src/db/connect.js';
import { POSITION_COLUMNS } from '../../../../src/jobs/day/position-row.js';
import { checkDay } from '../../../../src/jobs/eod/checks/check-day.js';
import { gateSchedules } from '../../../../src/jobs/eod/checks/checks.js';
import { closeDays } from '../../../../src/jobs/eod/run/close-days.js';
import { generatedBook, type TestBook } from '../../../support/book.js';
import { type TestDatabase, testDatabase } from '../../../support/database.js';

const LAST = '2026-03-31';

/** One unit more, by the column's type. */
function tamper(column: string): string {
  if (column === 'accruing') return 'NOT accruing';
  // The next number belongs to another loan; the unique index alone would refuse it.
  if (column === 'loan_id') return 'loan_id + 1000000';
  if (column === 'open_installments') return `open_installments || '\\x01'::bytea`;
  if (column === 'totals') return 'set_byte(totals, 0, (get_byte(totals, 0) + 1) % 128)';
  return `${column} + 1`;
}

describe('the checks bite', () => {
  let database: TestDatabase;
  let book: TestBook;
  let owner: pg.Client;

  beforeAll(async () => {
    database = await testDatabase();
    book = await generatedBook(database.target, {
      loans: 600,
      seed: 3,
      start: '2026-03-30',
      days: 2,
    });
    await book.importDay('2026-03-30');
    await book.importDay(LAST);
    await closeDays(database.target, { through: parseDay(LAST)!, workers: 1, tasks: 8 });
    owner = await connect(database.target, { role: 'owner' });
  });

  afterAll(async () => {
    await owner?.end();
    await database?.drop();
    book?.remove();
  });

  /** The names of the checks that fail after `sql`, which is undone again. */
  async function failing(sql: string): Promise<string[]> {
    await owner.query('BEGIN');
    try {
      const changed = await owner.query(sql);
      expect(changed.rowCount).toBe(1);
      const { checks } = await checkDay(owner, []);
      return checks.filter((check) => !check.ok).map((check) => check.name);
    } finally {
      await owner.query('ROLLBACK');
    }
  }

  it('hold while nothing is touched', async () => {
    const { businessDate, checks } = await checkDay(owner, []);
    expect(businessDate).toBe(LAST);
    expect(checks.filter((check) => !check.ok)).toEqual([]);
    expect(checks).toHaveLength(9);
  });

  const columns = POSITION_COLUMNS.filter((name) => name !== 'business_date');
  it.each(columns)('position.%s changed by one unit', async (column) => {
    const row = `SELECT ctid FROM position_20260331 WHERE status <> 2
      ORDER BY bucket, loan_id LIMIT 1`;
    const failed = await failing(
      `UPDATE position_20260331 SET ${column} = ${tamper(column)} WHERE ctid = (${row})`,
    );
    expect(failed).toContain('hash');
  });

  it('position.business_date can not change inside its partition', async () => {
    await expect(
      failing(
        `UPDATE position_20260331 SET business_date = business_date + 1
         WHERE ctid = (SELECT ctid FROM position_20260331 LIMIT 1)`,
      ),
    ).rejects.toMatchObject({ code: '23514' });
  });

  it.each([
    ['principal', ['position_sums', 'hash']],
    ['principal_not_due', ['schedule_equals_balance', 'position_sums', 'hash']],
  ])('a changed %s is named by its own check', async (column, expected) => {
    const row = 'SELECT ctid FROM position_20260331 WHERE status <> 2 ORDER BY loan_id LIMIT 1';
    const failed = await failing(
      `UPDATE position_20260331 SET ${column} = ${column} + 1 WHERE ctid = (${row})`,
    );
    expect(failed).toEqual(expect.arrayContaining(expected));
  });

  const scheduleOf = (table: string) => `UPDATE ${table} s
    SET balance_after[p.next_seq] = s.balance_after[p.next_seq] + 1
    FROM (SELECT * FROM position_20260331 WHERE next_seq > 0 ORDER BY loan_id LIMIT 1) AS p
    WHERE s.bucket = p.bucket AND s.loan_id = p.loan_id AND s.version = p.schedule_version`;

  it('a schedule changed by one unit', async () => {
    expect(await failing(scheduleOf('schedule'))).toEqual(['schedule_equals_balance']);
  });

  it('the balance of a schedule that the close reads, changed by one unit', async () => {
    const everyLoan = { from: 0, to: BUCKET_COUNT - 1 };
    const asGate = () => gateSchedules(owner, parseDay(LAST)!, everyLoan);
    expect(await asGate()).toMatchObject({ ok: true });
    await owner.query('BEGIN');
    try {
      await owner.query(scheduleOf('schedule_balance'));
      const { ok, differences } = await asGate();
      expect(ok).toBe(false);
      expect(differences).toHaveLength(1);
      const { expected, actual } = differences[0]!;
      expect(Number(expected) - Number(actual)).toBe(1);
    } finally {
      await owner.query('ROLLBACK');
    }
  });

  it('a journal line changed by one unit', async () => {
    const failed = await failing(
      `UPDATE journal_line_20260331 SET amount = amount + 1
       WHERE ctid = (SELECT ctid FROM journal_line_20260331 ORDER BY voucher, line LIMIT 1)`,
    );
    expect(failed).toEqual(
      expect.arrayContaining(['debits_equal_credits', 'subledger_equals_ledger', 'hash']),
    );
  });

  it('a journal line deleted', async () => {
    const failed = await failing(
      `DELETE FROM journal_line_20260331
       WHERE ctid = (SELECT ctid FROM journal_line_20260331 ORDER BY voucher, line LIMIT 1)`,
    );
    expect(failed).toEqual(expect.arrayContaining(['debits_equal_credits', 'hash']));
  });

  it('an allocation changed by one unit', async () => {
    const failed = await failing(
      `UPDATE allocation_20260331 SET amount = amount + 1
       WHERE ctid = (SELECT ctid FROM allocation_20260331 ORDER BY loan_id LIMIT 1)`,
    );
    expect(failed).toEqual(expect.arrayContaining(['day_rolls_forward', 'hash']));
  });
});
