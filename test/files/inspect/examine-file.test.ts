import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { strToU8 } from 'fflate';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { encodeGb18030 } from '../../../src/files/gb18030.js';
import { examineFile } from '../../../src/files/inspect/examine-file.js';
import { startingLayout } from '../../../src/files/inspect/starting-layout.js';
import { packageRoot } from '../../../src/package-root.js';
import { madeFiles, refusal, workbook } from '../formats/made-files.js';

const { put } = madeFiles();
const REPORTS = join(packageRoot, '../shared/cases/reports');
let made = 0;

async function examined(content: string | Uint8Array, name = 'x.csv', sheet?: string) {
  made += 1;
  const found = await examineFile(put(`${made}-${name}`, content), { sheet });
  const layout = parse(startingLayout(found, 'x')) as Record<string, unknown>;
  return { found, layout, doubts: found.doubts.map(({ rule }) => rule) };
}

describe('a file of text', () => {
  const ROWS = '借据号,金额,日期\nL1,1.50,2026-02-16\nL2,2.00,2026-02-17\n';

  it.each([
    ['utf-8', strToU8(ROWS)],
    ['utf-8', strToU8(`\ufeff${ROWS}`)],
    ['gb18030', encodeGb18030(ROWS)],
    ['utf-16le', Buffer.from(`\ufeff${ROWS}`, 'utf16le')],
    ['utf-16be', Buffer.from(`\ufeff${ROWS}`, 'utf16le').swap16()],
    ['utf-8', gzipSync(ROWS)],
  ])('in %s is told by its bytes', async (charset, content) => {
    const { found, layout, doubts } = await examined(content);
    expect(found).toMatchObject({ charset, format: 'delimited', titlesLine: 1 });
    expect(found.columns.map(({ title, type }) => [title, type])).toEqual([
      ['借据号', 'text'],
      ['金额', 'amount'],
      ['日期', 'date'],
    ]);
    expect(doubts).toEqual([]);
    expect(layout).toEqual({
      layout: 'x',
      kind: 'repayments',
      format: 'delimited',
      charset,
      delimiter: ',',
      columns: [
        { title: '借据号', from: 'loan_no' },
        { title: '金额', from: 'amount', type: 'amount' },
        // No title of ours is 日期 alone: it stands in a comment.
      ],
    });
  });

  it.each([
    ['|+|', 'a|+|b|+|c\n1|+|x,y|+|2\n2|+|z|+|3\n'],
    ['\t', 'a\tb\n1\tx, y\n2\tz\n'],
    [';', 'a;b\n"x;y";1,5\nz;2,25\n'],
    ['|', 'a|b\n1|2\n'],
    [',', 'a,b\n"x|y",1\n"z|w",2\n'],
  ])('is separated by %s', async (delimiter, text) => {
    const { found } = await examined(text);
    expect(found.delimiter).toBe(delimiter);
  });

  it('may have quotes that are none of CSV', async () => {
    const { found } = await examined('a,b\n5" pipe,1\nx"y",2\n');
    expect(found).toMatchObject({ quoting: 'none' });
    expect((await examined('"a","b"\n"1","2"\n')).found.quoting).toBe('all');
  });

  it('may have no titles, lines around its rows, and no end', async () => {
    const bare = await examined('L1,1.50\nL2,2.50');
    expect(bare.layout).toMatchObject({ titles: false, columns: [{ at: 1 }, { at: 2 }] });
    expect(bare.doubts).toEqual(['file_truncated', 'no_titles']);
    const { layout, doubts } = await examined('report\n\nno,amount\n1,2.5\n2,3.5\n合计,6.0\nend\n');
    expect(layout).toMatchObject({ skip: { before: 2, behind: 2 } });
    expect(doubts).toContain('total_line');
  });

  it('of two columns for income and outgo has one amount, and a balance', async () => {
    const text = '日期,收入,支出,余额\n2026-02-16,5.00,,15.00\n2026-02-16,,"1,000.00",-985.00\n';
    const { layout } = await examined(text);
    expect(layout).toMatchObject({
      thousands: ',',
      balance: { title: '余额' },
      columns: [{ title: '收入', from: 'amount', type: 'amount', less: '支出' }],
    });
  });

  it('that is large is judged by its beginning and its end', async () => {
    const row = 'L000001,1234.50,2026-02-16,some text that makes the line longer\n';
    const text = `loan_no,amount,on,memo\n${row.repeat(40_000)}Total,1,,\n`;
    const { found, doubts } = await examined(text);
    expect(found).toMatchObject({ isWhole: false, behind: 1 });
    expect(found.doubts.find(({ rule }) => rule === 'total_line')?.line).toBe(40_002);
    expect(doubts).toEqual(['total_line']);
  });
});

