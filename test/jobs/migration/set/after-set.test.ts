import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { importEvents } from '../../../../src/jobs/import/import-events.js';
import { rehearseSet } from '../../../../src/jobs/migration/rehearse/rehearse-set.js';
import { readSet } from '../../../../src/jobs/migration/set/file-set.js';
import { importSet, type SetOptions } from '../../../../src/jobs/migration/set/import-set.js';
import { firstKeys, type ImportBook, importBook } from '../../../support/import-book.js';
import { leftBehind } from '../../import/tasks/loan-files.js';
import { type Entry, entries, sha256Of, writeSet, writeSetFiles } from './set-files.js';

let book: ImportBook;
let first: string;
let second: string;
let keys: { file: string };
beforeAll(async () => {
  book = await importBook();
  keys = await firstKeys(book);
});
beforeEach(async () => {
  await clean();
  first = join(book.folder, 'first');
  second = join(book.folder, 'second');
  for (const folder of [first, second]) writeSetFiles(folder);
});
afterAll(() => book?.remove());

async function clean(): Promise<void> {
  await book.reset();
  await book.asOwner(`UPDATE book SET business_date = first_business_date;
    DELETE FROM party; DELETE FROM party_key; DELETE FROM party_import`);
}

const take = async (path: string, more: Partial<SetOptions> = {}) =>
  importSet(book.client, await readSet(path), { keys, ...more });
const firstSet = (files: readonly Entry[] = entries(first)) =>
  writeSet(join(first, 'manifest.yaml'), files);

/** Figures that a test says of the second set, over those of the first. */
function secondSet(changes: Readonly<Record<string, object | null>>, more: object = {}): string {
  const files = entries(second).flatMap((entry) => {
    const change = changes[entry.file];
    return change === null ? [] : [{ ...entry, ...change }];
  });
  return writeSet(join(second, 'manifest.yaml'), files, {
    ...{ set: 'second', after: '../first/manifest.yaml' },
    ...more,
  });
}

function change(file: string, text: string, by: string): void {
  const path = join(second, file);
  writeFileSync(path, readFileSync(path, 'utf8').replace(text, by));
}

/** B owes less, C is gone with its schedule, D comes; a repayment of B is gone. */
function delta(): string {
  change('loans.csv', 'B,CASH,1,10000.00', 'B,CASH,1,9000.00');
  change('loans.csv', /C,CASH.*\n/.exec(readFileSync(join(second, 'loans.csv'), 'utf8'))![0], '');
  writeFileSync(
    join(second, 'more.csv'),
    'loan_no,product,product_version,principal,rate,disbursed_on,org\n' +
      'D,CASH,2,500.00,0.18,2026-03-28,SOUTH\n',
  );
  change('balances.csv', 'B,8454.90,90.00,0,10000.00', 'B,7454.90,90.00,0,9000.00');
  const path = secondSet({
    'loans.csv': { rows: 2, totals: { principal: '19000.00' }, schedules: undefined },
    'balances.csv': { totals: { principal_not_due: '15119.82' } },
    'repayments.csv': null,
  });
  const more = { kind: 'loans', file: 'more.csv', rows: 1, totals: { principal: '500.00' } };
  return withFile(path, more);
}

/** Adds a file to a manifest, with its digest. */
function withFile(path: string, entry: Entry): string {
  const text = readFileSync(path, 'utf8');
  const hashed = { ...entry, sha256: sha256Of(join(second, entry.file)) };
  writeFileSync(path, `${text.trimEnd()}\n  - ${JSON.stringify(hashed)}\n`);
  return path;
}

/** What the book says of its loans, whatever numbers they have. */
async function contents(): Promise<unknown> {
  const loans = await book.rows(
    `SELECT l.loan_no, l.principal, l.org, o.principal_not_due, p.party_no, s.due_on::text[] AS due,
       (SELECT string_agg(e.ref || ' ' || e.amount, ', ' ORDER BY e.ref) FROM event e
        WHERE e.bucket = l.bucket AND e.loan_id = l.loan_id) AS events
     FROM loan l JOIN schedule s USING (bucket, loan_id)
     LEFT JOIN opening_position o USING (bucket, loan_id)
     LEFT JOIN loan_party p USING (bucket, loan_id) ORDER BY l.loan_no`,
  );
  return { loans, looks: await book.rows('SELECT loan_no FROM loan_look ORDER BY 1') };
}

