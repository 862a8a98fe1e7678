import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseDay } from '../../../../src/accounting/calendar/epoch-day.js';
import { formatAmount, parseAmount } from '../../../../src/accounting/money/amount-text.js';
import { connect } from '../../../../src/db/connect.js';
import { readSql } from '../../../../src/db/sql-file.js';
import { createBook } from '../../../../src/jobs/book/create-book.js';
import { closeDays } from '../../../../src/jobs/eod/run/close-days.js';
import { settlePartners } from '../../../../src/jobs/funding/settle/settle-partners.js';
import { applyTerms } from '../../../../src/jobs/funding/terms/apply-terms.js';
import { applyChannel } from '../../../../src/jobs/reconcile/channel.js';
import { reconcileBank } from '../../../../src/jobs/reconcile/reconcile-bank.js';
import { nextDay } from '../../../model/funding/naive-days.js';
import { randomOf } from '../../../model/operations/random.js';
import { type TestDatabase, testDatabase } from '../../../support/database.js';
import { workedCases } from '../../../support/worked-cases.js';
import { answerOf } from '../simulate/funding-cases.js';

interface Item {
  readonly business_date: string;
  readonly kind: string;
  readonly amount: string;
}

const SETTLE = new URL('../../../../src/jobs/funding/settle/x.js', import.meta.url).href;

let loans = 0;
let database: TestDatabase;
let client: pg.Client;
let owner: pg.Client;
const folder = mkdtempSync(join(tmpdir(), 'loanbook-settle-'));

beforeAll(async () => {
  database = await testDatabase();
  client = await connect(database.target);
  owner = await connect(database.target, { role: 'owner' });
  const firstBusinessDate = parseDay('2026-01-02')!;
  await createBook(client, { entity: 'T', currency: 'CNY', firstBusinessDate, calendar: 'cn' });
});
afterAll(async () => {
  await client.end();
  await owner.end();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  await owner.query(`DELETE FROM entry_line; DELETE FROM entry; DELETE FROM funding_item;
    DELETE FROM guarantor_item; DELETE FROM guarantee_act; DELETE FROM transfer_found; DELETE FROM funding_settlement;
    DELETE FROM funding_terms`);
});

const fen = (text: string) => parseAmount(text, 2)!;
const yuan = (amount: number) => formatAmount(amount, 2);

/** The day that is open; those before it are as if they were closed. */
const openOn = (day: string) => owner.query('UPDATE book SET business_date = $1', [day]);

/** Items as the close writes them: of a movement, or what the lender keeps of it. */
async function book(party: string, items: readonly Item[]): Promise<void> {
  for (const { business_date, kind, amount } of items) {
    loans += 1;
    const isFee = kind === 'service_fee';
    const movement = kind === 'funding' ? 'movement_disbursement()' : 'movement_repayment()';
    // A share of what moved is positive in the way of its movement: see docs/funding.md.
    const share = isFee ? 0 : kind === 'funding' ? 0 - fen(amount) : fen(amount);
    await owner.query(
      `INSERT INTO funding_item (bucket, loan_id, business_date, place, event_id, plan_id, party,
         kind, principal, interest, penalty, compound, fee, service_fee, service_tax)
       VALUES (0, $1, $2, 0, 1, 1, $3, ${movement}, $4, 0, 0, 0, 0, $5, 0)`,
      [loans, business_date, party, share, isFee ? 0 - fen(amount) : 0],
    );
  }
}

const partner = (code: string, settlement: object) =>
  applyTerms(client, 'partner', JSON.stringify({ code, settlement }), { source: 't', by: 'Li' });
const settle = (day: string, more: object = {}) =>
  settlePartners(client, { date: parseDay(day)!, by: 'Li', ...more });

const KEPT = `SELECT due_on, from_date AS from, to_date AS to, amount FROM funding_settlement
  WHERE amount <> 0 ORDER BY settlement_id`;

const cases = workedCases('funding').filter(({ input }) => input.kind === 'settle');

describe.skipIf(cases.length === 0)('what a book settles', () => {
  it.each(cases)('$id is what is worked out on paper', async ({ id, input, expected }) => {
    const { terms, items, through } = input as unknown as {
      terms: object;
      items: Item[];
      through: string;
    };
    await partner(id, terms);
    await book(id, items);
    await openOn('2026-05-06');
    const { standings } = await settle(through, { partner: id });
    const kept = await client.query(KEPT);
    expect(kept.rows.map((row) => ({ ...row, amount: yuan(Number(row.amount)) }))).toEqual(
      expected.settlements,
    );
    expect(standings.map(({ carried }) => yuan(carried))).toEqual([expected.carried]);
  });
});

