import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseDay } from '../../../../src/accounting/calendar/epoch-day.js';
import type { FileFamily } from '../../../../src/funding/terms/partner.js';
import { applyProduct } from '../../../../src/jobs/book/apply-product.js';
import { createBook } from '../../../../src/jobs/book/create-book.js';
import { closeDays } from '../../../../src/jobs/eod/run/close-days.js';
import { readClaimAnswers } from '../../../../src/jobs/funding/claims/read-answers.js';
import { writePartnerFiles } from '../../../../src/jobs/funding/files/write-file.js';
import { applyFundingPlan } from '../../../../src/jobs/funding/funding-plans.js';
import { applyTerms } from '../../../../src/jobs/funding/terms/apply-terms.js';
import type { TermsKind } from '../../../../src/jobs/funding/terms/terms-kind.js';
import { importLoans } from '../../../../src/jobs/import/import-loans.js';
import { packageRoot } from '../../../../src/package-root.js';
import { type ScratchBook, scratchBook } from '../../../support/scratch-book.js';

const FIRST = '2026-02-14';
const PRODUCT = `code: P
effective_from: 2026-01-01
repayment: {periods: 2}
penalty: {rate: {annual: 0}, grace_days: 0}
`;
const amount = (name: string) => ({ from: name, type: 'amount' });
const layout = (family: string, ...more: readonly object[]) => ({
  ...{ code: `L-${family}`, family, name: `${family}_{date}_{version}.csv`, total_of: 'amount' },
  columns: [{ from: 'loan_no' }, { from: 'plan' }, { from: 'ref' }, ...more],
});
const LAYOUTS = [
  layout(
    'compensation',
    { from: 'seq', type: 'integer' },
    ...['amount', 'returned', 'principal', 'interest', 'penalty'].map(amount),
  ),
  layout('buy_back', ...['amount', 'returned', 'price'].map(amount)),
];

let book: ScratchBook;
beforeAll(async () => {
  book = await scratchBook();
  const { client } = book;
  await createBook(client, {
    ...{ entity: 'T', currency: 'CNY', calendar: 'none', firstBusinessDate: parseDay(FIRST)! },
    policyFile: `${packageRoot}/config/policy-uncapped.yaml`,
  });
  await applyProduct(client, PRODUCT, 'p.yaml');
  const apply = (kind: TermsKind, document: object) =>
    applyTerms(client, kind, JSON.stringify(document), { source: 'x', by: 'Li Na' });
  const layouts = Object.fromEntries(LAYOUTS.map(({ family, code }) => [family, code]));
  for (const code of ['G1', 'G2']) {
    await apply('partner', { code, role: 'guarantor', layouts });
    await apply('guarantee', {
      ...{ code: `GA-${code}`, guarantor: code, after_days: 1 },
      buy_back: { after_days: 3 },
    });
    const plan = { code: `SOLO-${code}`, version: 1, guarantee: `GA-${code}` };
    const parties = [{ party: 'OWN', part: 1, own: true }];
    await applyFundingPlan(client, JSON.stringify({ ...plan, parties }), 'plan');
  }
  for (const each of LAYOUTS) await apply('layout', each);
  const loans = [
    ['A1', 'G1'],
    ['A2', 'G2'],
  ];
  await importLoans(client, {
    file: book.file(
      'loans.csv',
      'loan_no,product,principal,rate,disbursed_on,org,funding_plan',
      ...loans.map(([loan, code]) => `${loan},P,1200.00,0.18,2026-01-15,head,SOLO-${code}`),
    ),
    schedules: book.file(
      'schedules.csv',
      'loan_no,due_on,principal,interest',
      ...loans.flatMap(([loan]) => [
        `${loan},2026-02-15,600.00,6.00`,
        `${loan},2026-03-15,600.00,3.00`,
      ]),
    ),
    today: parseDay(FIRST)!,
  });
});
afterAll(() => book.remove());

const closeTo = (day: string) =>
  closeDays(book.database.target, { through: parseDay(day)!, workers: 1, tasks: 1 });
const answer = (name: string, ...rows: readonly string[]) =>
  readClaimAnswers(book.client, {
    ...{ file: book.file(name, 'loan_no,kind,seq,amount,ref', ...rows), by: 'Li Na' },
  });
async function written(family: FileFamily, day: string, partner = 'G1') {
  const folder = join(dirname(book.file('x')), partner);
  mkdirSync(folder, { recursive: true });
  const [file] = await writePartnerFiles(book.client, {
    ...{ partner, day: parseDay(day)!, family, folder, by: 'Li Na' },
  });
  const [, ...rows] = readFileSync(join(folder, file!.name), 'utf8').trimEnd().split('\n');
  return { rows, total: file!.total };
}

it('writes what a guarantor paid for instalments, by component, and what it has back', async () => {
  await closeTo('2026-02-16');
  // One day late, 606.00 are claimed of each; of 610.00 the guarantor has 4.00 back.
  await answer('k.csv', 'A1,compensation,1,610.00,K1', 'A2,compensation,1,606.00,K2');
  await closeTo('2026-02-17');
  expect(await written('compensation', '2026-02-17')).toEqual({
    ...{ rows: ['A1,SOLO-G1,K1,1,610.00,4.00,600.00,6.00,0.00'], total: '610.00' },
  });
  expect(await written('compensation', '2026-02-17', 'G2')).toEqual({
    ...{ rows: ['A2,SOLO-G2,K2,1,606.00,0.00,600.00,6.00,0.00'], total: '606.00' },
  });
  expect(await written('compensation', '2026-02-16')).toEqual({ rows: [], total: '0.00' });
});

it('writes what it paid for the loans that it buys back', async () => {
  await closeTo('2026-02-18');
  // Three days late all principal ahead is asked for: 600.00. More than that goes back.
  await answer('b.csv', 'A1,buy_back,,650.00,B1');
  await closeTo('2026-02-19');
  expect(await written('buy_back', '2026-02-19')).toEqual({
    ...{ rows: ['A1,SOLO-G1,B1,650.00,50.00,600.00'], total: '650.00' },
  });
});
