import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseDay } from '../../../src/accounting/calendar/epoch-day.js';
import { parseAmount } from '../../../src/accounting/money/amount-text.js';
import { connect } from '../../../src/db/connect.js';
import { closeDays } from '../../../src/jobs/eod/run/close-days.js';
import { reconcileGl } from '../../../src/jobs/ledger/reconcile-gl.js';
import { untouchedLoans } from '../../../src/jobs/ledger/untouched.js';
import { practiceCase } from '../../accounting/product/practice-cases.js';
import { generatedBook, type TestBook } from '../../support/book.js';
import { type TestDatabase, testDatabase } from '../../support/database.js';

const FIRST = parseDay('2026-03-30')!;
const RANGE = { from: FIRST, asOf: FIRST + 2 };
const DAYS = ['2026-03-30', '2026-03-31', '2026-04-01'];

let database: TestDatabase;
let book: TestBook;
let owner: pg.Client;
let quiet: number;

beforeAll(async () => {
  database = await testDatabase();
  const made = { loans: 120, seed: 21, start: DAYS[0]!, days: 3 };
  book = await generatedBook(database.target, made);
  for (const day of DAYS) await book.importDay(day);
  await closeDays(database.target, { through: FIRST + 2, workers: 1, tasks: 2 });
  owner = await connect(database.target, { role: 'owner' });
  quiet = (await owner.query<{ loan_id: number }>(QUIET)).rows[0]!.loan_id;
});

afterAll(async () => {
  await owner?.end();
  await database?.drop();
  book?.remove();
});

/** What is found after some statements of the owner, which are undone again. */
async function foundWith(sql: string | (() => Promise<void>), options = RANGE) {
  await owner.query('BEGIN');
  try {
    if (typeof sql === 'string') await owner.query(sql);
    else await sql();
    return await reconcileGl(owner, options);
  } finally {
    await owner.query('ROLLBACK');
  }
}

/** A normal loan that stands on all days and to which nothing happens on the second and third. */
const QUIET = `SELECT p.loan_id FROM position_20260330 p
  JOIN position_20260331 q USING (bucket, loan_id) JOIN position_20260401 r USING (bucket, loan_id)
  WHERE p.status = 0 AND r.status = 0 AND p.accruing AND r.accruing AND NOT EXISTS
    (SELECT FROM journal_line j WHERE j.loan_id = p.loan_id AND j.business_date > '2026-03-30')
  ORDER BY p.loan_id LIMIT 1`;

async function loanNoOf(): Promise<string> {
  const sql = `SELECT loan_no FROM loan WHERE loan_id = ${quiet}`;
  return (await owner.query<{ loan_no: string }>(sql)).rows[0]!.loan_no;
}

it('finds nothing where nothing was touched, loan by loan', async () => {
  const found = await reconcileGl(owner, { ...RANGE, everyLoan: true });
  expect(found).toMatchObject({ ok: true, days: 3, accountBreaks: [], loanBreaks: [] });
  const principal = found.accounts.find(({ account }) => account === '1303.01')!;
  expect(principal.positions).toBeGreaterThan(0);
  expect(principal.positions).toBe(principal.ledger);
});

describe('a day before the last', () => {
  const second = FIRST + 1;
  const loansOf = `SELECT count(*)::integer AS loans FROM position_20260331`;

  it('is not read again while nothing was written to it', async () => {
    await owner.query('VACUUM position_20260331');
    const { rows } = await owner.query<{ loans: number }>(loansOf);
    expect(await untouchedLoans(owner, second)).toBe(rows[0]!.loans);
  });

  it.each([
    ['a changed row', `UPDATE position SET fee_due = fee_due WHERE loan_id = :quiet`],
    ['a row taken out', `DELETE FROM position_20260331 WHERE loan_id = :quiet`],
    [
      'a row put in',
      `INSERT INTO position_20260331 SELECT (jsonb_populate_record(q, '{"loan_id": 7}')).*
         FROM position_20260331 q LIMIT 1`,
    ],
    ['kept sums written later', `UPDATE subledger_total SET loans = loans`],
  ])('is read again after %s, even when that was undone', async (_, sql) => {
    await owner.query('VACUUM position_20260331');
    await owner.query('BEGIN');
    try {
      await owner.query(sql.replaceAll(':quiet', String(quiet)));
      expect(await untouchedLoans(owner, second)).toBeNull();
    } finally {
      await owner.query('ROLLBACK');
    }
    const isRowChange = !sql.includes('subledger_total');
    expect((await untouchedLoans(owner, second)) === null).toBe(isRowChange);
  });

  it('is read with rescan, vacuumed or not', async () => {
    const change = (by: number) =>
      owner.query(`UPDATE position_20260331
      SET suspense = suspense + ${by} WHERE loan_id = ${quiet}`);
    await change(5);
    await owner.query('VACUUM position_20260331');
    const reading = await reconcileGl(owner, { ...RANGE, rescan: true });
    await change(-5);
    expect(reading.accountBreaks).toMatchObject([
      { businessDate: '2026-03-31', rule: 'positions_equal_ledger' },
      { businessDate: '2026-03-31', rule: 'positions_as_sealed' },
    ]);
  });
});

