import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import iconv from 'iconv-lite';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { applyProduct } from '../../../src/jobs/book/apply-product.js';
import { commandLine, type RunLine } from '../../support/command-line.js';
import { type ImportBook, importBook } from '../../support/import-book.js';
import { CASES, type Case, COLUMNS, FIXED, PLAIN, text, WRONG } from './reject-cases.js';

let book: ImportBook;
let loanbook: RunLine;
beforeAll(async () => {
  book = await importBook();
  loanbook = commandLine(book.database.target, book.folder);
});
afterEach(() => book.reset());
afterAll(() => book.remove());

/** Runs an import whose second row is rejected; its reject file, and what it says to run next. */
async function rejected(words: readonly string[]): Promise<{ file: string; next: string[] }> {
  const { stdout, stderr, exitCode } = await loanbook([...words, '--max-rejects', '1', '--json']);
  expect(exitCode, stderr).toBe(0);
  const { rejectFile, next, rowsRejected } = JSON.parse(stdout);
  expect(rowsRejected).toBe(1);
  expect(statSync(rejectFile).mode & 0o777).toBe(0o600);
  const [program, ...line] = next.split(' ');
  expect(program).toBe('loanbook');
  // The command is for the same book.
  expect(line.splice(line.indexOf('--book'), 2)).toEqual(['--book', book.folder]);
  return { file: rejectFile, next: line };
}

/** Corrects the row, with a program that reads the file as what it is. */
function correct(file: string, { charset = 'utf-8', bad = WRONG }: Case): void {
  const content = iconv.decode(readFileSync(file), charset, { stripBOM: false });
  expect(content).toContain(bad);
  const corrected = content.replaceAll(bad, '10.00'.padStart(bad.startsWith('0') ? 8 : 0, '0'));
  writeFileSync(file, iconv.encode(corrected, charset, { addBOM: false }));
}

async function loans(): Promise<readonly unknown[]> {
  const rows = await book.rows('SELECT loan_no, principal FROM loan ORDER BY loan_no');
  return rows.map(({ loan_no: no, principal }) => [no, principal]);
}

describe('the file of rejected rows', () => {
  it.each(CASES)('goes in by itself, once it is corrected: $name', async (of) => {
    const { layout, row } = of;
    const path = book.raw('again.yaml', `kind: loans\n${layout}`);
    const name = of.name === 'gzip' ? 'loans.csv.gz' : 'loans.dat';
    const source = join(book.folder, name);
    writeFileSync(source, await of.content());
    const first = await rejected(['import', 'loans', source, '--layout', path]);
    expect(first.next).toEqual(['import', 'loans', `${source}.rejects.csv`, '--layout', path]);
    expect(await loans()).toEqual([['贷-1', 123_450]]);
    // As it is, it is rejected again, and leaves the same row.
    const second = await rejected(first.next);
    for (const { file } of [first, second]) {
      if (row === undefined) continue;
      expect(readFileSync(file).subarray(-row.length).equals(row)).toBe(true);
    }
    correct(second.file, of);
    const { exitCode, stderr } = await loanbook(second.next);
    expect(exitCode, stderr).toBe(0);
    expect(await loans()).toEqual([
      ['贷-1', 123_450],
      ['贷-2', 1_000],
    ]);
  });

  const OURS = 'loan_no,product,principal,rate,disbursed_on';
  const ours = (no: string, principal: string, product = 'CASH') =>
    `${no},${product},${principal},0.18,2026-03-28`;

  it('goes in without a layout, and for a reason that is gone', async () => {
    const file = book.file(
      ...['plain.csv', OURS, ours('贷-1', '1234.50'), ours('贷-2', '10.00', 'SOON')],
    );
    const first = await rejected(['import', 'loans', file, '--by', 'ann b']);
    expect(readFileSync(first.file, 'utf8')).toBe(
      text(
        `line,field,rule,value,${OURS}`,
        `3,product,unknown_product,SOON,${ours('贷-2', '10.00', 'SOON')}`,
      ),
    );
    expect(first.next.join(' ')).toBe(`import loans ${first.file} --by 'ann b'`);
    await applyProduct(
      ...([
        book.client,
        'code: SOON\nrepayment: {periods: 12}\neffective_from: 2024-01-01\n',
        'test',
      ] as const),
    );
    const { exitCode, stderr } = await loanbook(['import', 'loans', first.file]);
    expect(exitCode, stderr).toBe(0);
    expect(await loans()).toEqual([
      ['贷-1', 123_450],
      ['贷-2', 1_000],
    ]);
  });

  it('goes in by the mapping and the schedules of its source, which has totals', async () => {
    const mapping = book.file(
      ...[
        'map.yaml',
        'kind: loans',
        'columns:',
        '  loan_no: {from: id}',
        '  product: {constant: CASH}',
      ],
      ...['  principal: {from: sum}', '  rate: {from: rate}', '  disbursed_on: {from: day}'],
      ...['trailer: {starts: TOTAL, count: 2, amount: 3}', 'control: {suffix: .ok}'],
    );
    const rows = ['贷-1,1234.50,0.18,2026-03-28', '贷-2,1O.00,0.18,2026-03-28'];
    const file = book.file('mapped.csv', 'id,sum,rate,day', ...rows, 'TOTAL,2,1234.50');
    book.file('mapped.csv.ok', 'mapped.csv,2,1234.50');
    const own = book.file(
      ...['own.csv', 'loan_no,due_on,principal,interest', '贷-2,2026-05-01,10.00,0.10'],
    );
    const words = ['--mapping', mapping, '--schedules', own];
    const first = await rejected(['import', 'loans', file, ...words]);
    expect(first.next).toEqual(['import', 'loans', first.file, ...words]);
    writeFileSync(first.file, readFileSync(first.file, 'utf8').replaceAll(WRONG, '10.00'));
    const { stdout } = await loanbook([...first.next, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ rowsTaken: 1, schedulesTaken: 1 });
  });

  it('has nothing to import for what is in no row of its source', async () => {
    const layout = book.raw('fixed.yaml', `kind: loans\n${FIXED}`);
    const file = book.file('fixed.txt', '贷-1 01234.500.182026-03-28');
    const own = book.file(
      'own.csv',
      'loan_no,due_on,principal,interest',
      'X9,2026-05-01,5.00,0.10',
    );
    const { file: rejects } = await rejected([
      ...['import', 'loans', file, '--layout', layout, '--schedules', own],
    ]);
    expect(book.read(rejects)).toEqual([
      'line,field,rule,value,row',
      '2,schedule.loan_no,loan_not_in_file,X9,',
    ]);
    const { exitCode, stderr } = await loanbook(['import', 'loans', rejects, '--layout', layout]);
    expect(exitCode, stderr).toBe(0);
  });

  it('is named with its command where nothing went in, and to a person', async () => {
    const layout = book.raw('named.yaml', `kind: loans\n${COLUMNS}`);
    const file = book.raw('named.csv', PLAIN);
    const words = ['import', 'loans', file, '--layout', layout];
    const of = `--layout ${layout} --book ${book.folder}`;
    const command = `loanbook import loans ${file}.rejects.csv ${of}`;
    const refused = await loanbook(words);
    expect(refused.exitCode).toBe(4);
    expect(refused.stderr).toContain(`by --max-rejects 1. Then`);
    expect(refused.stderr).toContain(`and import it: ${command}. `);
    const told = await loanbook([...words, '--max-rejects', '1']);
    expect(told.stderr).toContain(`Correct them there, then: ${command}\n`);
  });
});
