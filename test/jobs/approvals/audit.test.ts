import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../../src/db/connect.js';
import { migrate } from '../../../src/db/migrate.js';
import { verifyAudit, writeAudit } from '../../../src/jobs/approvals/audit.js';
import { type ScratchBook, scratchBook } from '../../support/scratch-book.js';
import { dumpedBook } from '../../upgrade/dumped-book.js';
import { lineUp } from './line-up.js';

let book: ScratchBook;
let owner: pg.Client;
beforeAll(async () => {
  book = await scratchBook();
  owner = await connect(book.database.target, { role: 'owner' });
});
afterAll(async () => {
  await owner.end();
  await book.remove();
});

const WRITERS = 8;
const ROWS = 50;

it('is one chain without a fork or a gap, whoever writes at once', async () => {
  const before = (await verifyAudit(book.client)).rows;
  const sessions = await Promise.all(
    Array.from({ length: WRITERS }, () => connect(book.database.target)),
  );
  const write = () =>
    Promise.all(
      sessions.map(async (session, writer) => {
        for (let row = 0; row < ROWS; row += 1) {
          // Some take back what they wrote: their numbers are given to the next ones.
          await session.query('BEGIN');
          await writeAudit(session, {
            action: 'race',
            subject: `${writer}/${row}`,
            after: { row },
          });
          await session.query(row % 7 === 3 ? 'ROLLBACK' : 'COMMIT');
        }
      }),
    );
  const lock = 'SELECT FROM audit_head FOR UPDATE';
  await lineUp(book.database.target, { lock, runners: WRITERS }, write);
  for (const session of sessions) await session.end();
  const kept =
    WRITERS * Array.from({ length: ROWS }, (_, row) => row % 7 !== 3).filter(Boolean).length;
  expect(await verifyAudit(book.client)).toMatchObject({
    ok: true,
    rows: before + kept,
    firstBroken: null,
  });
  const numbers = await book.rows(
    'SELECT min(audit_id) AS first, max(audit_id) AS last FROM audit',
  );
  expect(numbers).toEqual([{ first: 1, last: before + kept }]);
});

describe('what is done to it behind the tool', () => {
  /** Of the columns of audit, what a changed row would say. */
  const CHANGES: readonly (readonly [column: string, value: string])[] = [
    ['at', `at + interval '1 second'`],
    ['login', `login || 'x'`],
    ['person', `coalesce(person, '') || 'x'`],
    ['logins', `CASE logins WHEN 'shared' THEN 'personal' ELSE 'shared' END`],
    ['action', `action || 'x'`],
    ['subject', `subject || 'x'`],
    ['reason', `reason || 'x'`],
    ['before', `'{"x": 1}'`],
    ['after', `'{"x": 1}'`],
    ['hash', `sha256(hash)`],
  ];

  const undone = async (sql: string) => {
    await owner.query('BEGIN');
    await owner.query(sql);
    const proof = await verifyAudit(owner);
    await owner.query('ROLLBACK');
    return proof;
  };

  it('every column is in the table', async () => {
    const columns = await book.rows(`SELECT attname AS name FROM pg_attribute
      WHERE attrelid = 'audit'::regclass AND attnum > 0 AND NOT attisdropped`);
    // The day whose seal chained the row is for `check chain` to tell.
    const names = ['audit_id', 'chained_on', ...CHANGES.map(([name]) => name)];
    expect(columns.map(({ name }) => name).sort()).toEqual(names.sort());
  });

  it.each(CHANGES)('%s', async (column, value) => {
    const proof = await undone(`UPDATE audit SET ${column} = ${value} WHERE audit_id = 7`);
    expect(proof).toMatchObject({ ok: false, firstBroken: { number: 7, rule: 'row_changed' } });
  });

  it.each([
    ['a row taken out', 'DELETE FROM audit WHERE audit_id = 7', 7, 'row_missing'],
    ['the first row taken out', 'DELETE FROM audit WHERE audit_id = 1', 1, 'row_missing'],
    ['a number changed', 'UPDATE audit SET audit_id = 100000 WHERE audit_id = 7', 7, 'row_missing'],
    [
      'a row taken out and the others moved up',
      `DELETE FROM audit WHERE audit_id = 7;
       UPDATE audit SET audit_id = -audit_id WHERE audit_id > 7;
       UPDATE audit SET audit_id = -audit_id - 1 WHERE audit_id < 0`,
      7,
      'row_changed',
    ],
  ])('%s', async (_name, sql, number, rule) => {
    expect(await undone(sql)).toMatchObject({ ok: false, firstBroken: { number, rule } });
  });

  it('the last row taken out, with or without its head', async () => {
    const last = `DELETE FROM audit WHERE audit_id = (SELECT max(audit_id) FROM audit)`;
    const { rows } = await verifyAudit(owner);
    expect(await undone(last)).toMatchObject({
      ok: false,
      firstBroken: { number: rows, rule: 'row_missing' },
    });
    const head = `UPDATE audit_head SET audit_id = audit_id - 1`;
    expect(await undone(`${last}; ${head}`)).toMatchObject({
      ok: false,
      firstBroken: { rule: 'head_differs' },
    });
    expect(await undone('DELETE FROM audit_head')).toMatchObject({ ok: false });
    expect(await undone(`UPDATE audit_head SET hash = 'x'`)).toMatchObject({
      ok: false,
      firstBroken: { rule: 'head_differs' },
    });
  });
});

