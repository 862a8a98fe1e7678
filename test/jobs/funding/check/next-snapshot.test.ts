import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseDay } from '../../../../src/accounting/calendar/epoch-day.js';
import type { FileFamily } from '../../../../src/funding/terms/partner.js';
import { checkSnapshot } from '../../../../src/jobs/funding/check/check-snapshot.js';
import { readPartnerFile } from '../../../../src/jobs/funding/files/read-file.js';
import { writePartnerFiles } from '../../../../src/jobs/funding/files/write-file.js';
import { settlePartners } from '../../../../src/jobs/funding/settle/settle-partners.js';
import { applyTerms } from '../../../../src/jobs/funding/terms/apply-terms.js';
import { listBreaks } from '../../../../src/jobs/reconcile/breaks.js';
import { dayAt, type JointBook, jointBook, START } from '../../eod/joint/joint-book.js';

const PLAN = {
  ...{
    code: 'JL',
    version: 1,
    effective_from: START,
    service_fee: [{ from: 'P1', of: ['interest'], rate: '0.25', vat: '0.06' }],
  },
  parties: [
    { party: 'OWN', part: 30, own: true },
    { party: 'P1', part: 70 },
  ],
};
const amount = (name: string) => ({ from: name, type: 'amount' });
const layout = (family: string, columns: readonly object[]) => ({
  ...{ code: `L-${family}`, effective_from: START, family, name: `${family}_{date}_{version}.csv` },
  columns,
});
const LAYOUTS = [
  layout('snapshot', [{ from: 'loan_no' }, amount('principal'), amount('interest')]),
  layout('repayment', [
    ...[
      { from: 'loan_no' },
      { from: 'ref' },
      { from: 'type' },
      { from: 'value_date', type: 'date' },
    ],
    ...['principal', 'interest', 'amount', 'service_fee', 'service_tax'].map(amount),
  ]),
  layout('funds', [
    ...[{ from: 'ref' }, { from: 'from', type: 'date' }, { from: 'to', type: 'date' }],
    ...['amount', 'payable', 'receivable'].map(amount),
  ]),
];

let book: JointBook;
let folder: string;
beforeAll(async () => {
  book = await jointBook([PLAN], 'allocation: {early_payment: hold}');
  const terms = {
    ...{ code: 'P1', version: 2, effective_from: START, tolerance: 1, cross_days: 2 },
    layouts: Object.fromEntries(LAYOUTS.map(({ family, code }) => [family, code])),
  };
  const apply = (kind: 'partner' | 'layout', document: object) =>
    applyTerms(book.client, kind, JSON.stringify(document), { source: 'x', by: 'Li Na' });
  await apply('partner', terms);
  for (const each of LAYOUTS) await apply('layout', each);
  const loans = ['A1', 'A2', 'A3'];
  await book.loans(
    loans.map((loan) => `${loan},P,1000.00,0.18,2,${dayAt(0)},JL`),
    loans.flatMap((loan) => [`${loan},${dayAt(1)},300.00,3.00`, `${loan},${dayAt(5)},700.00,7.00`]),
  );
  await book.close(dayAt(0));
  await book.events(`R1,A1,repayment,${dayAt(1)},303.00,,`);
  await book.close(dayAt(1));
  folder = join(dirname(book.file('x')), 'out');
  mkdirSync(folder);
});
afterAll(() => book.remove());

/** A snapshot of a day: rows of loan, principal and interest. */
const snapshot = (day: number, version: number, ...rows: readonly string[]) =>
  book.file(`snapshot_${dayAt(day)}_${version}.csv`, 'loan_no,principal,interest', ...rows);
const check = (file: string, day: number) =>
  checkSnapshot(book.client, { file, partner: 'P1', day: parseDay(dayAt(day))!, by: 'Li Na' });
const read = (file: string, family: FileFamily = 'snapshot') =>
  readPartnerFile(book.client, { file, partner: 'P1', family, by: 'Li Na' });
