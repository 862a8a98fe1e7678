import { describe, expect, it } from 'vitest';
import { cellNumber } from '../../../src/files/formats/xlsx/cell-number.js';
import { formOfCode, serialText } from '../../../src/files/formats/xlsx/serial-date.js';
import { sheetNames, xlsxBatches } from '../../../src/files/formats/xlsx/xlsx-batches.js';
import { type MadeWorkbook, madeFiles, refusal, taken, workbook } from './made-files.js';

const { put } = madeFiles();
let made = 0;

function book(parts: MadeWorkbook): string {
  made += 1;
  return put(`book-${made}.xlsx`, workbook(parts));
}

/** The records of one sheet of rows. */
async function rowsOf(rows: string, more: Omit<MadeWorkbook, 'sheets'> = {}): Promise<string[][]> {
  const { records } = await taken(xlsxBatches(book({ sheets: { s: rows }, ...more })));
  return records;
}

const inline = (text: string) => `<c t="inlineStr"><is><t>${text}</t></is></c>`;
const row = (...cells: string[]) => `<row>${cells.join('')}</row>`;
const number = (value: string, style = 0) => `<c s="${style}"><v>${value}</v></c>`;

describe('a cell', () => {
  it.each([
    ['inline text', inline('甲 &amp; 乙'), '甲 & 乙'],
    [
      'rich text without readings',
      '<c t="inlineStr"><is><r><t>东</t></r><r><t>京</t></r><rPh sb="0" eb="1"><t>とう</t></rPh></is></c>',
      '东京',
    ],
    ['shared text', '<c t="s"><v>1</v></c>', 'two'],
    ['text of a formula', '<c t="str"><f>A1&amp;"x"</f><v>ax</v></c>', 'ax'],
    ['number of a formula', '<c><f>SUM(A1:A2)</f><v>12.5</v></c>', '12.5'],
    ['a formula without a result', '<c><f>A1</f></c>', ''],
    ['true', '<c t="b"><v>1</v></c>', 'TRUE'],
    ['false', '<c t="b"><v>0</v></c>', 'FALSE'],
    ['0.1 as it is stored', number('0.1'), '0.1'],
    ['916.80 as Excel stores it', number('916.79999999999995'), '916.8'],
    ['our own text of an amount', number('1833.60'), '1833.6'],
    ['an exponent', number('1.5E-7'), '0.00000015'],
    ['15 digits', number('123456789012345'), '123456789012345'],
    ['15 digits with decimals', number('-1234567890123.45'), '-1234567890123.45'],
    ['text of more digits', inline('6222000000000000004'), '6222000000000000004'],
    ['a date', number('46069', 1), '2026-02-16'],
    // 46069 + 10/24 + 30 s
    ['a date with a time', number('46069.4170138889', 2), '2026-02-16 10:00:30'],
    // A second before midnight does not become the next day.
    ['the last second', number('46069.999988425928', 2), '2026-02-16 23:59:59'],
    ['a time', number('0.5', 3), '12:00:00'],
    ['a time of more than a day', number('1.5', 4), '36:00:00'],
    ['an ISO date', '<c t="d" s="1"><v>2026-02-15</v></c>', '2026-02-15'],
    [
      'an ISO date and time',
      '<c t="d" s="2"><v>2026-02-15T10:00:43Z</v></c>',
      '2026-02-15 10:00:43',
    ],
    ['a carriage return', inline('a_x000D_b_x005F_x0041_'), 'a\rb_x0041_'],
    ['nothing', '<c s="1"/>', ''],
  ])('holds %s', async (_what, cell, expected) => {
    const formats = ['yyyy\\-mm\\-dd', 'yyyy/m/d h:mm:ss', 'h:mm:ss', '[h]:mm:ss'];
    const rows = row(inline('a'), inline('b')) + row(cell, inline('end'));
    const records = await rowsOf(rows, { formats, shared: ['<t>one</t>', '<t>two</t>'] });
    expect(records[1]).toEqual([expected, 'end']);
  });

  it.each([
    ['an error', '<c t="e"><v>#N/A</v></c>', 'no error stands in a cell', '#N/A'],
    ['16 digits', number('1234567890123456'), 'at most 15 digits', '1234567890123456'],
    // What Excel makes of 6222000000000000004 that was typed as a number.
    [
      'lost digits',
      number('6.2220000000000003E+18'),
      'at most 15 digits',
      '6.2220000000000003E+18',
    ],
    ['a sum of floats', number('0.30000000000000004'), 'at most 15 digits', '0.30000000000000004'],
    ['19 exact digits', number('12345678901234567.89'), 'at most 15 digits', ''],
    ['no number', number('1,5'), 'decimal', '1,5'],
    ['NaN', number('NaN'), 'decimal', 'NaN'],
    ['a shared text that is not there', '<c t="s"><v>9</v></c>', 'shared text', '9'],
    ['a type nobody knows', '<c t="x"><v>9</v></c>', 'type', 'x'],
    ['29 February 1900', number('60', 1), 'a date is a day', '60'],
    ['a date below zero', number('-1', 1), 'a date is a day', '-1'],
    ['a day beyond 9999', number('2958466', 1), 'a date is a day', '2958466'],
    ['no ISO date', '<c t="d"><v>2026-02-30</v></c>', 'ISO 8601', '2026-02-30'],
  ])('is refused for %s', async (_what, cell, rule, value) => {
    const path = book({
      sheets: { 明细: row(inline('a')) + row(inline('x'), cell) },
      formats: ['yyyy-mm-dd'],
    });
    expect(await refusal(xlsxBatches(path))).toMatchObject({
      code: 'cell_refused',
      file: path,
      sheet: '明细',
      cell: 'B2',
      line: 2,
      rule: expect.stringContaining(rule),
      value: value === '' ? expect.any(String) : value,
      hasNext: true,
    });
  });

  it('may be told of, and then is what is stored', async () => {
    const path = book({ sheets: { s: row(number('1E+20')) } });
    const problems: unknown[] = [];
    const onProblem = (problem: unknown) => problems.push(problem);
    const { records } = await taken(xlsxBatches(path, { onProblem }));
    expect(records).toEqual([['1E+20']]);
    expect(problems).toMatchObject([{ cell: 'A1', value: '1E+20' }]);
  });
});