describe('a settlement', () => {
  const ITEMS = [
    { business_date: '2026-03-06', kind: 'repayment', amount: '641.76' },
    { business_date: '2026-03-06', kind: 'service_fee', amount: '-26.25' },
    { business_date: '2026-03-06', kind: 'funding', amount: '-700.00' },
  ];

  it('is one entry: payable and receivable against the bank', async () => {
    await partner('P1', {});
    await book('P1', ITEMS);
    await openOn('2026-03-09');
    const outcome = await settle('2026-03-09');
    // 641.76 - 26.25 = 615.51 payable, 700.00 receivable: 84.49 are drawn.
    expect(outcome.transfers).toMatchObject([{ amount: -8449, reference: 'S-P1-20260306' }]);
    const { rows } = await client.query(
      `SELECT e.source, e.reference, a.code, l.amount FROM entry e JOIN entry_line l USING (entry_id)
       JOIN account a USING (account_id) ORDER BY l.line`,
    );
    const own = { source: 'settlement', reference: 'S-P1-20260306' };
    expect(rows).toEqual([
      { ...own, code: '2241.03', amount: 61_551 },
      { ...own, code: '1221.04', amount: -70_000 },
      { ...own, code: '1002.01', amount: 8449 },
    ]);
  });

  it('pays a guarantor what customers owed it, out of an account of its own', async () => {
    await partner('G1', {});
    await owner.query(`INSERT INTO guarantee_act
      VALUES (1, '2026-03-06', 0, 1, 'passed', 1, 92380, 'r', 0, 1, '', 'Li')`);
    await owner.query(
      `INSERT INTO guarantor_item VALUES (1, '2026-03-06', 'G1', 'recovery', 92380)`,
    );
    await openOn('2026-03-09');
    expect((await settle('2026-03-09')).transfers).toMatchObject([{ party: 'G1', amount: 92_380 }]);
    const { rows } = await client.query(
      `SELECT a.code, l.amount FROM entry_line l JOIN account a USING (account_id) ORDER BY l.line`,
    );
    expect(rows).toEqual([
      { code: '2241.04', amount: 92_380 },
      { code: '1002.01', amount: -92_380 },
    ]);
  });

  it('is made once, and what is tried leaves nothing', async () => {
    await partner('P1', {});
    await book('P1', ITEMS);
    await openOn('2026-03-09');
    expect(await settle('2026-03-09', { dryRun: true })).toMatchObject({
      transfers: [{ amount: -8449 }],
      dryRun: true,
    });
    expect((await client.query(KEPT)).rows).toEqual([]);
    expect((await client.query('SELECT FROM entry')).rows).toEqual([]);
    expect((await settle('2026-03-09')).transfers).toHaveLength(1);
    expect((await settle('2026-03-09')).transfers).toEqual([]);
    expect((await client.query('SELECT FROM entry')).rows).toHaveLength(1);
  });

  it('waits for the close of the day whose items are due', async () => {
    await partner('P1', { days: 0 });
    await book('P1', ITEMS);
    await openOn('2026-03-06');
    await expect(settle('2026-03-05')).resolves.toMatchObject({ transfers: [] });
    await openOn('2026-03-09');
    await expect(settle('2026-03-09')).rejects.toMatchObject({
      code: 'items_not_closed',
      exitCode: 2,
      evidence: { party: 'P1', businessDate: '2026-03-09', date: '2026-03-09' },
    });
    await expect(settle('2026-03-08')).resolves.toMatchObject({ transfers: [{ amount: -8449 }] });
  });

  it('asks for the calendar of a year that the book does not hold', async () => {
    await partner('P1', {});
    await book('P1', [{ ...ITEMS[0]!, business_date: '2030-03-06' }]);
    await openOn('2030-03-09');
    await expect(settle('2030-03-09')).rejects.toMatchObject({
      code: 'calendar_year_not_loaded',
      exitCode: 2,
      evidence: { party: 'P1', year: 2030 },
    });
  });

  it('needs the document of the partner', async () => {
    await book('P1', ITEMS);
    await openOn('2026-03-09');
    await expect(settle('2026-03-09')).rejects.toMatchObject({
      code: 'unknown_partner',
      evidence: { value: 'P1' },
    });
  });

  it('is known to the bank by its reference, to the fen and once', async () => {
    const bank =
      'code: ICBC\nkind: bank\ncolumns: {order_no: ref, amount: amount, value_date: date}\n';
    await applyChannel(client, bank, 'icbc.yaml');
    await partner('P1', {});
    await book('P1', ITEMS);
    await openOn('2026-03-09');
    await settle('2026-03-09');
    const take = (name: string, lines: readonly string[], more: object = {}) => {
      const file = join(folder, name);
      writeFileSync(file, `ref,amount,date\n${lines.join('\n')}\n`);
      return reconcileBank(client, { file, by: 'wang', ...more });
    };
    const found = () => client.query('SELECT reference FROM transfer_found');
    // Another amount is money of nobody, and the transfer is still to come.
    const wrong = await take('a.csv', ['S-P1-20260306,84.48,2026-03-09']);
    expect(wrong).toMatchObject({ breaks: { missing_ours: 1 } });
    expect((await found()).rows).toEqual([]);
    await take('b.csv', ['S-P1-20260306,84.49,2026-03-10']);
    expect((await found()).rows).toEqual([{ reference: 'S-P1-20260306' }]);
    const again = await take('c.csv', ['S-P1-20260306,84.49,2026-03-11']);
    expect(again).toMatchObject({ breaks: { missing_ours: 1 } });
    const { rows } = await client.query(
      `SELECT count(*) AS lines FROM entry_line l JOIN entry e USING (entry_id)
       JOIN account a USING (account_id) WHERE a.code = '1002.01' AND e.source = 'bank'`,
    );
    // 84.48 of nobody, and the line that came a second time: both in suspense, the transfer not.
    expect(rows).toEqual([{ lines: 2 }]);
  });
});

