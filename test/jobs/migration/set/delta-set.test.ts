import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { importLoans } from '../../../../src/jobs/import/import-loans.js';
import { rehearseSet } from '../../../../src/jobs/migration/rehearse/rehearse-set.js';
import { readSet } from '../../../../src/jobs/migration/set/file-set.js';
import { importSet } from '../../../../src/jobs/migration/set/import-set.js';
import { setReport } from '../../../../src/jobs/migration/set/set-report.js';
import { writeManifest } from '../../../../src/jobs/migration/set/write-manifest.js';
import { firstKeys, type ImportBook, importBook } from '../../../support/import-book.js';
import { leftBehind } from '../../import/tasks/loan-files.js';
import { entries, writeSet, writeSetFiles } from './set-files.js';

let book: ImportBook;
let keys: { file: string };
beforeAll(async () => {
  book = await importBook();
  keys = await firstKeys(book);
});
afterAll(() => book?.remove());

it('a set of deltas: rehearsed, taken, passed by', async () => {
  const first = join(book.folder, 'first');
  writeSetFiles(first);
  const whole = await readSet(writeSet(join(first, 'manifest.yaml'), entries(first)));
  await importSet(book.client, whole, { keys });
  const write = (name: string, ...lines: string[]) =>
    writeFileSync(join(book.folder, name), lines.map((line) => `${line}\n`).join(''));
  // B owes less; A has a fee (F1) and a repayment (R1), B a repayment (R2), both a position.
  write(
    'loans.csv',
    'loan_no,product,product_version,principal,rate,disbursed_on,org,party',
    'A,CASH,1,10000.00,0.18,2025-12-20,NORTH,C1',
    'B,CASH,1,9000.00,0.18,2026-01-05,SOUTH,C2',
  );
  write('balances.csv', 'loan_no,principal_not_due,interest_accrued,suspense', 'B,9000.00,90.00,0');
  write('repayments.csv', 'ref,loan_no,value_date,amount', 'R2,B,2026-03-28,100.00');
  const draft = join(book.folder, 'draft.yaml');
  writeFileSync(
    draft,
    'set: changes\nfiles:\n  - {kind: balances, file: balances.csv, delta: true}\n' +
      '  - {kind: loans, file: loans.csv, delta: true}\n' +
      '  - {kind: repayments, file: repayments.csv}\n',
  );
  const path = join(book.folder, 'manifest.yaml');
  await writeManifest(book.client, await readSet(draft, true), path);
  expect(parse(readFileSync(path, 'utf8')).files).toMatchObject([
    { kind: 'loans', delta: true, rows: 2, totals: { principal: '19000.00' } },
    { kind: 'balances', delta: true, rows: 1 },
    { kind: 'repayments' },
  ]);
  const changes = await readSet(path);
  const before = await leftBehind(book);
  const bookFolder = join(book.folder, 'book');
  const rehearsed = await rehearseSet(book.client, changes, { keys, bookFolder });
  expect(await leftBehind(book)).toEqual(before);
  const outcome = await importSet(book.client, changes, { keys });
  expect(outcome.lines.map(({ kind, taken, delta }) => ({ kind, taken, ...delta }))).toEqual([
    {
      ...{ kind: 'loans', taken: 1, added: 0, replaced: 1, unchanged: 1 },
      ...{ positionsDropped: 1, eventsDropped: 1 },
    },
    {
      ...{ kind: 'balances', taken: 1, added: 1, replaced: 0, unchanged: 0 },
      ...{ positionsDropped: 0, eventsDropped: 0 },
    },
    { kind: 'repayments', taken: 1 },
  ]);
  expect(
    await book.rows(`SELECT l.loan_no, p.party_no FROM loan_party p
      JOIN loan l USING (bucket, loan_id) ORDER BY 1`),
  ).toEqual([
    { loan_no: 'A', party_no: 'C1' },
    { loan_no: 'B', party_no: 'C2' },
  ]);
  expect(rehearsed.outcome.lines.map((line) => line.delta)).toEqual(
    outcome.lines.map((line) => line.delta),
  );
  expect(setReport(outcome).tables.map(({ name }) => name)).toContain('deltas');
  // Another customer is another loan.
  write(
    'other.csv',
    'loan_no,product,product_version,principal,rate,disbursed_on,org,party',
    'A,CASH,1,10000.00,0.18,2025-12-20,NORTH,C2',
  );
  const moved = join(book.folder, 'other.csv');
  const planned = await importLoans(book.client, { file: moved, delta: true, dryRun: true });
  expect(planned.delta).toMatchObject({ replaced: 1, unchanged: 0 });
  const again = await importSet(book.client, changes, { keys });
  expect(again.lines.map((line) => line.outcome)).toEqual(['passed_by', 'passed_by', 'passed_by']);
}, 120_000);
