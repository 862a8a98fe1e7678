import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDay } from '../../../../src/accounting/calendar/epoch-day.js';
import { closeDays } from '../../../../src/jobs/eod/run/close-days.js';
import { applyFundingPlan } from '../../../../src/jobs/funding/funding-plans.js';
import { applyTerms } from '../../../../src/jobs/funding/terms/apply-terms.js';
import type { TermsKind } from '../../../../src/jobs/funding/terms/terms-kind.js';
import { importLoans } from '../../../../src/jobs/import/import-loans.js';
import { packageRoot } from '../../../../src/package-root.js';
import { type ImportBook, importBook, OPEN_DAY } from '../../../support/import-book.js';

export const DAY = parseDay(OPEN_DAY)!;
const PARTNER = `code: P1
tolerance: 1
layouts:
  snapshot: P1-SNAP
  disbursement: P1-DISB
  accrual: P1-ACCR
  plan: P1-PLAN
  status: P1-STAT
`;
const PLANS = [
  'code: JL-3070\nversion: 1\neffective_from: 2026-03-01\n' +
    'parties: [{party: OWN, part: 30, own: true}, {party: P1, part: 70}]\n',
  // The partner is no tail: what is rounded is its share.
  'code: JL-THIRD\nversion: 1\neffective_from: 2026-03-01\ntail: OWN\n' +
    'parties: [{party: OWN, part: 2, own: true}, {party: P1, part: 1}]\n',
];
const SIMPLE = (code: string, family: string, columns: string) =>
  `code: ${code}\nfamily: ${family}\nname: ${family}_{date}_{version}.csv\ncolumns: [${columns}]\n`;

export const fixture = (name: string) =>
  readFileSync(join(packageRoot, 'fixtures/funding', name), 'utf8');

/** A book with a partner, its layouts and two plans; nothing imported yet. */
export async function partnerBook(): Promise<ImportBook> {
  const book = await importBook();
  const apply = (kind: TermsKind, text: string) =>
    applyTerms(book.client, kind, text, { source: 'x.yaml', by: 'Li Na' });
  await apply('partner', PARTNER);
  await apply('layout', fixture('layouts/snapshot.yaml'));
  await apply('layout', fixture('layouts/disbursement.yaml'));
  const loan = '{from: loan_no}';
  const amount = (name: string) => `{from: ${name}, type: amount}`;
  await apply(
    'layout',
    SIMPLE('P1-ACCR', 'accrual', `${loan}, ${amount('interest')}, ${amount('penalty')}`),
  );
  await apply(
    'layout',
    SIMPLE(
      'P1-PLAN',
      'plan',
      `${loan}, {from: seq, type: integer}, {from: due_date, type: date}, ` +
        `${amount('principal')}, ${amount('interest')}`,
    ),
  );
  await apply('layout', SIMPLE('P1-STAT', 'status', `${loan}, {from: status}, {from: class}`));
  for (const text of PLANS) await applyFundingPlan(book.client, text, 'plan.yaml');
  return book;
}

/** Loans of these rows: number, principal, plan. */
export async function takeLoans(book: ImportBook, ...rows: string[]): Promise<void> {
  const lines = rows.map((row) => {
    const [loanNo, principal, plan] = row.split(',');
    return `${loanNo},CASH,${principal},0.18,${OPEN_DAY},${plan}`;
  });
  const header = 'loan_no,product,principal,rate,disbursed_on,funding_plan';
  const file = book.file('loans.csv', header, ...lines);
  await importLoans(book.client, { file, maxRejects: 0, today: DAY });
}

export async function closeTo(book: ImportBook, day: number): Promise<void> {
  await closeDays(book.database.target, { through: day });
}