describe('a changed position', () => {
  it.each([
    ['2026-03-31', '2026-03-30'],
    ['2026-04-01', '2026-03-31'],
  ])('of %s is found, with its loan and the last good day %s', async (day, good) => {
    const found = await foundWith(`UPDATE position SET principal = principal + 1
      WHERE business_date = '${day}' AND loan_id = ${quiet}`);
    const line = { businessDate: day, account: '1303.01' };
    const { rows } = await owner.query<{ balance: bigint }>(
      `SELECT g.balance::numeric AS balance FROM gl_balance g JOIN account a USING (account_id)
       WHERE a.code = '1303.01' AND g.business_date = $1 AND g.group_id =
         (SELECT group_id FROM loan WHERE loan_id = ${quiet})`,
      [day],
    );
    const { balance } = rows[0]!;
    expect(found.accountBreaks).toMatchObject([
      { ...line, rule: 'positions_equal_ledger', expected: balance + 1n, actual: balance },
      { ...line, rule: 'positions_as_sealed', expected: balance, actual: balance + 1n },
    ]);
    expect(found.loanBreaks).toEqual([
      expect.objectContaining({
        businessDate: day,
        loanNo: await loanNoOf(),
        measure: 'principal_normal',
        explained: 0,
        changed: 1,
      }),
    ]);
    expect(found.lastGoodDay).toBe(good);
    expect(found.ok).toBe(false);
  });

  it('is found though the kept sum was changed with it', async () => {
    const found = await foundWith(`UPDATE position_20260401 SET fee_due = fee_due + 7
        WHERE loan_id = ${quiet};
      UPDATE subledger_total SET fee_due = fee_due + 7 WHERE ctid = (SELECT s.ctid
        FROM subledger_total s JOIN position_20260401 p USING (business_date, group_id, accruing,
        classification, overdue_bucket) WHERE p.loan_id = ${quiet})`);
    expect(found.accountBreaks).toMatchObject([
      { account: '1132.05', rule: 'positions_equal_ledger', expected: 7n, actual: 0n },
    ]);
    expect(found.loanBreaks).toMatchObject([{ measure: 'fee', explained: 0, changed: 7 }]);
  });

  it('that only moves interest to penalty inside a loan is found in both accounts', async () => {
    const found = await foundWith(`UPDATE position_20260401 SET interest_due = interest_due - 3,
      penalty_due = penalty_due + 3 WHERE loan_id = ${quiet}`);
    expect(new Set(found.accountBreaks.map(({ account }) => account))).toEqual(
      new Set(['1132.02', '1132.03']),
    );
    const differences = found.loanBreaks.map((one) => [one.measure, one.changed - one.explained]);
    expect(differences).toEqual([
      ['interest', -3],
      ['penalty', 3],
    ]);
  });

  it('in one loan against another of its group leaves accounts whole; loan by loan shows', async () => {
    const two = `SELECT loan_id, row_number() OVER (ORDER BY loan_id) AS n FROM position_20260401
      WHERE group_id = (SELECT group_id FROM position_20260401 WHERE status = 0 AND accruing
        GROUP BY group_id HAVING count(*) > 1 LIMIT 1) AND status = 0 AND accruing`;
    const found = await foundWith(
      () =>
        owner
          .query(`UPDATE position_20260401 p SET principal = principal + 3 - 2 * two.n
            FROM (${two}) AS two WHERE two.n < 3 AND p.loan_id = two.loan_id`)
          .then(() => undefined),
      { ...RANGE, everyLoan: true } as typeof RANGE,
    );
    expect(found).toMatchObject({ accountBreaks: [], ok: false });
    expect(found.loanBreaks.map((one) => one.changed - one.explained).sort()).toEqual([-1, 1]);
  });
});

it('finds a loan that was put into another group, though every account is whole', async () => {
  const found = await foundWith(`UPDATE position_20260331 p SET group_id = (SELECT max(group_id)
    FROM accounting_group g WHERE g.group_id <> p.group_id) WHERE loan_id = ${quiet}`);
  const ofPrincipal = found.accountBreaks.filter(
    (one) => one.account === '1303.01' && one.rule === 'positions_equal_ledger',
  );
  expect(ofPrincipal).toHaveLength(2);
  expect(ofPrincipal.reduce((sum, one) => sum + one.actual - one.expected, 0n)).toBe(0n);
});

