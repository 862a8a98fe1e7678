import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { readText, sorted } from './layout-files.js';

const PLAIN = [{ from: 'ref' }, { from: 'amount', type: 'amount' }];
const FIELDS = ['ref', 'amount'];
const R1 = { ref: 'R1', amount: '916.80' };
const R2 = { ref: 'R2', amount: '-12.00' };
const BOTH = { good: [R1, R2], bad: [] };

type Layout = Readonly<Record<string, unknown>>;

/** A text, the layout that reads it, and what comes out as good rows and bad ones. */
const READS: readonly (readonly [what: string, layout: Layout, text: string, result: object])[] = [
  ['a CSV file with its titles', { columns: PLAIN }, 'ref,amount\nR1,916.80\nR2,-12.00\n', BOTH],
  ['lines that end in CRLF', { columns: PLAIN }, 'ref,amount\r\nR1,916.80\r\nR2,-12.00\r\n', BOTH],
  ['no line end at the end', { columns: PLAIN }, 'ref,amount\nR1,916.80\nR2,-12.00', BOTH],
  ['titles in another order', { columns: PLAIN }, 'amount,ref\n916.80,R1\n-12.00,R2\n', BOTH],
  ['other columns', { columns: PLAIN }, 'x,ref,x,amount\n1,R1,2,916.80\n3,R2,4,-12.00\n', BOTH],
  [
    'a delimiter of three characters',
    { columns: PLAIN, delimiter: '|+|' },
    'ref|+|amount\nR1|+|916.80\nR2|+|-12.00\n',
    BOTH,
  ],
  ['a tab', { columns: PLAIN, delimiter: '\t' }, 'ref\tamount\nR1\t916.80\nR2\t-12.00\n', BOTH],
  [
    'quotes, delimiters and line ends inside them',
    { columns: PLAIN },
    'ref,amount\n"a ""b"", c",1\n"two\nlines",2\nR3,"3"\n',
    {
      good: [
        { ref: 'a "b", c', amount: '1.00' },
        { ref: 'two\nlines', amount: '2.00' },
        { ref: 'R3', amount: '3.00' },
      ],
      bad: [],
    },
  ],
  [
    'quotes that are none',
    { columns: PLAIN, quoting: 'none' },
    'ref,amount\n"R"1,1\n',
    { good: [{ ref: '"R"1', amount: '1.00' }], bad: [] },
  ],
  [
    'no titles, columns in order',
    { columns: PLAIN, titles: false },
    'R1,916.80\nR2,-12.00\n',
    BOTH,
  ],
  [
    'no titles, columns by number',
    {
      columns: [
        { at: 4, from: 'ref' },
        { at: 2, ...PLAIN[1] },
      ],
      titles: false,
    },
    'a,916.80,c,R1\na,-12.00,c,R2,e,f\n',
    BOTH,
  ],
  [
    'fixed width',
    {
      format: 'fixed',
      columns: [
        { start: 1, width: 4, from: 'ref' },
        { start: 5, width: 8, from: 'amount', type: 'amount' },
      ],
    },
    'R1    916.80\nR2    -12.00\n',
    BOTH,
  ],
  [
    'lines before and behind',
    { columns: PLAIN, skip: { before: 2, behind: 2 } },
    'a "title\n\nref,amount\nR1,916.80\nR2,-12.00\nin all,904.80\n\nsent "today\n\n',
    BOTH,
  ],
  [
    'comments',
    { columns: PLAIN, comment: ['#', '//'] },
    '#head\nref,amount\nR1,916.80\n// "note\nR2,-12.00\n#end\n',
    BOTH,
  ],
  ['blank lines', { columns: PLAIN }, '\nref,amount\n\nR1,916.80\n\nR2,-12.00\n\n', BOTH],
  [
    'a blank line that ends the rows',
    { columns: PLAIN, blank_lines: 'end' },
    'ref,amount\nR1,916.80\nR2,-12.00\n\nin all: 904.80\n',
    BOTH,
  ],
  [
    'characters around every field',
    { columns: PLAIN, trim: ['`', '\t', ' '] },
    'ref,amount\n`R1,` 916.80\nR2\t,-12.00\t\n',
    BOTH,
  ],
  [
    'rows of another width',
    { columns: PLAIN },
    'ref,amount\nR1,916.80\nR9\nR8,1,2\nR2,-12.00\n',
    {
      good: [R1, R2],
      bad: [
        [3, '', 'field_count'],
        [4, '', 'field_count'],
      ],
    },
  ],
  [
    'short rows padded and long ones cut',
    { columns: PLAIN, short_rows: 'padded', long_rows: 'cut' },
    'ref,amount\nR1,916.80,x\nR2\n',
    { good: [R1, { ref: 'R2', amount: '' }], bad: [] },
  ],
  [
    'amounts in fen, of a file and of a column',
    {
      columns: [...PLAIN, { from: 'fee', type: 'amount', unit: 'major' }],
      amount_unit: 'minor',
    },
    'ref,amount,fee\nR1,91680,1.00\nR2,-1200,2.00\nR3,1.5,1\n',
    { good: [R1, R2], bad: [[4, 'amount', 'amount']] },
  ],
  [
    'thousands and a decimal comma',
    { columns: PLAIN, delimiter: ';', thousands: '.', decimal: ',' },
    'ref;amount\nR1;1.234.916,80\nR2;-12,00\nR3;1.2,00\nR4;1.00\n',
    {
      good: [{ ref: 'R1', amount: '1234916.80' }, R2],
      bad: [
        [4, 'amount', 'amount'],
        [5, 'amount', 'amount'],
      ],
    },
  ],
  [
    'records of several kinds',
    {
      titles: false,
      records: { at: 1, row: ['D'], ignore: ['H', 'T'] },
      columns: [
        { at: 2, from: 'ref' },
        { at: 3, ...PLAIN[1] },
      ],
    },
    'H,today\nD,R1,916.80\nX,R9,1\nD,R2,-12.00\nT,2\n',
    { good: [R1, R2], bad: [[3, '', 'record_kind']] },
  ],
  [
    'rows that count',
    {
      columns: PLAIN,
      where: [
        { title: 'st', is: ['OK', 'BACK'] },
        { title: 'x', not: ['1'] },
      ],
    },
    'ref,amount,st,x\nR1,916.80,OK,\nR8,zero,NO,\nR2,-12.00,BACK,\nR9,1,OK,1\n',
    BOTH,
  ],
  [
    'a key that is there twice',
    { columns: PLAIN, key: ['ref'] },
    'ref,amount\nR1,916.80\nR2,x\nR2,-12.00\nR1,1\n,5\n,6\n',
    {
      good: [R1, R2, { ref: '', amount: '5.00' }, { ref: '', amount: '6.00' }],
      bad: [
        [3, 'amount', 'amount'],
        [5, 'ref', 'repeated_key'],
      ],
    },
  ],
];