it('has settled, carried and not yet due what is payable, on every day', async () => {
  const below = randomOf(44);
  const days = Array.from({ length: 45 }, (_, at) => nextDay('2026-02-02', at));
  const terms = { days: 1, minimum: '50.00', dark: [{ from: '2026-02-12', to: '2026-02-24' }] };
  await partner('P1', terms);
  await partner('P2', { days: 2, net: false, minimum: '30.00' });
  const items: Record<string, Item[]> = { P1: [], P2: [] };
  let [transfers, carries] = [0, 0];
  for (const day of days) {
    await openOn(day);
    for (const [party, all] of Object.entries(items)) {
      const { standings } = await settle(day, { partner: party });
      const kept = await client.query<{ amount: bigint }>(
        'SELECT amount FROM funding_settlement WHERE party = $1',
        [party],
      );
      const settled = kept.rows.reduce((sum, { amount }) => sum + Number(amount), 0);
      const [{ carried, notDue } = { carried: 0, notDue: 0 }] = standings;
      const owed = all.reduce((sum, { amount }) => sum + fen(amount), 0);
      expect(settled + carried + notDue, `${party} on ${day}`).toBe(owed);
      if (carried !== 0) carries += 1;
    }
    // Items of the day, which its close will have written.
    for (const party of Object.keys(items)) {
      const today = Array.from({ length: below(4) }, (): Item => {
        const kind = ['repayment', 'funding', 'service_fee'][below(3)]!;
        const size = 1 + below(4000);
        return { business_date: day, kind, amount: yuan(kind === 'repayment' ? size : -size) };
      });
      await book(party, today);
      items[party]!.push(...today);
    }
  }
  for (const [party, own] of Object.entries(items)) {
    const last = days.at(-1)!;
    const settlement = party === 'P1' ? terms : { days: 2, net: false, minimum: '30.00' };
    const before = own.filter(({ business_date }) => business_date < last);
    const { rows } = await client.query<{ holidays: string[]; workdays: string[] }>(
      'SELECT holidays, workdays FROM calendar_year WHERE year = 2026',
    );
    const calendar = { ...rows[0]!, years: [2026] };
    const answer = answerOf({
      ...{ kind: 'settle', terms: settlement, calendar, through: last },
      items: before.map((item, at) => ({ ...item, ref: `R${at}` })),
    }) as { settlements: object[] };
    const kept = await client.query(
      `${KEPT.replace('WHERE', 'WHERE party = $1 AND')}`.replace(
        'ORDER BY settlement_id',
        'ORDER BY due_on, amount < 0',
      ),
      [party],
    );
    const shown = kept.rows.map((row) => ({ ...row, amount: yuan(Number(row.amount)) }));
    expect(shown, party).toEqual(answer.settlements);
    transfers += shown.length;
  }
  expect(transfers).toBeGreaterThan(20);
  expect(carries).toBeGreaterThan(5);
});