describe('a doubt', () => {
  it.each([
    ['digits_lost', 'card,a\n6.22202E+18,1\n6.22203E+18,2\n', { column: 'card', line: 2 }],
    ['digits_lost', 'card,a\n6222020000000000000,1\n6222020111111111111,2\n', { line: 2 }],
    ['zeros_lost', '账号,a\n12345,1\n1234,2\n', { line: 3, value: '1234' }],
    ['mixed_types', `n,a\n${'1,2.5\n'.repeat(9)}1,n/a\n`, { line: 11, value: 'n/a' }],
    ['ambiguous_dates', 'd,a\n03/04/2026,1\n05/06/2026,2\n', { column: 'd', line: 2 }],
    ['mixed_dates', 'd,a\n2026-02-16,1\n2026/02/16,2\n', { column: 'd' }],
    ['title_doubled', 'a,b,a\n1,2,3\n', { value: 'a' }],
    ['title_empty', 'a,,c\n1,2,3\n', { line: 1 }],
    ['column_count', 'a,b\n1,2\n1,2,3\n1,2\n', { line: 3 }],
    ['many_decimals', 'fee,a\n1.50080,1\n2.00010,2\n', { column: 'fee' }],
  ])('is %s', async (rule, text, evidence) => {
    const { found } = await examined(text);
    expect(found.doubts.find((doubt) => doubt.rule === rule)).toMatchObject(evidence);
  });

  it('is none where day and month can be told', async () => {
    const { found, doubts } = await examined('d,a\n03/04/2026,1\n25/06/2026,2\n');
    expect(found.columns[0]).toMatchObject({ type: 'date', format: 'DD/MM/YYYY' });
    expect(doubts).toEqual([]);
  });
});

describe('a workbook', () => {
  const cell = (text: string) => `<c t="inlineStr"><is><t>${text}</t></is></c>`;
  const sheets = {
    甲: `<row r="3">${cell('借据号')}${cell('卡号')}</row><row r="4">${cell('L1')}<c><v>6.22202E+18</v></c></row>`,
    乙: `<row>${cell('amount')}</row><row><c><v>1.5</v></c></row>`,
    '!丙': '',
  };

  it('has its sheets, and the cells that it will be refused for', async () => {
    const { found, layout, doubts } = await examined(workbook({ sheets }), 'w.xlsx');
    expect(found).toMatchObject({ format: 'xlsx', sheet: '甲', titlesLine: 3, before: 2 });
    expect(layout).toMatchObject({ sheet: '甲', columns: [{ title: '借据号', from: 'loan_no' }] });
    expect(doubts).toEqual(
      expect.arrayContaining(['cell_refused', 'hidden_sheets', 'several_sheets']),
    );
    const other = await examined(workbook({ sheets }), 'w.xlsx', '乙');
    expect(other.found.columns).toMatchObject([{ title: 'amount', type: 'amount' }]);
  });
});

describe('a statement', () => {
  it('is told by its first line', async () => {
    const mt940 = ':20:A\n:25:1\n:60F:C260101CNY1,\n:61:260101C1,NTRFA\n:62F:C260101CNY2,\n';
    const { found, layout } = await examined(mt940, 'a.txt');
    expect(found.format).toBe('mt940');
    expect(layout.columns).toContainEqual({ title: 'reference', from: 'order_no' });
    const camt =
      '<Document><BkToCstmrStmt><Stmt><Ntry><Amt Ccy="CNY">1</Amt><CdtDbtInd>CRDT</CdtDbtInd>' +
      '<ValDt><Dt>2026-01-02</Dt></ValDt></Ntry></Stmt></BkToCstmrStmt></Document>';
    expect((await examined(camt, 'a.xml')).layout).toMatchObject({
      format: 'camt',
      where: [{ title: 'status', is: ['BOOK'] }],
    });
    const ndjson = await examined('{"loan_no":"L1","amount":1.5}\n', 'a.json');
    expect(ndjson.found).toMatchObject({ format: 'ndjson', before: 0 });
    expect(ndjson.layout).not.toHaveProperty('skip');
  });

  it.each([
    ['statements/wx_all.csv', { rows: 3, behind: 2, trim: ['`'] }],
    ['statements/ali.csv', { charset: 'gb18030', rows: 3, comment: ['#'], trim: ['\t'] }],
    ['statements/icbc.csv', { before: 4, rows: 2, behind: 1, trim: ['\t', ' '] }],
    ['statements/abc.csv', { rows: 1, behind: 1 }],
    ['statements/cmb.csv', { rows: 2 }],
    ['statements/mt940.sta', { format: 'mt940', rows: 2 }],
    ['statements/camt.xml', { format: 'camt', rows: 1 }],
    ['tapes/lc_raw.csv', { before: 1, rows: 2, behind: 2 }],
    ['tapes/fre.txt', { delimiter: '|', rows: 2, titlesLine: undefined }],
    ['tapes/gbk.csv', { charset: 'gb18030', rows: 2 }],
  ])('or tape of the reports, %s, has its rows found', async (file, { rows, ...shape }) => {
    const path = join(REPORTS, file);
    if (!existsSync(path)) return;
    const found = await examineFile(path);
    expect(found.rows).toHaveLength(rows);
    expect(found).toMatchObject(shape);
    // What it writes is YAML.
    expect(parse(startingLayout(found, 'x'))).toHaveProperty('columns');
  });

  it.each([
    ['empty', '', 'file_empty'],
    ['a web page', '<html><table></table></html>', 'not_text'],
    ['bytes of no text', Buffer.from('ff80ff80ff80ff0a', 'hex'), 'unknown_charset'],
  ])('is refused where the file is %s', async (name, content, code) => {
    const path = put(`refused-${name}`.replaceAll(' ', '-'), content);
    expect(await refusal(examineFile(path))).toMatchObject({ code, file: path, hasNext: true });
  });
});
