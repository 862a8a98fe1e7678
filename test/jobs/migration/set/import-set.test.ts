import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LoanbookError } from '../../../../src/errors.js';
import { importLoans } from '../../../../src/jobs/import/import-loans.js';
import { readSet } from '../../../../src/jobs/migration/set/file-set.js';
import { importSet, type SetOptions } from '../../../../src/jobs/migration/set/import-set.js';
import { setReport } from '../../../../src/jobs/migration/set/set-report.js';
import { writeManifest } from '../../../../src/jobs/migration/set/write-manifest.js';
import { packageRoot } from '../../../../src/package-root.js';
import { firstKeys, type ImportBook, importBook } from '../../../support/import-book.js';
import { leftBehind } from '../../import/tasks/loan-files.js';
import { type Entry, entries, writeSet, writeSetFiles } from './set-files.js';

let book: ImportBook;
let folder: string;
let keys: { file: string };
beforeAll(async () => {
  book = await importBook();
  folder = join(book.folder, 'set');
  keys = await firstKeys(book);
});
beforeEach(() => writeSetFiles(folder));
afterEach(async () => {
  await book.reset();
  await book.asOwner(`DELETE FROM party; DELETE FROM party_key; DELETE FROM party_import;
    ALTER SEQUENCE event_arrival RESTART`);
});
afterAll(() => book?.remove());

const manifest = (files: readonly Entry[] = entries(folder), more: object = {}) =>
  writeSet(join(folder, 'manifest.yaml'), files, more);
const take = async (path: string, more: Partial<SetOptions> = {}) =>
  importSet(book.client, await readSet(path), { keys, ...more });
/** The entry of a file, changed. */
const but = (file: string, change: object): Entry[] =>
  entries(folder).map((entry) => (entry.file === file ? { ...entry, ...change } : entry));

async function refusal(path: string): Promise<LoanbookError> {
  const error = await take(path).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(LoanbookError);
  return error as LoanbookError;
}

/** Lines of a refusal without what is to be done. */
const told = ({ message }: LoanbookError) =>
  message
    .split('\n')
    .slice(1)
    .map((line) => line.trim().replace(/; .*$/, ''));