describe('a layout reads', () => {
  for (const [what, layout, text, result] of READS) {
    it(what, async () => {
      expect(sorted(await readText(layout, text, FIELDS), FIELDS)).toEqual(result);
    });
  }

  it('rows by the lines on which they begin', async () => {
    const text = '#a\nref,amount\n"x\ny",1\n\nR2,2\n';
    const { rows, end } = await readText({ columns: PLAIN, comment: ['#'] }, text, FIELDS);
    expect(rows.map(({ line }) => line)).toEqual([3, 6]);
    expect(end).toMatchObject({ rows: 2, leftOut: 0, counted: 2, lastLine: 6 });
  });

  it('only the fields that are asked for, in that order, and nothing for what is not there', async () => {
    const text = 'ref,amount\nR1,no amount\n';
    const record = ['R1', 'no amount'];
    const { rows } = await readText({ columns: PLAIN }, text, ['loan_no', 'ref']);
    expect(rows).toEqual([{ line: 2, fields: ['', 'R1'], problem: undefined, record }]);
  });

  it('what is wrong with a row as the file has it', async () => {
    const text = 'ref,amount\nR1, 9l6.80\n';
    const { rows } = await readText({ columns: PLAIN, trim: [' '] }, text, FIELDS);
    expect(rows[0]?.problem).toEqual({ field: 'amount', rule: 'amount', value: ' 9l6.80' });
  });

  it('a NUL character as what it is', async () => {
    const { rows } = await readText({ columns: PLAIN }, 'ref,amount\nR\0,1\nR2,2\n', FIELDS);
    expect(rows.map(({ problem }) => problem?.rule)).toEqual(['nul_character', undefined]);
  });

  it('that the last line has no end', async () => {
    const ends = await Promise.all(
      ['ref,amount\nR1,1\n', 'ref,amount\nR1,1'].map((text) =>
        readText({ columns: PLAIN }, text, FIELDS),
      ),
    );
    expect(ends.map(({ end }) => end.isUnterminated)).toEqual([false, true]);
  });
});

