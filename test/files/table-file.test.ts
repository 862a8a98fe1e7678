import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, describe, expect, it } from 'vitest';
import type { Table, TableRow } from '../../src/files/table.js';
import { writeTables } from '../support/write-tables.js';

const folder = mkdtempSync(join(tmpdir(), 'loanbook-tables-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function table(rows: Iterable<TableRow>): Table {
  return {
    name: '总账: 一/二',
    columns: [
      { key: 'account', title: '科目', kind: 'text' },
      { key: 'amount', title: 'amount', kind: 'amount' },
      { key: 'lines', title: 'lines', kind: 'count' },
      { key: 'day', title: 'day', kind: 'date' },
    ],
    rows,
  };
}

const ROWS = [
  { account: '1303.01 <本金> & "x"', amount: '90071992547409.93', lines: 3, day: '2026-03-01' },
  { account: 'a,b', amount: '-0.10', lines: 0, day: null },
];

describe('a table file', () => {
  it('as XLSX keeps every digit of an amount, dates as Excel counts them, and text escaped', async () => {
    const file = join(folder, 'book.xlsx');
    await writeTables(file, [table(ROWS), { ...table([]), name: 'second' }]);
    const parts = unzipSync(readFileSync(file));
    const sheet = strFromU8(parts['xl/worksheets/sheet1.xml']!);
    // A float of 64 bits cannot hold this amount: as a number it would be shown as another one.
    expect(sheet).toContain('<t xml:space="preserve">90071992547409.93</t>');
    expect(sheet).toContain('<v>-0.10</v>');
    // 2026-03-01 is 46,082 days after 1899-12-30: 126 years of 365 days, 31 leap days, 61 days.
    expect(sheet).toContain(`<v>${126 * 365 + 31 + 61}</v>`);
    expect(sheet).toContain('1303.01 &lt;本金&gt; &amp; &quot;x&quot;');
    expect(strFromU8(parts['xl/workbook.xml']!)).toContain('name="总账  一 二"');
    expect(Object.keys(parts)).toContain('xl/worksheets/sheet2.xml');
  });

  it('as XLSX gives every row and cell its reference, in order, past column Z', async () => {
    const file = join(folder, 'wide.xlsx');
    const columns = Array.from({ length: 30 }, (_, k) => {
      return { key: `c${k}`, title: `t${k}`, kind: 'text' as const };
    });
    const rows = [{ c0: 'a', c25: 'z', c26: 'aa', c29: 'ad' }, {}, { c1: 'b' }];
    await writeTables(file, [{ name: 'wide', columns, rows }]);
    const sheet = strFromU8(unzipSync(readFileSync(file))['xl/worksheets/sheet1.xml']!);
    const found = [...sheet.matchAll(/<row( r="(\d+)")?>(.*?)<\/row>/g)].map(([, , at, cells]) => {
      return [at, [...cells!.matchAll(/<c (?:r="([A-Z]+\d+)")?/g)].map(([, ref]) => ref)];
    });
    const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'AA', 'AB', 'AC', 'AD'];
    expect(found).toEqual([
      ['1', letters.map((letter) => `${letter}1`)],
      ['2', ['A2', 'Z2', 'AA2', 'AD2']],
      ['3', []],
      ['4', ['B4']],
    ]);
  });

  it('makes text that a spreadsheet would run text for good, and nothing else', async () => {
    const texts = ['=1+1', '+86', '-a', '@x', '\tx', '\rx', '\nx', '\u0001x', '\u0085x'];
    const harmless = ['a=1', ' =1', "'=1", '1-1', '贷款', '（=）'];
    const rows = [...texts, ...harmless].map((account) => {
      return { account, amount: '-1.00', lines: -2, day: '2026-03-01' };
    });
    await writeTables(join(folder, 'safe.csv'), [table(rows)]);
    await writeTables(join(folder, 'raw.csv'), [table(rows)], { raw: true });
    const cellsOf = (name: string) =>
      (parse(readFileSync(join(folder, name)), { bom: true }) as string[][]).slice(1);
    expect(cellsOf('safe.csv')).toEqual(
      [...texts.map((text) => `'${text}`), ...harmless].map((text) => {
        return [text, '-1.00', '-2', '2026-03-01'];
      }),
    );
    expect(cellsOf('raw.csv').map(([text]) => text)).toEqual([...texts, ...harmless]);
    for (const [name, raw, quoted] of [
      ['safe.xlsx', false, texts.length],
      ['raw.xlsx', true, 0],
    ] as const) {
      await writeTables(join(folder, name), [table(rows)], { raw });
      const parts = unzipSync(readFileSync(join(folder, name)));
      const sheet = strFromU8(parts['xl/worksheets/sheet1.xml']!);
      // Style 5 is the quoted one; no cell is ever a formula.
      expect(sheet.split('s="5"').length - 1).toBe(quoted);
      expect(strFromU8(parts['xl/styles.xml']!)).toContain('quotePrefix="1"');
      expect(sheet).not.toContain('<f>');
    }
  });

  it('as CSV has a byte order mark, titles and quoted text', async () => {
    const file = join(folder, 'book.csv');
    await writeTables(file, [table(ROWS)]);
    expect(readFileSync(file, 'utf8')).toBe(
      '\ufeff科目,amount,lines,day\n' +
        '"1303.01 <本金> & ""x""",90071992547409.93,3,2026-03-01\n"a,b",-0.10,0,\n',
    );
  });

  it('as JSON has a key a table', async () => {
    const file = join(folder, 'book.json');
    await writeTables(file, [table(ROWS), { ...table([]), name: 'second' }]);
    const found = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown[]>;
    expect(found['总账: 一/二']).toEqual(ROWS);
    expect(found.second).toEqual([]);
  });

  it('is the same bytes again, and nothing at all where its rows fail', async () => {
    const [one, two] = [join(folder, '1.xlsx'), join(folder, '2.xlsx')];
    await writeTables(one, [table(ROWS)]);
    await writeTables(two, [table(ROWS)]);
    expect(readFileSync(one).equals(readFileSync(two))).toBe(true);
    function* failing(): Generator<TableRow> {
      yield ROWS[0]!;
      throw new Error('gone');
    }
    for (const name of ['f.xlsx', 'f.csv', 'f.json']) {
      await expect(writeTables(join(folder, name), [table(failing())])).rejects.toThrow('gone');
    }
    expect(readdirSync(folder).filter((name) => name.startsWith('f.'))).toEqual([]);
  });

  it('refuses an ending that it does not know', async () => {
    await expect(writeTables(join(folder, 'x.pdf'), [table([])])).rejects.toMatchObject({
      code: 'unknown_format',
    });
  });
});