describe('a set of files', () => {
  it('goes in by kind, whatever the order of its manifest', async () => {
    const { lines } = await take(manifest([...entries(folder)].reverse()));
    expect(lines.map((line) => [line.kind, line.outcome, line.read, line.taken])).toEqual([
      ['customers', 'imported', 2, 2],
      ['loans', 'imported', 3, 3],
      ['schedules', 'imported', 3, 1],
      ['balances', 'imported', 2, 2],
      ['installments', 'imported', 3, 2],
      ['events', 'imported', 1, 1],
      ['repayments', 'imported', 2, 2],
    ]);
    const report = setReport({ name: 'first', lines, minorDigits: 2, dryRun: false });
    expect(report.head).toMatchObject({ listed: 7, imported: 7, passedBy: 0, rejected: 0 });
    // In one JSON document no key is there twice.
    const keys = [...Object.keys(report.head), ...report.tables.map((table) => table.name)];
    expect(new Set(keys).size).toBe(keys.length);
    // 10,000.00 + 10,000.00 + 1,000.00; 7,664.92 + 8,454.90.
    expect(lines[1]!.amount).toBe(2_100_000n);
    expect(lines[3]!.amount).toBe(1_611_982n);
    const reversed = await leftBehind(book);
    await book.reset();
    await book.asOwner('DELETE FROM party_import; ALTER SEQUENCE event_arrival RESTART');
    await take(manifest(entries(folder)));
    expect(await leftBehind(book)).toEqual(reversed);
    expect(await book.rows('SELECT count(*) AS n FROM opening_position')).toEqual([{ n: 2 }]);
    expect(await book.rows('SELECT party_no FROM loan_party ORDER BY 1')).toEqual([
      { party_no: 'C1' },
      { party_no: 'C2' },
    ]);
  });

  it('passes by what went in before, under whatever name', async () => {
    const path = manifest();
    await take(path);
    const before = await leftBehind(book);
    const { lines } = await take(path);
    expect(new Set(lines.map(({ outcome }) => outcome))).toEqual(new Set(['passed_by']));
    expect(lines[1]).toMatchObject({ importId: 1, read: 3, taken: 3, rejected: 0 });
    writeFileSync(join(folder, 'renamed.csv'), readFileSync(join(folder, 'loans.csv')));
    const renamed = await take(manifest(but('loans.csv', { file: 'renamed.csv' })));
    expect(renamed.lines[1]).toMatchObject({ file: 'renamed.csv', outcome: 'passed_by' });
    expect(await leftBehind(book)).toEqual(before);
  });

  it('is held to its manifest by a dry run, which lets nothing in', async () => {
    const empty = await leftBehind(book);
    const { lines } = await take(manifest(), { dryRun: true });
    expect(lines.map(({ outcome, taken }) => [outcome, taken])).toEqual(
      lines.map(() => ['agreed', null]),
    );
    expect(await leftBehind(book)).toEqual(empty);
    expect(await book.rows('SELECT count(*) AS n FROM party_import')).toEqual([{ n: 0 }]);
  });

  it('keeps what went in when a file has too many rejects, and goes on when it is right', async () => {
    appendFileSync(join(folder, 'repayments.csv'), 'R3,NOBODY,2026-03-28,1.00\n');
    const wrong = manifest(but('repayments.csv', { rows: 3, totals: { amount: '301.10' } }));
    await expect(take(wrong)).rejects.toMatchObject({ code: 'too_many_rejects', exitCode: 4 });
    const { lines } = await take(wrong, { maxRejects: 1 });
    expect(lines.map(({ outcome }) => outcome)).toEqual([
      ...Array(6).fill('passed_by'),
      'imported',
    ]);
    expect(lines.at(-1)).toMatchObject({ rejected: 1, rejectedByRule: { unknown_loan: 1 } });
  });

  it('names the command that takes the corrected rows of each file', async () => {
    const file = join(folder, 'repayments.csv');
    appendFileSync(file, 'R3,NOBODY,2026-03-28,1.00\n');
    const path = manifest(but('repayments.csv', { rows: 3, totals: { amount: '301.10' } }));
    const outcome = await take(path, { maxRejects: 1, named: { by: 'lin', book: 'my book' } });
    const { notes } = setReport(outcome);
    const rejects = `${file}.rejects.csv`;
    const command = `loanbook import repayments ${rejects} --by lin --book 'my book'`;
    expect(notes).toEqual([`Correct the rows in ${rejects}, then: ${command}`]);
  });

  it('is read through layouts, seen from the folder of its manifest', async () => {
    const layout =
      'delimiter: "|"\ncolumns:\n  - {title: NO, from: ref}\n' +
      '  - {title: LOAN, from: loan_no}\n  - {title: DAY, from: value_date, type: date}\n' +
      '  - {title: FEN, from: amount, type: amount, unit: minor}\n';
    writeFileSync(join(folder, 'paid.layout'), layout);
    writeFileSync(join(folder, 'repayments.csv'), 'NO|LOAN|DAY|FEN\nR1|A|2026-03-28|30010\n');
    const change = { layout: 'paid.layout', rows: 1, totals: { amount: '300.10' } };
    const { lines } = await take(manifest(but('repayments.csv', change)));
    expect(lines.at(-1)).toMatchObject({ outcome: 'imported', amount: 30_010n });
  });

  it('takes a file that lacks its last line end, as its digest says it is whole', async () => {
    const file = join(folder, 'repayments.csv');
    writeFileSync(file, readFileSync(file, 'utf8').trimEnd());
    const { lines } = await take(manifest());
    expect(lines.at(-1)).toMatchObject({ outcome: 'imported', taken: 2 });
  });
});