describe('a layout reads the character set', () => {
  const TEXT = '借据号,金额\n还款—𠮷,916.80\n';
  const columns = [
    { title: '借据号', from: 'ref' },
    { title: '金额', from: 'amount', type: 'amount' },
  ];
  const READ = { good: [{ ref: '还款—𠮷', amount: '916.80' }], bad: [] };
  const files: readonly (readonly [charset: string, bytes: Buffer])[] = [
    ['utf-8', Buffer.from(TEXT)],
    ['utf-8', Buffer.from(`\ufeff${TEXT}`)],
    ['utf-8-bom', Buffer.from(`\ufeff${TEXT}`)],
    ['gb18030', iconv.encode(TEXT, 'gb18030')],
    ['utf-16le', Buffer.from(TEXT, 'utf16le')],
    ['utf-16le', Buffer.from(`\ufeff${TEXT}`, 'utf16le')],
    ['utf-16be', Buffer.from(`\ufeff${TEXT}`, 'utf16le').swap16()],
  ];
  for (const [charset, bytes] of files) {
    it(`${charset}, ${bytes.length} bytes`, async () => {
      expect(sorted(await readText({ charset, columns }, bytes, FIELDS), FIELDS)).toEqual(READ);
    });
  }

  it('and names bytes that are none of it by their line', async () => {
    const bytes = Buffer.concat([
      Buffer.from('ref,amount\nR1,1\nR'),
      Buffer.from([0xff]),
      Buffer.from(',1\n'),
    ]);
    for (const charset of ['utf-8', 'gb18030']) {
      await expect(readText({ charset, columns: PLAIN }, bytes, FIELDS)).rejects.toMatchObject({
        code: 'wrong_charset',
        evidence: { line: 3, charset },
      });
    }
  });

  it('and says so where the titles are there in another one', async () => {
    const layout = { columns };
    await expect(readText(layout, iconv.encode(TEXT, 'gb18030'), FIELDS)).rejects.toMatchObject({
      code: 'wrong_charset',
      evidence: { charset: 'utf-8', foundCharset: 'gb18030' },
    });
    const other = { charset: 'gb18030', columns };
    await expect(readText(other, Buffer.from(TEXT), FIELDS)).rejects.toMatchObject({
      code: 'wrong_charset',
      evidence: { charset: 'gb18030' },
    });
  });

  it('and half a character of UTF-16', async () => {
    const bytes = Buffer.from(TEXT, 'utf16le').subarray(0, -1);
    const layout = { charset: 'utf-16le', columns };
    await expect(readText(layout, bytes, FIELDS)).rejects.toMatchObject({ code: 'wrong_charset' });
  });
});
