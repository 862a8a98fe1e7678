import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { strToU8, zipSync } from 'fflate';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { reportPieces } from '../../../src/files/table-file.js';
import { importLoans } from '../../../src/jobs/import/import-loans.js';
import { type ImportBook, importBook } from '../../support/import-book.js';

const COLUMNS = `columns:
  - {title: 借据号, from: loan_no}
  - {title: 金额, from: principal, type: amount}
  - {title: 利率, from: rate, type: rate, unit: percent}
  - {title: 放款日, from: disbursed_on, type: date}
  - {constant: CASH, from: product}
`;
const ROWS = [
  ['借据号', '金额', '利率', '放款日'],
  ['007', '1234.50', '18', '2026-03-28'],
  ['008', '0.99', '7.2', '2026-03-28'],
] as const;
const CSV = ROWS.map((row) => `${row.join(',')}\n`).join('');

let book: ImportBook;
beforeAll(async () => {
  book = await importBook();
});
afterEach(() => book.reset());
afterAll(() => book.remove());

function fileOf(name: string, bytes: Uint8Array): string {
  const path = join(book.folder, name);
  writeFileSync(path, bytes);
  return path;
}

async function workbook(): Promise<Uint8Array> {
  const [titles, ...rows] = ROWS;
  const columns = titles.map((title) => ({ key: title, title, kind: 'text' as const }));
  const table = {
    name: 'loans',
    columns,
    rows: rows.map((row) => Object.fromEntries(row.map((text, at) => [titles[at]!, text]))),
  };
  const pieces: Uint8Array[] = [];
  for await (const piece of reportPieces({ head: {}, tables: [table] }, 'xlsx')) {
    pieces.push(typeof piece === 'string' ? strToU8(piece) : piece);
  }
  return Buffer.concat(pieces);
}

const objects = () => {
  const [titles, ...rows] = ROWS;
  return rows
    .map((row) => JSON.stringify(Object.fromEntries(row.map((text, at) => [titles[at], text]))))
    .map((line) => `${line}\n`)
    .join('');
};

const FILES: readonly [string, string, () => Promise<Uint8Array> | Uint8Array][] = [
  ['loans.csv.gz', 'delimited', () => gzipSync(CSV)],
  ['loans.zip', 'delimited', () => zipSync({ 'loans.csv': strToU8(CSV) })],
  ['loans.xlsx', 'xlsx', workbook],
  ['loans.ndjson', 'ndjson', () => strToU8(objects())],
];

describe('loans in other formats than plain text', () => {
  it.each(FILES)('come in by a layout: %s', async (name, format, bytes) => {
    const layout = book.raw('packed.yaml', `kind: loans\nformat: ${format}\n${COLUMNS}`);
    const file = fileOf(name, await bytes());
    const { rowsTaken, rejectFile } = await importLoans(book.client, { file, layout });
    expect([rowsTaken, rejectFile]).toEqual([2, null]);
    const loans = 'SELECT loan_no, principal, rate FROM loan ORDER BY loan_no';
    expect(await book.rows(loans)).toEqual([
      { loan_no: '007', principal: 123_450, rate: '0.18' },
      { loan_no: '008', principal: 99, rate: '0.072' },
    ]);
  });

  it('are refused where what is packed ends in the middle of a line', async () => {
    const layout = book.raw('packed.yaml', `kind: loans\n${COLUMNS}`);
    const file = fileOf('cut.csv.gz', gzipSync(CSV.trimEnd()));
    await expect(importLoans(book.client, { file, layout })).rejects.toMatchObject({
      code: 'file_truncated',
      exitCode: 1,
    });
    expect(await book.rows('SELECT loan_no FROM loan')).toEqual([]);
  });
});