describe('a manifest that disagrees', () => {
  const ZERO = '0'.repeat(64);
  const cases: readonly (readonly [what: string, file: string, change: object, told: RegExp])[] = [
    ['a count', 'loans.csv', { rows: 4 }, /^loans.csv: manifest_count: stated 4, found 3$/],
    [
      'a total',
      'loans.csv',
      { totals: { principal: '21000.01' } },
      /^loans.csv: manifest_total principal: stated 21000.01, found 21000.00$/,
    ],
    [
      'more decimals than the currency has',
      'repayments.csv',
      { totals: { amount: '300.100' } },
      /^repayments.csv: manifest_total amount: stated 300.100, found 300.10$/,
    ],
    [
      'another total than that which the import sums',
      'balances.csv',
      { totals: { principal_not_due: '16119.82', interest_due: '315.33' } },
      /^balances.csv: manifest_total interest_due: stated 315.33, found 315.32$/,
    ],
    [
      'a digest',
      'events.csv',
      { sha256: ZERO },
      /^events.csv: manifest_sha256: stated 0{64}, found [0-9a-f]{64}$/,
    ],
    [
      'a file that is not there',
      'events.csv',
      { file: 'none.csv' },
      /^none.csv: manifest_file_missing: stated .*none.csv, found nothing$/,
    ],
    [
      'a file there twice',
      'events.csv',
      { file: './repayments.csv' },
      /^repayments.csv: manifest_file_twice: stated repayments.csv, found .\/repayments.csv$/,
    ],
  ];

  it.each(cases)('is refused for %s', async (_what, file, change, expected) => {
    const empty = await leftBehind(book);
    const error = await refusal(manifest(but(file, change)));
    expect(error).toMatchObject({ code: 'manifest_differs', exitCode: 1 });
    expect(told(error)).toContainEqual(expect.stringMatching(expected));
    expect(await leftBehind(book)).toEqual(empty);
    expect(await book.rows('SELECT count(*) AS n FROM party_import')).toEqual([{ n: 0 }]);
  });

  it('is refused for the same content under two names, but not where it has no rows', async () => {
    const text = readFileSync(join(folder, 'repayments.csv'));
    writeFileSync(join(folder, 'again.csv'), text);
    const again = entries(folder).find(({ file }) => file === 'repayments.csv')!;
    const twice = manifest([...entries(folder), { ...again, file: 'again.csv' }]);
    expect(told(await refusal(twice))).toEqual([
      expect.stringMatching(/^repayments.csv: manifest_content_twice: .* found again.csv$/),
    ]);
    const HEAD = 'ref,loan_no,value_date,amount\n';
    for (const name of ['again.csv', 'repayments.csv']) writeFileSync(join(folder, name), HEAD);
    const none = { rows: 0, totals: { amount: '0.00' } };
    const [sha256] = but('repayments.csv', none).flatMap((entry) =>
      entry.file === 'repayments.csv' ? [entry.sha256] : [],
    );
    const quiet = { kind: 'repayments', file: 'again.csv', ...none, sha256 };
    await take(manifest([...but('repayments.csv', none), quiet]));
  });

  it('tells all at once', async () => {
    const wrong = manifest(entries(folder).map((entry) => ({ ...entry, rows: 9, sha256: ZERO })));
    const error = await refusal(wrong);
    expect(told(error)).toHaveLength(10);
    expect(error.evidence).toMatchObject({ disagreements: 10, rule: 'manifest_sha256' });
  });

  it('is refused where what others stand on is neither there nor in the book', async () => {
    const kinds = (...kept: string[]) =>
      manifest(entries(folder).filter(({ kind }) => kept.includes(String(kind))));
    expect(told(await refusal(kinds('loans', 'repayments')))).toEqual([
      'loans.csv: manifest_kind_missing: stated loans, found no customers in the set or in the book',
    ]);
    expect(told(await refusal(kinds('events')))).toEqual([
      'events.csv: manifest_kind_missing: stated events, found no loans in the set or in the book',
    ]);
    await take(kinds('customers', 'loans'));
    await take(kinds('repayments'));
  });

  it('is refused where the loans went in with another file of schedules', async () => {
    await importLoans(book.client, { file: join(folder, 'loans.csv'), maxRejects: 3 });
    expect(await book.rows('SELECT count(*) AS n FROM imported_file')).toEqual([{ n: 1 }]);
    expect(told(await refusal(manifest()))).toEqual([
      'loans.csv: manifest_imported_otherwise: stated loans with schedules.csv, ' +
        'found import 1 with no second file',
    ]);
  });

  it('is refused where a file cannot be read as what it is', async () => {
    writeFileSync(join(folder, 'events.csv'), 'ref,loan,type\n');
    expect(told(await refusal(manifest()))).toContainEqual(
      expect.stringMatching(/^events.csv: wrong_header: .*missing loan_no/),
    );
  });

  it.each([
    ['an unknown kind', 'loans.csv', { kind: 'deposits' }, /kind: must be one of customers, loans/],
    ['an unknown key', 'loans.csv', { row: 3 }, /files\[1\]\.row: unknown key/],
    ['no count', 'loans.csv', { rows: undefined }, /files\[1\]\.rows: is required/],
    ['no total', 'loans.csv', { totals: {} }, /files\[1\]\.totals\.principal: is required/],
    ['no digest', 'loans.csv', { sha256: undefined }, /files\[1\]\.sha256: is required/],
    ['no SHA-256', 'loans.csv', { sha256: 'x' }, /sha256: must be a SHA-256/],
    [
      'an unknown total',
      'events.csv',
      { totals: { fee: '1' } },
      /totals\.fee: must be one of amount/,
    ],
    [
      'schedules of events',
      'events.csv',
      { schedules: { file: 'schedules.csv' } },
      /files\[3\]\.schedules: comes with loans alone/,
    ],
  ])('is no document with %s', async (_what, file, change, expected) => {
    const error = await refusal(manifest(but(file, change)));
    expect(error).toMatchObject({ code: 'invalid_document', exitCode: 2 });
    expect(error.message).toMatch(expected);
  });
});