it('of a book of before is chained by `db migrate`, without a gap and without losing a row', async () => {
  const dumped = await dumpedBook();
  const root = await connect(dumped.target, { role: 'login' });
  try {
    await root.query('SET ROLE loanbook_owner');
    await root.query(
      `INSERT INTO audit (action, subject, reason) VALUES ('eod discard', '1', 'a')`,
    );
    // A number that was drawn and rolled back.
    await root.query(`SELECT nextval('audit_audit_id_seq')`);
    await root.query(
      `INSERT INTO audit (action, subject, reason) VALUES ('eod discard', '2', 'b')`,
    );
    const reasons = 'SELECT reason FROM audit ORDER BY audit_id';
    const { rows: earlier } = await root.query<{ reason: string }>(reasons);
    await root.query(`
      INSERT INTO recon_break (statement_id, type, order_no, line, bucket, loan_id, event_id,
        difference, suspense, our_status, since, pend_until, state)
        SELECT statement_id, 'ledger', 'x', 0, 0, 0, 0, 0, 0, '', '2026-03-01', '2026-03-01', 'open'
        FROM statement LIMIT 1;
      INSERT INTO break_action (break_id, action, by_whom, checker, note)
        SELECT max(break_id), 'resolve', 'Sun', 'ＳＵＮ', 'x' FROM recon_break`);
    await migrate(dumped.target);
    const { rows: kept } = await root.query<{ reason: string }>(reasons);
    expect(kept.slice(0, earlier.length)).toEqual(earlier);
    expect(await verifyAudit(root)).toMatchObject({ ok: true, beforeChain: earlier.length });
    const pairs = await root.query('SELECT * FROM unproven_pairs()');
    expect(pairs.rows).toMatchObject([{ what: 'break', maker: 'Sun', checker: 'ＳＵＮ' }]);
    const lost = await root.query(`SELECT name FROM (
        SELECT maker AS name FROM entry UNION SELECT checker FROM entry
        UNION SELECT made_by FROM voucher_file UNION SELECT made_by FROM voucher_decision
        UNION SELECT by_whom FROM break_action UNION SELECT made_by FROM period_event) AS n
      WHERE name IS NOT NULL AND NOT EXISTS (SELECT FROM person
        WHERE name_key = person_key(n.name) AND roles = '{}')`);
    expect(lost.rows).toEqual([]);
    const undecided = await root.query(`SELECT FROM voucher_decision d WHERE NOT EXISTS (
      SELECT FROM approval a WHERE a.act = 'voucher' AND a.subject = d.voucher_id::text
        AND a.checker = d.made_by
        AND a.status = CASE d.decision WHEN 'approved' THEN 'granted' ELSE 'refused' END)`);
    expect(undecided.rows).toEqual([]);
    const inUse = await root.query('SELECT persons_in_use() AS yes');
    expect(inUse.rows).toEqual([{ yes: false }]);
  } finally {
    await root.end();
    await dumped.drop();
  }
});