it('puts a set in the place of the one before: changed, new and gone', async () => {
  await take(firstSet());
  const { lines } = await take(delta());
  expect(lines.map(({ kind, file, outcome }) => `${outcome} ${kind} ${file}`)).toEqual([
    'taken_back repayments repayments.csv',
    'taken_back events events.csv',
    'taken_back balances balances.csv',
    'taken_back loans loans.csv',
    'passed_by customers customers.csv',
    'imported loans loans.csv',
    'imported loans more.csv',
    'imported balances balances.csv',
    'imported installments installments.csv',
    'imported events events.csv',
  ]);
  const found = await contents();
  expect(await book.rows('SELECT loan_no, principal FROM loan ORDER BY 1')).toEqual([
    { loan_no: 'A', principal: 1_000_000 },
    { loan_no: 'B', principal: 900_000 },
    { loan_no: 'D', principal: 50_000 },
  ]);
  // The same as a book that never had the first one.
  await clean();
  await take(join(second, 'manifest.yaml'));
  expect(await contents()).toEqual(found);
}, 60_000);

it('leaves what is the same where it is', async () => {
  await take(firstSet());
  const before = await book.rows('SELECT loan_no, loan_id FROM loan ORDER BY 1');
  change('repayments.csv', 'R1,A,2026-03-28,100.00', 'R1,A,2026-03-28,150.00');
  const path = secondSet({ 'repayments.csv': { totals: { amount: '350.10' } } });
  const { lines } = await take(path);
  expect(lines.map(({ file, outcome }) => `${outcome} ${file}`)).toEqual([
    'taken_back repayments.csv',
    'taken_back events.csv',
    ...['customers', 'loans', 'schedules', 'balances', 'installments'].map(
      (name) => `passed_by ${name}.csv`,
    ),
    'imported events.csv',
    'imported repayments.csv',
  ]);
  expect(await book.rows('SELECT loan_no, loan_id FROM loan ORDER BY 1')).toEqual(before);
  const again = await take(path);
  expect(new Set(again.lines.map(({ outcome }) => outcome))).toEqual(new Set(['passed_by']));
}, 60_000);

it('says so by a dry run and a rehearsal, which leave the book alone', async () => {
  await take(firstSet());
  const before = await leftBehind(book);
  const path = delta();
  const planned = await take(path, { dryRun: true });
  expect(planned.lines.filter(({ outcome }) => outcome === 'taken_back')).toHaveLength(4);
  expect(await leftBehind(book)).toEqual(before);
  const { outcome } = await rehearseSet(book.client, await readSet(path), {
    keys,
    bookFolder: join(book.folder, 'book'),
  });
  expect(await leftBehind(book)).toEqual(before);
  const { lines } = await take(path);
  expect(outcome.lines).toEqual(
    lines.map((line) => (line.outcome === 'imported' ? { ...line, importId: null } : line)),
  );
}, 120_000);

it('is refused with the loan where a close has folded one, and takes nothing back', async () => {
  await take(firstSet());
  await book.asOwner(`UPDATE book SET business_date = '2026-03-29'`);
  const before = await leftBehind(book);
  await expect(take(delta())).rejects.toMatchObject({
    ...{ code: 'import_in_use', exitCode: 1 },
    evidence: { loan: expect.stringMatching(/^[ABC]$/), openDay: '2026-03-29' },
    next: expect.stringContaining('by events'),
  });
  expect(await leftBehind(book)).toEqual(before);
});

it('takes nothing back where another import stands on it', async () => {
  await take(firstSet());
  const file = book.file(
    'other.csv',
    'ref,loan_no,type,value_date,amount',
    'X1,B,fee,2026-03-28,1',
  );
  const other = await importEvents(book.client, { file });
  const before = await leftBehind(book);
  await expect(take(delta())).rejects.toMatchObject({
    ...{ code: 'import_in_use', exitCode: 1 },
    evidence: { loan: 'B', laterImport: String(other.importId) },
  });
  expect(await leftBehind(book)).toEqual(before);
});

it('goes on where it was stopped between the two', async () => {
  await take(firstSet());
  change('repayments.csv', 'R1,A', 'R1,NOBODY');
  const path = secondSet({});
  await expect(take(path)).rejects.toMatchObject({ code: 'too_many_rejects' });
  const { lines } = await take(path, { maxRejects: 1 });
  expect(lines.map(({ file, outcome }) => `${outcome} ${file}`).slice(-2)).toEqual([
    'passed_by events.csv',
    'imported repayments.csv',
  ]);
  expect(lines.some(({ outcome }) => outcome === 'taken_back')).toBe(false);
});

it('is refused where the manifest before is not there', async () => {
  const path = firstSet();
  await take(path);
  rmSync(path);
  await expect(take(secondSet({}))).rejects.toMatchObject({ code: 'file_missing', exitCode: 2 });
});