const open = async () =>
  (await listBreaks(book.client, { code: 'P1' })).map(
    ({ orderNo, type, since, difference }) => `${orderNo} ${type} ${since} ${difference}`,
  );
const tails = () =>
  book.rows(`SELECT e.reference, l.amount::int FROM entry e JOIN entry_line l USING (entry_id)
    JOIN account a USING (account_id) WHERE a.code = '6711.01' ORDER BY e.entry_id`);
const written = async (family: FileFamily, day: number) => {
  const date = parseDay(dayAt(day))!;
  const [file] = await writePartnerFiles(book.client, {
    ...{ partner: 'P1', day: date, family, folder, by: 'Li Na' },
  });
  return readFileSync(join(folder, file!.name), 'utf8').trimEnd().split('\n').slice(1);
};

// By hand: the first period has 3.00, then a night of 0.18 / 360 on 700.00 is 0.35. P1 is the tail:
// of 3.35 the lender has r(1.005) = 1.01, P1 2.34; of 3.70 1.11 and 2.59; of 4.05 r(1.215) = 1.22 and
// 2.83; the last night before a due date brings all that is due then, of 10.00 7.00. Of the 303.00 that A1 paid P1 has 210.00 and 2.10.
it('takes our last move for one behind their cut-off, and a fen for none', async () => {
  const file = snapshot(1, 1, 'A1,700.00,2.34', 'A2,700.00,2.35', 'A3,700.00,2.34');
  expect(await check(file, 1)).toMatchObject({
    ...{ breaks: { cross_day: 1 }, open: 1, matched: 2, tolerated: { interest: '0.01' } },
  });
  expect(await tails()).toEqual([{ reference: `snapshot/P1/${dayAt(1)}/1`, amount: 1 }]);
  expect(await check(file, 1)).toMatchObject({ outcome: 'unchanged', matched: 2 });
});

it('posts a fen once, though a corrected snapshot shows it again', async () => {
  const rows = ['A1,700.00,2.34', 'A2,700.00,2.35'];
  expect(await check(snapshot(1, 2, ...rows, 'A3,700.00,2.40'), 1)).toMatchObject({
    ...{ version: 2, open: 2, tolerated: { interest: '0.01' } },
  });
  expect(await tails()).toHaveLength(1);
  expect(await check(snapshot(1, 5, ...rows, 'A3,700.00,2.35'), 1)).toMatchObject({
    ...{ version: 3, open: 1, tolerated: { interest: '0.02' } },
  });
  expect(await tails()).toEqual([
    { reference: `snapshot/P1/${dayAt(1)}/1`, amount: 1 },
    { reference: `snapshot/P1/${dayAt(1)}/3`, amount: 1 },
  ]);
});

it('takes no other content under a version, and no version behind a later one', async () => {
  const kept = () => book.rows('SELECT count(*)::int AS n FROM funding_file');
  const before = await kept();
  await expect(check(snapshot(1, 5, 'A1,700.00,2.34'), 1)).rejects.toMatchObject({
    ...{ code: 'version_changed', exitCode: 1, evidence: { version: 5 } },
  });
  await expect(check(snapshot(1, 4, 'A1,700.00,2.34'), 1)).rejects.toMatchObject({
    ...{ code: 'version_behind', exitCode: 1, evidence: { version: 4, taken: 5 } },
  });
  await expect(read(snapshot(1, 5, 'A1,700.00,2.34'))).rejects.toMatchObject({
    code: 'version_changed',
  });
  expect(await kept()).toEqual(before);
});