it('reads the items alone that are not settled in both directions', async () => {
  const item = (amount: string): Item => ({
    ...{ business_date: '2026-03-05', kind: 'repayment', amount },
  });
  await partner('P1', { days: 0 });
  await partner('P2', { days: 0, net: false });
  await partner('P3', { days: 0 });
  for (const party of ['P1', 'P2', 'P3']) await book(party, [item('10.00')]);
  await openOn('2026-03-06');
  await settle('2026-03-05', { partner: 'P1' });
  await settle('2026-03-05', { partner: 'P2' });
  // Whoever works out an amount of these is refused: they are beyond any integer of eight bytes.
  await owner.query(`UPDATE funding_item SET principal = 9223372036854775807, interest = 1
    WHERE party IN ('P1', 'P3')`);
  await book('P1', [{ ...item('7.00'), business_date: '2026-03-06' }]);
  await book('P2', [{ ...item('-3.00'), kind: 'funding' }]);
  await openOn('2026-03-07');
  expect((await settle('2026-03-06', { partner: 'P1' })).transfers).toMatchObject([
    { from: parseDay('2026-03-06'), amount: 700 },
  ]);
  // What was paid to P2 is no settlement of what it owes.
  expect((await settle('2026-03-06', { partner: 'P2' })).transfers).toMatchObject([
    { direction: 'draw', amount: -300 },
  ]);
  await expect(settle('2026-03-06', { partner: 'P3' })).rejects.toMatchObject({ code: '22003' });
});

it('finds them by the day, however many are settled', async () => {
  await partner('P1', { days: 0 });
  await book('P1', [{ business_date: '2026-03-05', kind: 'repayment', amount: '10.00' }]);
  await owner.query(`INSERT INTO funding_item (bucket, loan_id, business_date, place, event_id,
      plan_id, party, kind, principal, interest, penalty, compound, fee, service_fee, service_tax)
    SELECT 1, n, DATE '2026-01-05' + n % 50, 0, 1, 1, 'P1', movement_repayment(), 1, 0, 0, 0, 0, 0, 0
    FROM generate_series(1, 5000) n; ANALYZE funding_item`);
  await openOn('2026-03-06');
  await settle('2026-03-05');
  await book('P1', [{ business_date: '2026-03-06', kind: 'repayment', amount: '10.00' }]);
  await openOn('2026-03-09');
  const scans = () =>
    owner.query<{ read: bigint }>(
      `SELECT seq_tup_read + idx_tup_fetch AS read FROM pg_stat_xact_user_tables
       WHERE relname = 'funding_item'`,
    );
  await owner.query('BEGIN; SET LOCAL enable_seqscan = off');
  // What the server has not taken over yet of statements before is counted as well.
  const before = Number((await scans()).rows[0]!.read);
  const { rows } = await owner.query(readSql(SETTLE, 'owed'), [null]);
  const read = Number((await scans()).rows[0]!.read) - before;
  await owner.query('ROLLBACK');
  expect(rows).toMatchObject([{ party: 'P1', businessDate: '2026-03-06', amount: 1000 }]);
  // The item itself, and a few that the index finds a party by: not the 5,000 that are settled.
  expect(read).toBeLessThan(100);
});

it('is posted by the close of the open day', async () => {
  await openOn('2026-01-02');
  await partner('P1', { days: 0 });
  await book('P1', [{ business_date: '2025-12-31', kind: 'repayment', amount: '12.34' }]);
  await settle('2026-01-01');
  await owner.query('DELETE FROM funding_item');
  await closeDays(database.target, { through: parseDay('2026-01-02')!, workers: 1, tasks: 1 });
  const { rows } = await client.query(
    `SELECT a.code, g.balance FROM gl_balance g JOIN account a USING (account_id)
     WHERE business_date = '2026-01-02' AND balance <> 0 ORDER BY 1`,
  );
  expect(rows).toEqual([
    { code: '1002.01', balance: -1234 },
    { code: '2241.03', balance: 1234 },
  ]);
});
