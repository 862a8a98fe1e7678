import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EVENT_TYPE, type EventTypeName } from '../../../src/accounting/events/loan-event.js';
import { EARLY_PAYMENTS } from '../../../src/accounting/product/product.js';
import { applyProduct } from '../../../src/jobs/book/apply-product.js';
import { importEvents } from '../../../src/jobs/import/import-events.js';
import { importLoans } from '../../../src/jobs/import/import-loans.js';
import { importRepayments } from '../../../src/jobs/import/import-repayments.js';
import { packageRoot } from '../../../src/package-root.js';
import { type ImportBook, importBook, OPEN_DAY } from '../../support/import-book.js';

const HEADER =
  'ref,loan_no,type,value_date,business_date,amount,component,seq,due_on,early_payment,rate,of';
const NO_DAY = '9999-12-31';

let book: ImportBook;
beforeAll(async () => {
  book = await importBook();
  const rates = 'repayment: {periods: 12}\neffective_from: 2024-01-01\n';
  await applyProduct(book.client, `code: MONTH\ninterest: {rate_unit: month}\n${rates}`, 'test');
  await applyProduct(book.client, `code: DAY\ninterest: {rate_unit: day}\n${rates}`, 'test');
});
beforeEach(async () => {
  const loans = book.file(
    'loans.csv',
    'loan_no,product,principal,rate,disbursed_on',
    'A1,CASH,10000.00,0.18,2026-01-15',
    'A2,CASH,10000.00,0.18,2026-04-02',
    'M1,MONTH,10000.00,0.015,2026-01-15',
    'D1,DAY,10000.00,0.0005,2026-01-15',
  );
  await importLoans(book.client, { file: loans });
});
afterEach(() => book.reset());
afterAll(() => book.remove());

/** The events of the book but for those that a loan is born by, by reference. */
async function eventsOf(loanNo: string): Promise<Record<string, unknown>[]> {
  return await book.rows(
    `SELECT e.ref, e.type, e.value_date, e.business_date, e.amount, e.component, e.seq, e.due_on,
       e.early_payment, e.rate_ppb, o.ref AS of
     FROM event e JOIN loan l USING (bucket, loan_id)
       LEFT JOIN event o ON o.bucket = e.bucket AND o.loan_id = e.loan_id
         AND o.event_id = e.of_event_id
     WHERE e.type > 2 AND l.loan_no = '${loanNo}' ORDER BY e.event_id`,
  );
}

function stored(ref: string, type: EventTypeName, own: Record<string, unknown> = {}) {
  const dates = { value_date: OPEN_DAY, business_date: OPEN_DAY };
  const none = { amount: 0, component: 0, seq: 0, due_on: NO_DAY, early_payment: 0, rate_ppb: 0 };
  return { ref, type: EVENT_TYPE[type], ...dates, ...none, of: null, ...own };
}

async function take(...rows: readonly string[]) {
  return await importEvents(book.client, { file: book.file('events.csv', HEADER, ...rows) });
}

