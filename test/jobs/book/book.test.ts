import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseDay } from '../../../src/accounting/calendar/epoch-day.js';
import { BALANCE, MOVEMENT } from '../../../src/accounting/posting/flow.js';
import { connect } from '../../../src/db/connect.js';
import { applyLedger, applyPolicy } from '../../../src/jobs/book/apply-dated.js';
import { applyProduct } from '../../../src/jobs/book/apply-product.js';
import { applyCalendar, listCalendarYears } from '../../../src/jobs/book/calendar-years.js';
import { createBook, type NewBook } from '../../../src/jobs/book/create-book.js';
import { loadBook } from '../../../src/jobs/book/load-book.js';
import { listPolicies } from '../../../src/jobs/book/policy-queries.js';
import { listProducts, showProduct } from '../../../src/jobs/book/product-queries.js';
import { type TestDatabase, testDatabase } from '../../support/database.js';

const CASH = 'code: CASH\nname: 现金贷\nrepayment: {periods: 12}\n';

let database: TestDatabase;
let client: pg.Client;
let folder: string;

beforeEach(async () => {
  database = await testDatabase();
  client = await connect(database.target);
  folder = mkdtempSync(join(tmpdir(), 'loanbook-book-'));
});

afterEach(async () => {
  await client.end();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

describe('a new book', () => {
  it('stands on its open day with calendar, policy, chart and rules', async () => {
    const created = await create();
    expect(created).toMatchObject({
      calendar: 'cn',
      minorDigits: 2,
      calendarYears: [2024, 2025, 2026],
    });
    const book = await loadBook(client);
    expect(book).toMatchObject({ entity: '测试消费金融', currency: 'CNY', minorDigits: 2 });
    expect(book.businessDate).toBe(day('2026-01-30'));
    expect(book.firstBusinessDate).toBe(day('2026-01-30'));
    expect(book.policyOn(day('1999-01-01'))).toMatchObject({ nonAccrualAfter: 90 });
    expect(book.calendar.isWorkingDay(day('2026-10-01'))).toBe(false);
    expect(book.calendar.isWorkingDay(day('2026-10-10'))).toBe(true);
    expect(book.calendar.isWorkingDay(day('2026-10-11'))).toBe(false);
    expect(() => book.calendar.isWorkingDay(day('2027-01-04'))).toThrow(/2027/);
    const codeOf = new Map(book.accounts.map((account) => [account.accountId, account.code]));
    const posted = (kind: number, balance: number, accruing: boolean) =>
      book
        .postingRulesOf(0)
        .legs(kind, balance, accruing)
        ?.map((leg) => `${leg.sign > 0 ? 'Dr' : 'Cr'} ${codeOf.get(leg.accountId)}`);
    expect(posted(MOVEMENT.disbursement, BALANCE.principalNormal, true)).toEqual([
      'Dr 1303.01',
      'Cr 1012.01',
    ]);
    expect(posted(MOVEMENT.repayment, BALANCE.interestDue, false)).toEqual([
      'Dr 1012.02',
      'Cr 6011.01',
      'Dr 7101.99',
      'Cr 7101.01',
    ]);
    expect(posted(MOVEMENT.due, BALANCE.interestDue, false)).toEqual([]);
    expect(posted(MOVEMENT.due, BALANCE.fee, true)).toBeUndefined();
  });

  it('has a rule for every movement that the fold emits, in every state', async () => {
    await create();
    const postingRules = (await loadBook(client)).postingRulesOf(0);
    const { opening, repayment, suspenseUse, accrual, due, overdue, fee } = MOVEMENT;
    const { price, suspense, refundDue, serviceIncome, serviceTax } = BALANCE;
    const beside: number[] = [price, refundDue, serviceIncome, serviceTax];
    const all = Object.values(BALANCE).filter((balance) => !beside.includes(balance));
    const owed = all.filter((balance) => balance !== suspense);
    const both: [number, number[]][] = [
      [opening, all],
      [repayment, [...all, refundDue]],
      [suspenseUse, [...owed, refundDue]],
      [MOVEMENT.suspenseRefund, [suspense, refundDue]],
      [MOVEMENT.transfer, [...owed, price]],
      [accrual, [BALANCE.interestAccrued, BALANCE.penalty, BALANCE.compound]],
      [due, [BALANCE.interestDue]],
      [overdue, [BALANCE.principalOverdue]],
      [fee, [BALANCE.fee]],
      [MOVEMENT.serviceFee, [serviceIncome, serviceTax]],
    ];
    const missing = both.flatMap(([kind, balances]) =>
      balances.flatMap((balance) =>
        [true, false]
          .filter((accruing) => postingRules.legs(kind, balance, accruing) === undefined)
          .map((accruing) => ({ kind, balance, accruing })),
      ),
    );
    expect(missing).toEqual([]);
    for (const balance of [BALANCE.interestAccrued, BALANCE.interestDue, BALANCE.penalty]) {
      expect(postingRules.legs(MOVEMENT.nonAccrual, balance, false)).toHaveLength(4);
      expect(postingRules.legs(MOVEMENT.accrualBack, balance, true)).toHaveLength(4);
    }
  });

  it('is the only one of its database', async () => {
    expect(await create()).toMatchObject({ outcome: 'created' });
    expect(await create()).toMatchObject({ outcome: 'unchanged', businessDate: '2026-01-30' });
    for (const other of [{ calendar: 'none' }, { currency: 'USD' }]) {
      await expect(create(other)).rejects.toMatchObject({ code: 'book_exists' });
    }
    await expect(create({ entity: 'another' })).rejects.toMatchObject({
      code: 'book_exists',
      evidence: { entity: '测试消费金融', openDay: '2026-01-30' },
    });
  });

  it.each([
    ['currency', { currency: 'CNX' }, 'unknown_currency'],
    ['calendar file', { calendar: '/nonexistent/cal.yaml' }, 'file_missing'],
    ['ledger file', { ledgerFile: '/nonexistent/ledger.yaml' }, 'file_missing'],
  ])('refuses a wrong %s and leaves nothing behind', async (_name, change, code) => {
    await expect(create(change)).rejects.toMatchObject({ code, exitCode: 2 });
    await expect(loadBook(client)).rejects.toMatchObject({ code: 'no_book' });
  });

  it('takes a calendar document of its own, or none', async () => {
    const file = join(folder, 'cal.yaml');
    writeFileSync(file, 'name: own\nholidays: [2026-03-03]\n');
    expect(await create({ calendar: file })).toMatchObject({ calendar: 'own' });
    const { calendar } = await loadBook(client);
    expect(calendar.isWorkingDay(day('2026-03-03'))).toBe(false);
  });

  it('without a calendar works every day', async () => {
    await create({ calendar: 'none' });
    expect((await loadBook(client)).calendar.isWorkingDay(day('2031-01-01'))).toBe(true);
    await expect(applyCalendar(client, 'holidays: [2026-01-01]', 'c')).rejects.toMatchObject({
      code: 'no_calendar',
    });
  });
});

describe('products', () => {
  it('are versions that never change', async () => {
    await create();
    expect(await applyProduct(client, CASH, 'a.yaml')).toEqual({
      code: 'CASH',
      version: 1,
      name: '现金贷',
      effectiveFrom: '2026-01-01',
      outcome: 'applied',
    });
    const reworded = `# a comment\n${CASH}`;
    expect(await applyProduct(client, reworded, 'a')).toMatchObject({ outcome: 'unchanged' });
    const changed = CASH.replace('12', '24');
    await expect(applyProduct(client, changed, 'b.yaml')).rejects.toMatchObject({
      code: 'product_version_exists',
      evidence: { source: 'b.yaml', code: 'CASH', version: 1 },
    });
    await applyProduct(client, `${changed}version: 2\n`, 'b.yaml');
    const listed = await listProducts(client);
    expect(listed.map(({ code, version, loans }) => [code, version, loans])).toEqual([
      ['CASH', 1, 0],
      ['CASH', 2, 0],
    ]);
    const latest = await showProduct(client, 'CASH');
    expect(latest).toMatchObject({ version: 2, document: { repayment: { periods: 24 } } });
    expect((await showProduct(client, 'CASH', 1)).version).toBe(1);
    await expect(showProduct(client, 'CARD')).rejects.toMatchObject({ code: 'unknown_product' });
    const { products } = await loadBook(client);
    expect([...products.values()].map((terms) => terms.repayment.periods)).toEqual([12, 24]);
  });

  it('have the currency of the book', async () => {
    await create();
    await expect(applyProduct(client, `${CASH}currency: USD\n`, 'usd.yaml')).rejects.toMatchObject({
      code: 'currency_mismatch',
      exitCode: 2,
      evidence: { source: 'usd.yaml', path: 'currency', value: 'USD', book: 'CNY' },
    });
    expect(await listProducts(client)).toEqual([]);
  });

  it('need a book', async () => {
    await expect(applyProduct(client, CASH, 'a')).rejects.toMatchObject({ code: 'no_book' });
  });
});

describe('dated documents', () => {
  it('come into force on their day', async () => {
    await create();
    await applyPolicy(client, 'effective_from: 2026-03-01\nnon_accrual_after: 60\n', 'p.yaml');
    const { policyOn } = await loadBook(client);
    expect(policyOn(day('2026-02-28')).nonAccrualAfter).toBe(90);
    expect(policyOn(day('2026-03-01')).nonAccrualAfter).toBe(60);
    expect((await listPolicies(client)).map((policy) => policy.inForce)).toEqual([true, false]);
    await expect(
      applyPolicy(client, 'effective_from: 2026-03-01\nnon_accrual_after: 30\n', 'p'),
    ).rejects.toMatchObject({ code: 'policy_version_exists' });
  });

  it('do not change closed days, nor the day being closed', async () => {
    await create();
    await asOwner('UPDATE book SET business_date = business_date + 1');
    await expect(applyPolicy(client, 'effective_from: 2026-01-30\n', 'p')).rejects.toMatchObject({
      code: 'effective_in_closed_day',
      evidence: { openDay: '2026-01-31' },
    });
    await asOwner(`INSERT INTO run (job, business_date, tasks, status, engine_version)
      VALUES ('eod', '2026-01-31', 64, 'open', 1)`);
    await expect(applyPolicy(client, 'effective_from: 2026-01-31\n', 'p')).rejects.toMatchObject({
      code: 'day_is_being_closed',
      exitCode: 75,
    });
    expect(await applyPolicy(client, 'effective_from: 2026-02-01\n', 'p')).toMatchObject({
      outcome: 'applied',
    });
  });

  it('keep class, side and sub-ledger of an account', async () => {
    await create();
    const ledger = (side: string) => `effective_from: 2026-02-01
accounts:
  - {code: 1303.10, name: A, name_zh: 甲, class: asset, normal_side: ${side}}
  - {code: 9, name: B, name_zh: 乙, class: income, normal_side: credit}
rules: [{on: fee, balance: fee, state: any, post: [{debit: 1303.10, credit: 9}]}]`;
    expect(await applyLedger(client, ledger('debit'), 'l')).toMatchObject({ outcome: 'applied' });
    const { accounts } = await loadBook(client);
    expect(accounts.find((account) => account.code === '1303.10')).toMatchObject({ nameZh: '甲' });
    const later = ledger('credit').replace('02-01', '02-02');
    await expect(applyLedger(client, later, 'l')).rejects.toMatchObject({
      code: 'account_changed',
      evidence: { account: '1303.10' },
    });
  });

  it('add calendar years, which then never change', async () => {
    await create();
    const next = 'holidays: [2027-01-01]\n';
    expect(await applyCalendar(client, next, 'c')).toEqual([{ year: 2027, outcome: 'applied' }]);
    expect(await applyCalendar(client, next, 'c')).toEqual([{ year: 2027, outcome: 'unchanged' }]);
    await expect(applyCalendar(client, 'holidays: [2027-01-04]\n', 'c')).rejects.toMatchObject({
      code: 'calendar_year_exists',
      evidence: { year: 2027 },
    });
    expect((await listCalendarYears(client)).at(-1)).toEqual({
      year: 2027,
      holidays: ['2027-01-01'],
      workdays: [],
    });
  });
});

async function create(change: Partial<NewBook> = {}) {
  const firstBusinessDate = day('2026-01-30');
  return createBook(client, {
    entity: '测试消费金融',
    currency: 'CNY',
    firstBusinessDate,
    calendar: 'cn',
    ...change,
  });
}

async function asOwner(sql: string): Promise<void> {
  const owner = await connect(database.target, { role: 'owner' });
  await owner.query(sql);
  await owner.end();
}

function day(text: string): number {
  const parsed = parseDay(text);
  if (parsed === undefined) throw new TypeError(text);
  return parsed;
}
