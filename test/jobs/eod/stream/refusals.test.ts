import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseDay } from '../../../../src/accounting/calendar/epoch-day.js';
import { ENGINE_VERSION } from '../../../../src/accounting/fold/close-day.js';
import { withClient } from '../../../../src/db/connect.js';
import { applyLedger } from '../../../../src/jobs/book/apply-dated.js';
import { HASHED_COLUMNS } from '../../../../src/jobs/day/hashed-columns.js';
import { closeDays } from '../../../../src/jobs/eod/run/close-days.js';
import { discardDay } from '../../../../src/jobs/eod/run/discard-day.js';
import { eodStatus } from '../../../../src/jobs/eod/run/eod-status.js';
import { importLoans } from '../../../../src/jobs/import/import-loans.js';
import { packageRoot } from '../../../../src/package-root.js';
import { generatedBook, type TestBook } from '../../../support/book.js';
import { databaseLike, type TestDatabase, testDatabase } from '../../../support/database.js';

const FIRST = parseDay('2026-03-30')!;
const OPTIONS = { workers: 1, tasks: 4 };

describe('a close', () => {
  let built: TestDatabase;
  let database: TestDatabase;
  let book: TestBook;

  beforeAll(async () => {
    built = await testDatabase();
    const made = { loans: 200, seed: 9, start: '2026-03-30', days: 2 };
    book = await generatedBook(built.target, made);
    await book.importDay('2026-03-30');
  });
  afterAll(async () => {
    await built.drop();
    book.remove();
  });

  beforeEach(async () => {
    database = await databaseLike(built);
  });
  afterEach(() => database.drop());

  function sql<T extends object>(text: string, role: 'batch' | 'owner' = 'owner'): Promise<T[]> {
    return withClient(database.target, { role }, async (client) => {
      const { rows } = await client.query<T>(text);
      return rows;
    });
  }

  it('out of order is refused and names the open day', async () => {
    await expect(closeDays(database.target, { ...OPTIONS, date: FIRST + 1 })).rejects.toMatchObject(
      { code: 'day_out_of_order', evidence: { open_day: '2026-03-30', asked: '2026-03-31' } },
    );
  });

  it('of a closed day says so and does nothing', async () => {
    await closeDays(database.target, OPTIONS);
    const said: number[] = [];
    const again = { ...OPTIONS, date: FIRST, onAlreadyClosed: (day: number) => said.push(day) };
    expect(await closeDays(database.target, again)).toEqual([]);
    expect(said).toEqual([FIRST]);
    expect(await sql(`SELECT FROM run WHERE job = 'eod'`)).toHaveLength(1);
  });

  it('held by another host exits 75 and names the holder; its lease runs out', async () => {
    await sql(`INSERT INTO run (job, business_date, tasks, status, engine_version, holder, token,
      lease_until, hashed_columns) VALUES ('eod', '2026-03-30', 4, 'open', ${ENGINE_VERSION},
      'elsewhere/77/other', gen_random_uuid(), now() + interval '1 hour',
      '${JSON.stringify(HASHED_COLUMNS)}')`);
    await expect(closeDays(database.target, OPTIONS)).rejects.toMatchObject({
      code: 'day_is_being_closed',
      exitCode: 75,
      evidence: { host: 'elsewhere', pid: '77' },
    });
    await sql(`UPDATE run SET lease_until = now() - interval '1 second'`);
    const [day] = await closeDays(database.target, OPTIONS);
    expect(day?.resumed).toBe(true);
  });

  it('holds a loan that can not be folded, and takes it back the day after', async () => {
    const [victim] = await sql<{ loan_id: number; paid_periods: number }>(
      'SELECT loan_id, paid_periods FROM loan WHERE periods > 2 ORDER BY loan_no LIMIT 1',
    );
    const broken = `UPDATE schedule SET balance_after = array_replace(balance_after,
      balance_after[1], balance_after[1] + 1), principal[1] = principal[1] + 1,
      due_on[1] = '2026-03-30' WHERE loan_id = ${victim!.loan_id}`;
    await sql(`CREATE TABLE saved AS SELECT * FROM schedule WHERE loan_id = ${victim!.loan_id}`);
    await sql(broken);
    await sql(`UPDATE loan SET paid_periods = 1 WHERE loan_id = ${victim!.loan_id}`);
    const [first] = await closeDays(database.target, OPTIONS);
    expect(first).toMatchObject({ held: 1 });
    const held = await sql<{ reason: string }>('SELECT reason FROM held_loan');
    expect(held).toHaveLength(1);
    expect(held[0]!.reason).toContain('schedule');
    // Put right, it is folded for both days; without that its opening would be missing.
    await sql(`UPDATE schedule s SET balance_after = v.balance_after, principal = v.principal,
      due_on = v.due_on FROM saved v WHERE s.loan_id = v.loan_id`);
    await sql(`UPDATE loan SET paid_periods = ${victim!.paid_periods}
      WHERE loan_id = ${victim!.loan_id}`);
    // A late event on it is rejected: which days it would change is not known yet.
    await sql(`INSERT INTO event (bucket, loan_id, event_id, type, ref, value_date, business_date,
      amount, import_id) SELECT bucket, loan_id, 999999999, 3, 'LATE', '2026-03-30', '2026-03-31',
      100, 1 FROM loan WHERE loan_id = ${victim!.loan_id}`);
    const [second] = await closeDays(database.target, OPTIONS);
    expect(await sql(`SELECT rule FROM event_outcome WHERE event_id = 999999999`)).toEqual([
      { rule: 'late_on_a_held_loan' },
    ]);
    expect(second).toMatchObject({ held: 0, loans: first!.loans + second!.born - second!.closed });
    expect(second!.checks.every((check) => check.ok)).toBe(true);
    const [position] = await sql<{ folded: boolean }>(
      `SELECT folded_on = business_date AS folded FROM position_20260331
       WHERE loan_id = ${victim!.loan_id}`,
    );
    expect(position).toEqual({ folded: true });
  });

  it('seals nothing while more loans are held than allowed', async () => {
    await sql(`UPDATE loan SET paid_periods = 1 WHERE loan_id IN
      (SELECT loan_id FROM loan WHERE paid_periods = 0 AND periods > 1 ORDER BY loan_no LIMIT 1)`);
    await sql(`UPDATE schedule SET balance_after = array_fill(0::bigint,
      ARRAY[cardinality(due_on)]) WHERE loan_id IN
      (SELECT loan_id FROM loan WHERE paid_periods > 0)`);
    await expect(closeDays(database.target, { ...OPTIONS, maxHeld: 0 })).rejects.toMatchObject({
      code: 'too_many_held',
    });
    expect(await sql('SELECT FROM sealed_day')).toHaveLength(0);
    await withClient(database.target, {}, (client) => discardDay(client, FIRST, 'test'));
    expect(await sql('SELECT FROM held_loan')).toHaveLength(0);
    const status = await withClient(database.target, {}, eodStatus);
    expect(status).toMatchObject({ openDay: '2026-03-30', lastSealed: null, run: null });
  });

  it('stops where no posting rule covers an event', async () => {
    await sql(`UPDATE ledger_version SET document = jsonb_set(document::jsonb, '{rules}',
      (SELECT jsonb_agg(rule) FROM jsonb_array_elements(document::jsonb -> 'rules') AS rule
       WHERE rule ->> 'on' <> 'repayment'))::text`);
    await sql(
      `UPDATE ledger_version SET sha256 = encode(sha256(convert_to(document, 'UTF8')), 'hex')`,
    );
    await expect(closeDays(database.target, OPTIONS)).rejects.toMatchObject({
      code: 'no_posting_rule',
      evidence: { movement: 'repayment' },
      next: expect.stringMatching(/eod discard --date 2026-03-30 .*ledger apply.*2026-03-30/),
    });
    expect(await sql('SELECT FROM sealed_day')).toHaveLength(0);
    // What the error names, step by step.
    const ledger = readFileSync(join(packageRoot, 'config/ledger.yaml'), 'utf8');
    const later = ledger.replace(/^effective_from: .*$/m, 'effective_from: 2026-03-30');
    await withClient(database.target, {}, async (client) => {
      await discardDay(client, FIRST, 'a rule is missing');
      await applyLedger(client, later, 'ledger');
    });
    expect(await closeDays(database.target, OPTIONS)).toMatchObject([{ held: 0 }]);
  });

  it('needs the calendar year of a due date and names it', async () => {
    await sql('DELETE FROM calendar_year WHERE year = 2026');
    await expect(closeDays(database.target, OPTIONS)).rejects.toMatchObject({
      code: 'calendar_year_not_loaded',
      evidence: { year: 2026 },
    });
    expect(await sql('SELECT FROM sealed_day')).toHaveLength(0);
  });

  it('leaves a sealed day to which the batch role can add nothing', async () => {
    await closeDays(database.target, OPTIONS);
    for (const statement of [
      'INSERT INTO position_20260330 SELECT * FROM position_20260330 LIMIT 1',
      'UPDATE journal_line SET amount = 0',
      'DELETE FROM allocation',
      'UPDATE event SET amount = 1',
    ]) {
      await expect(sql(statement, 'batch'), statement).rejects.toMatchObject({ code: '42501' });
    }
  });

  it('settles a loan born, repaid and settled on one day, and drops it the day after', async () => {
    const file = join(book.folder, 'one.csv');
    const header = 'loan_no,product,principal,rate,periods,disbursed_on,org';
    writeFileSync(file, `${header}\nONE,CASH-LEVEL,1000.00,0.18,12,2026-03-30,SH01\n`);
    await withClient(database.target, {}, (client) => importLoans(client, { file }));
    const [loan] = await sql<{ loan_id: number; bucket: number }>(
      `SELECT loan_id, bucket FROM loan WHERE loan_no = 'ONE'`,
    );
    const { loan_id, bucket } = loan!;
    const principal = 100_000;
    await sql(`INSERT INTO event SELECT ${bucket}, ${loan_id}, nextval('event_arrival'), type, ref,
      '2026-03-30', '2026-03-30', amount, 1
      FROM (VALUES (3, 'R1', 500), (4, 'S1', 0), (3, 'R2', 100)) AS e (type, ref, amount)`);
    const days = await closeDays(database.target, { ...OPTIONS, through: FIRST + 1 });
    const [position] = await sql<{ status: number; principal: number; suspense: number }>(
      `SELECT status, principal, suspense FROM position_20260330 WHERE loan_id = ${loan_id}`,
    );
    // Nothing was due when the 5.00 came, so it waits in suspense; the settlement pays the principal.
    expect(position).toEqual({ status: 2, principal: 0, suspense: 500 });
    const outcomes = await sql<{ rule: string; allocated: number; to_suspense: number }>(
      `SELECT rule, allocated, to_suspense FROM event_outcome
       WHERE loan_id = ${loan_id} AND business_date = '2026-03-30' ORDER BY event_id`,
    );
    expect(outcomes).toEqual([
      { rule: '', allocated: 0, to_suspense: 0 },
      { rule: '', allocated: 0, to_suspense: 500 },
      { rule: '', allocated: principal, to_suspense: 0 },
      { rule: 'loan_settled', allocated: 0, to_suspense: 0 },
    ]);
    expect(days.every((day) => day.checks.every((check) => check.ok))).toBe(true);
  });
});