describe('events that go in', () => {
  it.each<[string, EventTypeName, string, Record<string, unknown>]>([
    ['a repayment', 'repayment', ',1.00,,,,,,', { amount: 100 }],
    ['a settlement of all', 'settlement', ',,,,,,,', {}],
    ['a settlement', 'settlement', ',1.00,,,,,,', { amount: 100 }],
    ['a prepayment', 'prepayment', ',1.00,,,,,,', { amount: 100 }],
    ['a waiver', 'waiver', ',1.00,interest,,,,,', { amount: 100, component: 1 }],
    ['one of an instalment', 'waiver', ',1.00,principal,32767,,,,', { amount: 100, seq: 32_767 }],
    ['a fee', 'fee', ',1.00,,,,,,', { amount: 100, component: 4 }],
    ['a penalty', 'fee', ',1.00,penalty,2,,,,', { amount: 100, component: 2, seq: 2 }],
    [
      'a fee on a day',
      'fee',
      ',1.00,fee,,2026-05-01,,,',
      { amount: 100, component: 4, due_on: '2026-05-01' },
    ],
    ['a merchant refund of all', 'merchant_refund', ',,,,,,,', {}],
    ['a merchant refund', 'merchant_refund', ',1.00,,,,,,', { amount: 100 }],
    ['a suspense refund', 'suspense_refund', ',1.00,,,,,,', { amount: 100 }],
    ['a rate', 'rate_change', ',,,,,,0.15,', { rate_ppb: 150_000_000 }],
    ['a write-off', 'write_off', ',,,,,,,', {}],
    ['a recovery', 'recovery', ',1.00,,,,,,', { amount: 100 }],
    ['a transfer', 'transfer', ',1.00,,,2026-05-01,,,', { amount: 100, due_on: '2026-05-01' }],
    ['a loan given away', 'transfer', ',0,,,,,,', {}],
    [
      'booked later',
      'recovery',
      '2026-04-01,1.00,,,,,,',
      { amount: 100, business_date: '2026-04-01' },
    ],
  ])('%s', async (_name, type, rest, own) => {
    const outcome = await take(`R1,A1,${type},${OPEN_DAY},${rest}`);
    expect(outcome).toMatchObject({ kind: 'events', rowsTaken: 1, amount: own.amount ?? 0 });
    expect(await eventsOf('A1')).toEqual([stored('R1', type, own)]);
  });

  it.each(EARLY_PAYMENTS.map((name, at) => [name, at + 1] as const))(
    'a repayment with %s of its own',
    async (name, early_payment) => {
      await take(`R1,A1,repayment,${OPEN_DAY},,1.00,,,,${name},,`);
      const own = { amount: 100, early_payment };
      expect(await eventsOf('A1')).toEqual([stored('R1', 'repayment', own)]);
    },
  );

  it.each([
    ['A1', '0.12', 120_000_000],
    ['M1', '0.012', 144_000_000],
    ['D1', '0.0004', 144_000_000],
  ])('a rate in the rate unit of the product of %s', async (loanNo, rate, rate_ppb) => {
    await take(`R1,${loanNo},rate_change,${OPEN_DAY},,,,,,,${rate},`);
    expect(await eventsOf(loanNo)).toEqual([stored('R1', 'rate_change', { rate_ppb })]);
  });

  it.each([
    ['before the open day', '2026-03-01', '', OPEN_DAY],
    ['on the day of disbursement', '2026-01-15', '', OPEN_DAY],
    ['on the open day', OPEN_DAY, '', OPEN_DAY],
    ['after the open day', '2026-04-15', '', '2026-04-15'],
    ['before it, booked after it', '2026-03-01', '2026-04-01', '2026-04-01'],
    ['after it, booked later', '2026-04-15', '2026-04-16', '2026-04-16'],
  ])('are booked: a value date %s', async (_name, value_date, given, business_date) => {
    await take(`R1,A1,recovery,${value_date},${given},1.00,,,,,,`);
    const own = { amount: 100, value_date, business_date };
    expect(await eventsOf('A1')).toEqual([stored('R1', 'recovery', own)]);
  });

  it('are reversed, in the book or on an earlier line, on their loan', async () => {
    const first = book.file('r.csv', 'ref,loan_no,value_date,amount', `R1,A1,${OPEN_DAY},1.00`);
    await importRepayments(book.client, { file: first });
    await take(
      `V1,A1,reversal,${OPEN_DAY},,,,,,,,R1`,
      `R1,M1,repayment,2026-03-29,,2.00,,,,,,`,
      `V1,M1,reversal,2026-03-29,,,,,,,,R1`,
      `R2,A1,repayment,${OPEN_DAY},,3.00,,,,,,`,
      `V2,A1,reversal,2026-03-28,2026-03-30,,,,,,,R2`,
    );
    const next = { value_date: '2026-03-29', business_date: '2026-03-29' };
    expect(await eventsOf('M1')).toEqual([
      stored('R1', 'repayment', { ...next, amount: 200 }),
      stored('V1', 'reversal', { ...next, of: 'R1' }),
    ]);
    expect(await eventsOf('A1')).toEqual([
      stored('R1', 'repayment', { amount: 100 }),
      stored('V1', 'reversal', { of: 'R1' }),
      stored('R2', 'repayment', { amount: 300 }),
      stored('V2', 'reversal', { of: 'R2', business_date: '2026-03-30' }),
    ]);
  });

  it('name the buyer of a loan', async () => {
    const row = `T1,A1,transfer,${OPEN_DAY},,9000.00,,,,,,,甲公司`;
    await importEvents(book.client, { file: book.file('t.csv', `${HEADER},buyer`, row) });
    expect(await book.rows("SELECT buyer FROM event WHERE ref = 'T1'")).toEqual([
      { buyer: '甲公司' },
    ]);
  });

  it('come with other columns through a mapping', async () => {
    const mapping = book.raw(
      'map.yaml',
      `kind: events
columns:
  ref: {from: id, prefix: W-}
  loan_no: {from: loan}
  type: {constant: waiver}
  value_date: {from: day, date: DD/MM/YYYY}
  amount: {from: sum}
  component: {from: what, values: {利息: interest, 罚息: penalty}}
`,
    );
    const header = 'id,loan,day,sum,what';
    const row = '7,A1,28/03/2026,1.00,罚息';
    const file = book.file('waivers.csv', header, row, '8,A1,28/03/2026,0,利息');
    await importEvents(book.client, { file, mapping, maxRejects: 1 });
    const own = { amount: 100, component: 2 };
    expect(await eventsOf('A1')).toEqual([stored('W-7', 'waiver', own)]);
    expect(book.read(`${file}.rejects.csv`)[1]).toBe(
      '3,sum,amount_not_positive,0,8,A1,28/03/2026,0,利息',
    );
  });
});

it('the fixture of the documents goes in behind the loans of the small demo', async () => {
  const folder = join(packageRoot, 'fixtures');
  const products = readFileSync(join(folder, 'demo-small/loans.csv'), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',')[1] ?? '');
  for (const code of new Set(products)) {
    const file = join(folder, 'demo-small/products', `${code.toLowerCase()}.yaml`);
    await applyProduct(book.client, readFileSync(file, 'utf8'), file);
  }
  const rejectFile = join(book.folder, 'rejects.csv');
  await importLoans(book.client, { file: join(folder, 'demo-small/loans.csv'), rejectFile });
  const outcome = await importEvents(book.client, {
    file: join(folder, 'events.csv'),
    rejectFile,
  });
  expect(outcome).toMatchObject({ rowsTaken: 13, rowsRejected: 0 });
  // The READMEs' walk has more loans, this one among them.
  for (const name of ['README.md', 'README.zh-CN.md']) {
    const text = readFileSync(join(packageRoot, name), 'utf8');
    const [, shown = ''] = /^```csv\n(ref,loan_no[^`]*)```$/m.exec(text) ?? [];
    const walk = { file: book.raw('events.csv', shown), rejectFile, dryRun: true };
    expect(await importEvents(book.client, walk)).toMatchObject({ rowsTaken: 3 });
  }
});