describe('a number', () => {
  it.each([
    ['007', '7'],
    ['-0', '0'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['1e3', '1000'],
    ['100E-2', '1'],
    ['0.1000000000000000', '0.1'],
    // The float nearest to 0.1 with 17 digits.
    ['0.10000000000000001', '0.1'],
    // 999999999999.99 is not a float; Excel writes this.
    ['999999999999.98999', '999999999999.99'],
  ])('%s is %s', (stored, text) => {
    expect(cellNumber(stored)).toEqual({ text });
  });

  it('below 15 digits never changes, as the text of its digits shows', () => {
    for (let cents = 1; cents < 2_000_000; cents += 997) {
      const text = `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
      const stored = Number(text).toPrecision(17);
      expect(cellNumber(stored)).toEqual({ text: text.replace(/\.?0+$/, '') });
    }
  });
});

describe('dates', () => {
  // BEHAVIOUR, SheetJS: 1904 counts 1,462 days less: 16 February 2026 is 46069 - 1462.
  it('count from 1904 where the workbook says so', async () => {
    const rows = row(number('44607', 1), number('0', 1), number('44607.4170138889', 2));
    const formats = ['yyyy-mm-dd', 'yyyy-mm-dd hh:mm:ss'];
    const records = await rowsOf(rows, { formats, is1904: true });
    expect(records).toEqual([['2026-02-16', '1904-01-01', '2026-02-16 10:00:30']]);
  });

  it('before March 1900 are a day further than a spreadsheet counts', () => {
    expect(serialText(1, 'date', false)).toBe('1900-01-01');
    expect(serialText(59, 'date', false)).toBe('1900-02-28');
    expect(serialText(61, 'date', false)).toBe('1900-03-01');
  });

  it.each([
    ['yyyy"年"m"月"d"日"', 'date'],
    ['[$-804]yyyy/m/d;@', 'date'],
    ['mm/dd/yy hh:mm AM/PM', 'both'],
    ['mmm-yy', 'date'],
    ['mm:ss.0', 'time'],
    ['[mm]:ss', 'elapsed'],
    ['General', undefined],
    ['#,##0.00_);[Red](#,##0.00)', undefined],
    ['0.00E+00', undefined],
    ['"day "0', undefined],
    ['¥#,##0.00', undefined],
    ['0\\d', undefined],
  ])('are what the format %s shows: %s', (code, form) => {
    expect(formOfCode(code)).toBe(form);
  });
});

describe('rows', () => {
  it('may lack references, as the standard allows', async () => {
    const rows = row(inline('name'), inline('amount')) + row(inline('x'), number('1.5'));
    expect(await rowsOf(rows)).toEqual([
      ['name', 'amount'],
      ['x', '1.5'],
    ]);
  });

  it('stand where their references say; blank ones are left out', async () => {
    const path = book({
      sheets: {
        s:
          `<row r="2"><c r="B2" t="inlineStr"><is><t>b</t></is></c><c r="D2"><v>4</v></c></row>` +
          '<row r="3"><c r="A3" s="1"/></row><row r="4"/><row r="9"><c r="A9"><v>1</v></c></row>',
      },
      formats: ['yyyy'],
    });
    const { records, lines } = await taken(xlsxBatches(path));
    expect(records).toEqual([
      ['', 'b', '', '4'],
      ['1', '', '', ''],
    ]);
    expect(lines).toEqual([2, 9]);
  });

  it('of merged cells have the first one, and the others empty', async () => {
    const rows =
      row(inline('a'), inline('b')) + row(inline('merged'), '<c/>') + row('<c/>', inline('z'));
    const below = '<mergeCells><mergeCell ref="A2:B2"/></mergeCells>';
    expect(await rowsOf(rows, { below })).toEqual([
      ['a', 'b'],
      ['merged', ''],
      ['', 'z'],
    ]);
  });

  it.each([
    [
      'rows out of order',
      '<row r="2"><c><v>1</v></c></row><row r="2"><c><v>2</v></c></row>',
      'rows ascend',
    ],
    [
      'cells out of order',
      '<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>2</v></c></row>',
      'cells ascend',
    ],
    ['a cell of another row', '<row r="1"><c r="A2"><v>1</v></c></row>', 'cells ascend'],
    ['a column beyond all', '<row r="1"><c r="XFD1"><v>1</v></c></row>', 'at most 1024 columns'],
    ['a row beyond all', '<row r="1048577"><c><v>1</v></c></row>', 'rows ascend'],
  ])('are refused for %s', async (_what, rows, rule) => {
    const path = book({ sheets: { s: rows } });
    const expected = { code: 'cell_refused', rule: expect.stringContaining(rule) };
    expect(await refusal(xlsxBatches(path))).toMatchObject(expected);
  });
});

describe('sheets', () => {
  const path = () =>
    book({
      sheets: {
        '!secret': row(inline('hidden')),
        第一: row(inline('first')),
        // As a key alone 3 would come first.
        '3 ': row(inline('third')),
        last: row(inline('last')),
      },
    });
  const firstCell = async (sheet?: string) =>
    (await taken(xlsxBatches(path(), { sheet }))).records[0]?.[0];

  it('are chosen by name, or by number among those shown', async () => {
    expect(await firstCell()).toBe('first');
    expect(await firstCell('第一')).toBe('first');
    expect(await firstCell('2')).toBe('third');
    // A name comes before a number.
    expect(await firstCell('3')).toBe('third');
    expect(await firstCell('last')).toBe('last');
    expect(await firstCell('secret')).toBe('hidden');
    expect(await sheetNames(path())).toContainEqual({ name: 'secret', isHidden: true });
  });

  it('that are not there are refused with the names of all', async () => {
    expect(await refusal(xlsxBatches(path(), { sheet: '9' }))).toMatchObject({
      code: 'sheet_missing',
      value: '9',
      sheets: 'secret (hidden), 第一, 3 , last',
    });
  });
});

describe('a workbook is refused', () => {
  const compound = (text: string) =>
    Buffer.concat([
      Buffer.from('d0cf11e0a1b11ae1', 'hex'),
      Buffer.alloc(600),
      Buffer.from(text, 'utf16le'),
    ]);
  const doctype = '<!DOCTYPE x [<!ENTITY e "y">]><worksheet><sheetData/></worksheet>';

  it.each([
    ['encrypted', compound('EncryptedPackage'), 'workbook_encrypted'],
    ['old', compound('Workbook'), 'workbook_old'],
    ['a text', 'a,b\n', 'not_a_workbook'],
    [
      'with macros',
      workbook({ sheets: { s: '' }, parts: { 'xl/vbaProject.bin': 'x' } }),
      'workbook_macros',
    ],
    [
      'said to have macros',
      workbook({
        sheets: { s: '' },
        parts: {
          '[Content_Types].xml':
            '<Types><Override PartName="/xl/workbook.xml" ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>',
        },
      }),
      'workbook_macros',
    ],
    [
      'without its sheet',
      workbook({ sheets: { s: '' }, parts: { 'xl/_rels/workbook.xml.rels': '<Relationships/>' } }),
      'sheet_missing',
    ],
    [
      'with a document type',
      workbook({ sheets: { s: '' }, parts: { 'xl/worksheets/sheet1.xml': doctype } }),
      'xml_doctype',
    ],
    ['with an entity', workbook({ sheets: { s: row(inline('&x;')) } }), 'xml_entity'],
    ['not well-formed', workbook({ sheets: { s: '<row><c></row>' } }), 'xml_malformed'],
    [
      'cut off',
      workbook({ sheets: { s: row(inline('a')) } }).subarray(0, 900),
      'archive_malformed',
    ],
  ])('%s', async (name, content, code) => {
    const path = put(`refused-${name}.xlsx`, content);
    expect(await refusal(xlsxBatches(path))).toMatchObject({ code, file: path, hasNext: true });
  });
});