it('shares days out among sessions, with the same result', async () => {
  const alone = await reconcileGl(owner, RANGE);
  const helper = await connect(database.target);
  const shared = await reconcileGl(owner, { ...RANGE, helpers: [helper] });
  await helper.end();
  expect({ ...shared, milliseconds: 0 }).toEqual({ ...alone, milliseconds: 0 });
});

it('finds a changed journal line, though its voucher balances, and its loan', async () => {
  const voucher = `(SELECT voucher FROM journal_line_20260330 WHERE kind = 4 AND loan_id <> 0
    ORDER BY voucher LIMIT 1)`;
  const found = await foundWith(
    `UPDATE journal_line_20260330 SET amount = 2 * amount WHERE voucher = ${voucher}`,
  );
  const rules = new Set(found.accountBreaks.map(({ rule }) => rule));
  expect(rules).toEqual(new Set(['journal_makes_balance']));
  expect(new Set(found.loanBreaks.map(({ businessDate }) => businessDate))).toEqual(
    new Set(['2026-03-30']),
  );
  expect(found.lastGoodDay).toBeNull();
});

it('finds a changed balance, and a line that names no account', async () => {
  const kept =
    await foundWith(`UPDATE gl_balance SET balance = balance + 5 WHERE ctid = (SELECT g.ctid
    FROM gl_balance g JOIN account a USING (account_id) WHERE a.code = '1012.02'
      AND business_date = '2026-03-31' LIMIT 1)`);
  // The balance of the day itself is 5 too high, and the one of the day after does not follow it.
  expect(kept.accountBreaks.map((one) => [one.businessDate, one.actual - one.expected])).toEqual([
    ['2026-03-31', 5n],
    ['2026-04-01', -5n],
  ]);
  const stray = await foundWith(`UPDATE journal_line_20260401 SET account_id = 999
    WHERE ctid = (SELECT ctid FROM journal_line_20260401 ORDER BY voucher, line LIMIT 1)`);
  expect(stray.accountBreaks.map(({ account }) => account)).toContain('no account 999');
});

it('refuses a day that is not sealed', async () => {
  await expect(reconcileGl(owner, { asOf: FIRST + 3 })).rejects.toMatchObject({
    code: 'day_not_sealed',
    exitCode: 2,
  });
});

const H2_STATE = z.object({ prin: z.string(), int: z.string(), pnlt: z.string() });
const H2_FLOW = z.object({ accrueInt: z.string(), paidPrin: z.string(), paidInt: z.string() });

describe('H2: yesterday and flow are today', () => {
  const { input, expected } = practiceCase(
    'H2',
    z.object({ prev: H2_STATE, flow: H2_FLOW }),
    z.object({ today: H2_STATE }),
  );
  const fen = (text: string) => parseAmount(text, 2)!;
  const put = (table: string, at: z.infer<typeof H2_STATE>, accrued: number) => `UPDATE ${table}
    SET principal = ${fen(at.prin)}, interest_accrued = 0, interest_due = ${fen(at.int)},
      penalty_due = ${fen(at.pnlt)}, interest_accrued_total = ${accrued} WHERE loan_id = ${quiet};`;

  /** The case as rows of two days and its payment as a voucher of the second. */
  async function loanBreaksOf(today: z.infer<typeof H2_STATE>) {
    const { paidPrin, paidInt, accrueInt } = input.flow;
    const lines = [
      ['1012.02', fen(paidPrin) + fen(paidInt)],
      ['1303.01', -fen(paidPrin)],
      ['1132.02', -fen(paidInt)],
    ];
    const legs = lines.map(([code, amount], at) => `('${code}', ${amount}, ${at + 1})`).join(', ');
    const found = await foundWith(
      `INSERT INTO journal_line_20260401 SELECT 1, p.loan_id, 1, v.amount, p.business_date,
         a.account_id, p.group_id, p.bucket, v.line, 4
       FROM position_20260401 p, (VALUES ${legs}) AS v (code, amount, line)
         JOIN account a USING (code) WHERE p.loan_id = ${quiet};
       ${put('position_20260331', input.prev, 0)}
       ${put('position_20260401', today, fen(accrueInt))}`,
    );
    return found.loanBreaks.filter(({ businessDate }) => businessDate === '2026-04-01');
  }

  it('holds for its figures', async () => {
    expect(await loanBreaksOf(expected.today)).toEqual([]);
  });

  it.each(['prin', 'int', 'pnlt'] as const)('names the loan where %s is 0.01 off', async (key) => {
    const off = { ...expected.today, [key]: (Number(expected.today[key]) + 0.01).toFixed(2) };
    expect((await loanBreaksOf(off)).map((one) => one.changed - one.explained)).toEqual([1]);
  });
});