it('keeps a cross-day break while it may be one, then has amounts; checks what was read', async () => {
  await book.close(dayAt(2));
  await book.close(dayAt(3));
  const since = dayAt(1);
  const second = snapshot(2, 1, 'A1,700.00,2.59', 'A2,700.00,2.60', 'A3,700.00,2.59');
  // A snapshot that was read in is not checked by that.
  expect(await read(second)).toMatchObject({ outcome: 'taken', version: 1, rows: 3 });
  expect(await read(second)).toMatchObject({ outcome: 'unchanged', version: 1 });
  expect(await check(second, 2)).toMatchObject({ outcome: 'checked', version: 2 });
  expect(await open()).toEqual([`A1 cross_day ${since} 0.00`]);
  // 0.02 was on the tail account, 0.01 is left of it.
  expect((await tails()).slice(2)).toEqual([
    { reference: `snapshot/P1/${dayAt(2)}/2`, amount: -1 },
  ]);
  await check(snapshot(3, 1, 'A1,700.00,2.83', 'A2,700.00,2.84', 'A3,700.00,2.83'), 3);
  expect(await open()).toEqual([`A1 cross_day ${since} 0.00`]);
  await book.events(`R3,A3,repayment,${dayAt(1)},303.00,,`);
  await book.close(dayAt(4));
  // The loan of the late payment is as it would be: 490.00, and 7.00 - 2.10.
  await check(snapshot(4, 1, 'A1,700.00,7.00', 'A2,700.00,7.00', 'A3,490.00,4.90'), 4);
  expect((await open()).sort()).toEqual(
    [`A1 amount ${dayAt(4)} 210.00`, `A1 amount ${dayAt(4)} 2.10`].sort(),
  );
  expect((await tails()).reduce((sum, each) => sum + Number(each.amount), 0)).toBe(0);
});

it('has the same content of two days as two files', async () => {
  const empty = (day: number) =>
    book.file(
      `repayment_${dayAt(day)}_1.csv`,
      'loan_no,ref,type,value_date,principal,interest,amount,service_fee,service_tax',
    );
  for (const day of [2, 3]) {
    expect(await read(empty(day), 'repayment')).toMatchObject({ outcome: 'taken', rows: 0 });
    expect(await read(empty(day), 'repayment')).toMatchObject({ outcome: 'unchanged' });
  }
});

it('writes repayments on the day on which they are booked, late and reversed ones too', async () => {
  // 0.25 of 2.10 is 0.53, rounded; 0.53 / 1.06 = 0.50: the tax in it is 0.03.
  expect(await written('repayment', 1)).toEqual([
    `A1,R1,repayment,${dayAt(1)},210.00,2.10,212.10,0.53,0.03`,
  ]);
  expect(await written('repayment', 2)).toEqual([]);
  expect(await written('repayment', 4)).toEqual([
    `A3,R3,repayment,${dayAt(1)},210.00,2.10,212.10,0.53,0.03`,
  ]);
  await settlePartners(book.client, { date: undefined, by: 'Li Na' });
  await book.events(`B1,A1,reversal,${dayAt(5)},,,R1`);
  await book.close(dayAt(5));
  expect(await written('repayment', 5)).toEqual([
    `A1,R1,repayment,${dayAt(1)},-210.00,-2.10,-212.10,-0.53,-0.03`,
  ]);
});

it('writes what was settled on a day as the funds of it', async () => {
  // On the open day all was settled that was due: three loans of 700.00 on the first day, 212.10
  // less the fee of 0.53 on the second; the late payment is due on Monday.
  const due = await book.rows(
    'SELECT reference, amount::int, to_date FROM funding_settlement ORDER BY settlement_id',
  );
  const rows = (await written('funds', 5)).map((row) => row.split(','));
  expect(rows.map(([ref]) => ref)).toEqual(due.map(({ reference }) => reference));
  expect(rows.map((row) => row.slice(1).join(' '))).toEqual([
    `${dayAt(0)} ${dayAt(0)} -2100.00 0.00 2100.00`,
    `${dayAt(1)} ${dayAt(1)} 211.57 211.57 0.00`,
  ]);
  expect(await written('funds', 4)).toEqual([]);
});
