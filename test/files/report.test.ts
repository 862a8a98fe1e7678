import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { parse } from 'csv-parse/sync';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, describe, expect, it } from 'vitest';
import { screenPieces } from '../../src/commands/shell/report-screen.js';
import { writeWhole } from '../../src/files/new-file.js';
import { type Report, recordTable, tableOf } from '../../src/files/report.js';
import type { TableRow } from '../../src/files/table.js';
import { reportPieces, TABLE_FORMATS } from '../../src/files/table-file.js';
import { hasPython, readByPython, readWorkbook } from '../support/workbook.js';

const folder = mkdtempSync(join(tmpdir(), 'loanbook-report-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const COLUMNS = {
  customer: ['text', '客户 customer'],
  amount: ['amount', '金额'],
  loans: 'count',
  rate: 'rate',
  day: 'date',
  hash: 'hash',
  seq: 'figure',
} as const;

/** 2^53 + 1 fen: a 64-bit float holds the fen before it and the one after it. */
const BEYOND = '90071992547409.93';

const ROWS = [
  ['张三', '-12.30', 3, '0.1850', '2026-03-01', 'ab'.repeat(32), '1'],
  ['=CMD()', BEYOND, 0, '0', '1900-02-28', '', 'total'],
  ['欧阳 <娜> & "娜"', '9999999999999.99', 1, '', '', '', ''],
  ['-', '0.00', 2, '', '9999-12-31', '', '12.50'],
].map(([customer, amount, loans, rate, day, hash, seq]) => ({
  customer,
  amount,
  loans,
  rate,
  day,
  hash,
  seq,
}));

function report(rows: Iterable<TableRow> | AsyncIterable<TableRow>): Report {
  return {
    head: { businessDate: '2026-03-31', currency: 'CNY' },
    main: 'lines',
    tables: [
      recordTable('书', { 名称: '甲', total: '-1.00' }, { total: 'amount' }),
      tableOf('lines', COLUMNS, rows as Iterable<(typeof ROWS)[number]>),
    ],
    notes: ['一句话'],
  };
}

async function textOf(pieces: AsyncIterable<string | Uint8Array>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}

async function workbook(of: Report, name = 'book.xlsx'): Promise<string> {
  const file = join(folder, name);
  await writeWhole(file, reportPieces(of, 'xlsx'));
  return file;
}

const cellsOf = (rows: readonly object[]) =>
  rows.map((row) => Object.values(row).map((value) => String(value)));

describe('a report', () => {
  it('on a screen is aligned by display width, figures to the right', async () => {
    expect(await textOf(screenPieces(report(ROWS)))).toBe(
      `businessDate  2026-03-31
currency      CNY

名称   甲
total  -1.00

客户 customer                  金额  loans    rate  day         hash            seq
----------------  -----------------  -----  ------  ----------  ------------  -----
张三                         -12.30      3  0.1850  2026-03-01  abababababab      1
=CMD()            90071992547409.93      0       0  1900-02-28                total
欧阳 <娜> & "娜"   9999999999999.99      1
-                              0.00      2          9999-12-31                12.50

一句话
`,
    );
  });

  it('as JSON has its facts, and a key a table with every figure', async () => {
    const document = JSON.parse(await textOf(reportPieces(report(ROWS), 'json')));
    expect(document).toEqual({
      businessDate: '2026-03-31',
      currency: 'CNY',
      notes: ['一句话'],
      书: [{ 名称: '甲', total: '-1.00' }],
      lines: ROWS,
    });
  });

  it('as CSV is its main table, with nothing that a spreadsheet would run', async () => {
    const text = await textOf(reportPieces(report(ROWS), 'csv'));
    expect(text.charCodeAt(0)).toBe(0xfeff);
    const [titles, ...rows] = parse(text, { bom: true }) as string[][];
    expect(titles?.slice(0, 2)).toEqual(['客户 customer', '金额']);
    const safe = { ...ROWS[1], customer: "'=CMD()" };
    expect(rows).toEqual(cellsOf([ROWS[0]!, safe, ROWS[2]!, { ...ROWS[3], customer: "'-" }]));
  });

  it('as a workbook keeps every digit, and as numbers those that a spreadsheet keeps too', async () => {
    const file = await workbook(report(ROWS));
    const sheets = readWorkbook(file);
    expect(sheets.map(({ name }) => name)).toEqual(['书', 'lines', '说明 about']);
    const [titles, ...rows] = sheets[1]!.rows;
    expect(titles?.slice(0, 2)).toEqual(['客户 customer', '金额']);
    const filled = cellsOf(ROWS).map((row) => row.join('|').replace(/\|+$/, ''));
    expect(rows.map((row) => row.join('|'))).toEqual(filled);
    expect(sheets[2]!.rows.slice(1)).toEqual([
      ['businessDate', '2026-03-31'],
      ['currency', 'CNY'],
      ['note', '一句话'],
    ]);
    const xml = strFromU8(unzipSync(readFileSync(file))['xl/worksheets/sheet2.xml']!);
    const numbers = [...xml.matchAll(/<c r="B\d+" s="\d"><v>([^<]*)/g)].map(([, value]) => value);
    // 9,999,999,999,999.99 has 15 digits; one more, and the last is lost where it is opened.
    expect(numbers).toEqual(['-12.30', '9999999999999.99', '0.00']);
    expect(xml).toContain(`<t xml:space="preserve">${BEYOND}</t>`);
    // Of these days a spreadsheet counts the earlier one wrongly: it is text.
    expect(xml).toContain('<t xml:space="preserve">1900-02-28</t>');
    expect(xml).not.toContain('<f>');
  });

  it('shows an amount of a currency by the decimals that it has', async () => {
    const rows = ['1234', '1234.50', '-1234.500', '1.2'].map((amount) => ({ amount }));
    const table = tableOf('a', { amount: 'amount' }, rows);
    const file = await workbook({ head: {}, tables: [table] }, 'digits.xlsx');
    const parts = unzipSync(readFileSync(file));
    const sheet = strFromU8(parts['xl/worksheets/sheet1.xml']!);
    const styles = strFromU8(parts['xl/styles.xml']!);
    const [, formats = ''] = /<cellXfs[^>]*>(.*)<\/cellXfs>/s.exec(styles) ?? [];
    const ids = [...formats.matchAll(/<xf [^>]*>/g)].map(
      ([xf]) => /numFmtId="(\d+)"/.exec(xf)?.[1],
    );
    const used = [...sheet.matchAll(/s="(\d)"><v>/g)].map(([, style]) => ids[Number(style)]);
    // #,##0 and #,##0.00 are of the standard, #,##0.000 is ours, and then what the number says.
    expect(used).toEqual(['3', '4', '165', undefined]);
    expect(styles).toContain('numFmtId="165" formatCode="#,##0.000"');
  });

  it('without a row has its titles in every format', async () => {
    const empty = report([]);
    expect(await textOf(screenPieces(empty))).toMatch(/^客户 customer {2}金额 {2}loans .*\n-+ /m);
    expect(await textOf(reportPieces(empty, 'csv'))).toBe(
      '\ufeff客户 customer,金额,loans,rate,day,hash,seq\n\n'.slice(0, -1),
    );
    expect(JSON.parse(await textOf(reportPieces(empty, 'json')))).toMatchObject({ lines: [] });
    expect(readWorkbook(await workbook(empty))[1]!.rows).toHaveLength(1);
    const none = { head: {}, tables: [] };
    expect(JSON.parse(await textOf(reportPieces(none, 'json')))).toEqual({});
  });

  it.skipIf(!hasPython)('as a workbook is read alike by a program that is not ours', async () => {
    for (const rows of [ROWS, []]) {
      const file = await workbook(report(rows), 'read.xlsx');
      expect(readByPython(file)).toEqual(readWorkbook(file));
    }
  });
});

describe('a report of 50,000 rows', () => {
  const COUNT = 50_000;
  const MEMO = 'x'.repeat(420);

  function wide(onRow: () => void): Report {
    function* rows() {
      for (let loans = 1; loans <= COUNT; loans += 1) {
        onRow();
        yield { ...ROWS[0], loans, memo: `${loans} ${MEMO}` };
      }
    }
    return { head: {}, tables: [tableOf('lines', { ...COLUMNS, memo: 'text' }, rows())] };
  }

  it.each(['screen', ...TABLE_FORMATS] as const)(
    'goes out as its rows come: %s',
    async (format) => {
      let pulled = 0;
      const of = wide(() => {
        pulled += 1;
      });
      const pieces = format === 'screen' ? screenPieces(of) : reportPieces(of, format);
      const memory = () => process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
      const before = memory();
      const timer = setInterval(() => {
        most = Math.max(most, memory());
      }, 20);
      let [most, behind, largest, last, size, at] = [before, 0, 0, 0, 0, 0];
      for await (const piece of pieces) {
        behind = Math.max(behind, pulled - last);
        last = pulled;
        largest = Math.max(largest, piece.length);
        size += piece.length;
        at += 1;
        if (at % 64 === 0) await setImmediate();
      }
      clearInterval(timer);
      expect(pulled).toBe(COUNT);
      expect(size).toBeGreaterThan(format === 'xlsx' ? COUNT : COUNT * MEMO.length);
      // Whatever a piece is, it is one of a few rows: the rest has gone out, or has not come yet.
      expect(behind).toBeLessThanOrEqual(2_000);
      expect(largest).toBeLessThan(2 ** 21);
      // All rows, and all text of them, would be some 100 MB.
      expect((most - before) / 2 ** 20).toBeLessThan(64);
    },
  );
});