it('is written as docs/migration.md shows it', async () => {
  const page = readFileSync(join(packageRoot, 'docs/migration.md'), 'utf8');
  const [, example = ''] = /```yaml\n(set:[\s\S]*?)```/.exec(page) ?? [];
  const path = join(folder, 'example.yaml');
  writeFileSync(path, example);
  const { name, files } = await readSet(path);
  expect(name).toBe('core of 2026-03-27');
  expect(files).toMatchObject([
    { kind: 'loans', main: { named: 'loans.csv', rows: 3 }, second: { named: 'schedules.csv' } },
  ]);
});

describe('a draft', () => {
  it('is completed into a manifest with the figures of its files', async () => {
    const bare = entries(folder).map(({ kind, file, schedules, installments }) => ({
      ...{ kind, file },
      ...(schedules ? { schedules: { file: 'schedules.csv' } } : {}),
      ...(installments
        ? { installments: { file: 'installments.csv', totals: { interest: '315.32' } } }
        : {}),
    }));
    const draft = await readSet(writeSet(join(folder, 'draft.yaml'), bare), true);
    const path = join(book.folder, 'whole.yaml');
    await writeManifest(book.client, draft, path);
    const parts = (await readSet(path)).files.flatMap(({ main, second }) => [main, second]);
    expect(parts.map((part) => part && [part.named, part.rows, part.totals])).toEqual([
      ['set/customers.csv', 2, {}],
      null,
      ['set/loans.csv', 3, { principal: '21000.00' }],
      ['set/schedules.csv', 3, { principal: '1000.00' }],
      ['set/balances.csv', 2, { principal_not_due: '16119.82' }],
      ['set/installments.csv', 3, { principal: '1935.08', interest: '315.32' }],
      ['set/events.csv', 1, { amount: '5.00' }],
      null,
      ['set/repayments.csv', 2, { amount: '300.10' }],
      null,
    ]);
    await take(path);
  });

  it('is refused where what it says of a file does not hold', async () => {
    const draft = await readSet(
      writeSet(join(folder, 'draft.yaml'), [{ kind: 'loans', file: 'loans.csv', rows: 7 }]),
      true,
    );
    const path = join(book.folder, 'never.yaml');
    await expect(writeManifest(book.client, draft, path)).rejects.toMatchObject({
      code: 'manifest_differs',
    });
    expect(() => readFileSync(path)).toThrow();
  });
});
