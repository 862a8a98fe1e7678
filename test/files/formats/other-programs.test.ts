import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { xlsxBatches } from '../../../src/files/formats/xlsx/xlsx-batches.js';
import type { Table } from '../../../src/files/table.js';
import { xlsx } from '../../../src/files/xlsx.js';
import { madeFiles, taken } from './made-files.js';

const require = createRequire(import.meta.url);
const ExcelJs = require('exceljs') as typeof import('exceljs');
const sheetJs = require('xlsx') as typeof import('xlsx');

const { put } = madeFiles();
const place = put('place', '');
let made = 0;

function newPath(): string {
  made += 1;
  return join(dirname(place), `other-${made}.xlsx`);
}

/** A table of each kind of cell; an amount that no float holds is text. */
const TABLE: Table = {
  name: 's',
  columns: [
    { key: 'name', title: '名称', kind: 'text' },
    { key: 'no', title: 'no', kind: 'text' },
    { key: 'amount', title: 'amount', kind: 'amount' },
    { key: 'on', title: 'on', kind: 'date' },
    { key: 'count', title: 'count', kind: 'count' },
    { key: 'rate', title: 'rate', kind: 'rate' },
  ],
  rows: [
    { name: '甲 <&> "乙"', no: '0012', amount: '916.80', on: '2026-02-16', count: 3, rate: '0.18' },
    { name: '=1+1', no: '_x0041_', amount: '-0.05', on: null, count: 0, rate: '0.000001' },
    {
      name: 'line\nbreak',
      no: '6222000000000000004',
      amount: '1234567890123.45',
      on: '1999-12-31',
    },
    { name: 'large', no: '', amount: '12345678901234567.89', on: null, count: null, rate: null },
  ],
};
const TITLES = ['名称', 'no', 'amount', 'on', 'count', 'rate'];
/** The same as text: numbers as short as they can be. */
const READ = [
  TITLES,
  ['甲 <&> "乙"', '0012', '916.8', '2026-02-16', '3', '0.18'],
  ['=1+1', '_x0041_', '-0.05', '', '0', '0.000001'],
  ['line\nbreak', '6222000000000000004', '1234567890123.45', '1999-12-31', '', ''],
  ['large', '', '12345678901234567.89', '', '', ''],
];

async function written(): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of xlsx([TABLE])) pieces.push(piece);
  const path = newPath();
  await writeFile(path, Buffer.concat(pieces));
  return path;
}

function asText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString().slice(0, 10);
  return String(value);
}

describe('a workbook of ours', () => {
  it('is read by ourselves', async () => {
    expect((await taken(xlsxBatches(await written()))).records).toEqual(READ);
  });

  it('is read by exceljs', async () => {
    const book = new ExcelJs.Workbook();
    await book.xlsx.readFile(await written());
    const sheet = book.worksheets[0]!;
    const rows = READ.map((_, row) =>
      TITLES.map((__, at) => asText(sheet.getCell(row + 1, at + 1).value)),
    );
    // It does not know how the standard writes a text that looks like a character by its number.
    const expected = READ.map((row) =>
      row.map((text) => text.replace(/^_x0041_$/, '_x005F_x0041_')),
    );
    expect(rows).toEqual(expected);
  });

  it('is read by SheetJS', async () => {
    const book = sheetJs.readFile(await written(), { cellNF: true });
    const sheet = book.Sheets[book.SheetNames[0]!]!;
    const rows = sheetJs.utils.sheet_to_json<unknown[]>(sheet, {
      header: 1,
      raw: true,
      defval: null,
    });
    const serial = (text: string) => String(Date.parse(`${text}T00:00:00Z`) / 86_400_000 + 25_569);
    const expected = READ.map((row) =>
      row.map((text) => (/^\d{4}-\d{2}-\d{2}$/.test(text) ? serial(text) : text)),
    );
    expect(rows.map((row) => row.map(asText))).toEqual(expected);
  });
});

/** What both are asked to write, and what we read of it. */
const CELLS: unknown[][] = [
  ['loan', 'amount', 'on', 'flag'],
  ['0012', 916.8, new Date('2026-02-16T00:00:00Z'), true],
  ['甲', 0.1, new Date('1999-12-31T00:00:00Z'), false],
  ['', 1234567890123.45, null, null],
];
const CELLS_READ = [
  ['loan', 'amount', 'on', 'flag'],
  ['0012', '916.8', '2026-02-16', 'TRUE'],
  ['甲', '0.1', '1999-12-31', 'FALSE'],
  ['', '1234567890123.45', '', ''],
];

describe('a workbook', () => {
  it('of exceljs is read, streamed with shared texts at the end too', async () => {
    for (const useSharedStrings of [true, false]) {
      const filename = newPath();
      const writer = new ExcelJs.stream.xlsx.WorkbookWriter({
        filename,
        useSharedStrings,
        useStyles: true,
      });
      const sheet = writer.addWorksheet('s');
      for (const cells of CELLS) {
        const row = sheet.addRow(cells.map((value) => (value === '' ? null : value)));
        if (cells[2] instanceof Date) row.getCell(3).numFmt = 'yyyy-mm-dd';
        row.commit();
      }
      await writer.commit();
      expect((await taken(xlsxBatches(filename))).records).toEqual(CELLS_READ);
    }
    const book = new ExcelJs.Workbook();
    const sheet = book.addWorksheet('s', { state: 'visible' });
    sheet.addRows(CELLS);
    sheet.getColumn(3).numFmt = 'yyyy-mm-dd';
    const path = newPath();
    await book.xlsx.writeFile(path);
    expect((await taken(xlsxBatches(path))).records).toEqual(CELLS_READ);
  });

  it('of exceljs with rich text, a formula, a merge and 1904 is read', async () => {
    const book = new ExcelJs.Workbook();
    book.properties.date1904 = true;
    const sheet = book.addWorksheet('s');
    sheet.addRow(['a', 'b', 'c']);
    sheet.addRow([
      { richText: [{ text: 'ri' }, { text: 'ch', font: { bold: true } }] },
      { formula: 'SUM(1,2)', result: 3.5 },
      new Date('2026-02-16T00:00:00Z'),
    ]);
    sheet.getCell('C2').numFmt = 'yyyy-mm-dd';
    sheet.getCell('A3').value = 'merged';
    sheet.mergeCells('A3:B3');
    sheet.getCell('C3').value = 'end';
    const path = newPath();
    await book.xlsx.writeFile(path);
    const { records } = await taken(xlsxBatches(path));
    expect(records[1]).toEqual(['rich', '3.5', '2026-02-16']);
    expect(records[2]?.[0]).toBe('merged');
    expect(records[2]?.[2]).toBe('end');
  });

  it('of SheetJS is read, with shared texts and without', async () => {
    for (const bookSST of [true, false]) {
      const rows = CELLS.map((row) => row.map((value) => (value === '' ? null : value)));
      const sheet = sheetJs.utils.aoa_to_sheet(rows, {
        cellDates: false,
        dateNF: 'yyyy-mm-dd',
        UTC: true,
      } as object);
      const book = sheetJs.utils.book_new();
      sheetJs.utils.book_append_sheet(book, sheet, 's');
      const path = newPath();
      sheetJs.writeFile(book, path, { bookSST, bookType: 'xlsx' });
      expect((await taken(xlsxBatches(path))).records).toEqual(CELLS_READ);
    }
  });
});
