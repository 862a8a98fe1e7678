import { describe, expect, it } from 'vitest';
import { layoutOf } from '../../../src/files/layout/layout-document.js';
import { layoutStart } from '../../../src/files/layout/layout-rows.js';
import { fileOf, readAll, readText, sorted } from './layout-files.js';

const columns = [
  { from: 'ref' },
  { from: 'amount', type: 'amount' },
  { from: 'fee', type: 'amount' },
];
const FIELDS = ['ref', 'amount', 'fee'];
const ROWS = 'ref,amount,fee\nR1,916.80,5.50\nR2,-12.00,0.50\n';
/** 916.80 - 12.00 = 904.80, and 5.50 + 0.50 = 6.00. */
const TOTALS = 'T,2,904.80,6.00\n';

const TRAILER = { starts: 'T', count: 2, total: 3, totals: { fee: 4 } };

describe('a trailer', () => {
  it('is read by a mapping, and its counts and totals agree', async () => {
    const { rows, end } = await readText({ columns, trailer: TRAILER }, ROWS + TOTALS, FIELDS);
    expect(rows).toHaveLength(2);
    expect(end.claims).toEqual([{ by: 'trailer', line: 4, count: 2, total: 90480n }]);
    expect(end.total).toBe(90480n);
  });

  it('is read by a template', async () => {
    const layout = { columns, trailer: 'T,{count},{total},{n}' };
    const { end } = await readText(layout, ROWS + TOTALS, FIELDS);
    expect(end.claims).toEqual([{ by: 'trailer', line: 4, count: 2, total: 90480n }]);
  });

  it('is the last line where a template begins with a place', async () => {
    const layout = { columns, trailer: '{count},{total}' };
    const { end } = await readText(layout, `${ROWS}2,904.80\n`, FIELDS);
    expect(end.claims).toEqual([{ by: 'trailer', line: 4, count: 2, total: 90480n }]);
  });

  it('stands below its titles', async () => {
    const layout = {
      columns,
      trim: ['`'],
      trailer: { starts: 'rows', below: 1, count: 1, total: 2, totals: { fee: 3 } },
    };
    const text = `${ROWS.replaceAll(/^R/gm, '`R')}rows,sum,fees\n\`2,\`904.80,\`6.00\n`;
    const { rows, end } = await readText(layout, text, FIELDS);
    expect(rows).toHaveLength(2);
    expect(end.claims).toEqual([{ by: 'trailer', line: 5, count: 2, total: 90480n }]);
  });

  it('of fixed width is a template of widths', async () => {
    const layout = {
      format: 'fixed',
      columns: [
        { start: 1, width: 3, from: 'ref' },
        { start: 4, width: 9, from: 'amount', type: 'amount', pad: '0' },
      ],
      amount_unit: 'minor',
      trailer: 'END{count:4}{total:9}',
    };
    const text = 'R1 000091680\nR2 -00001200\nEND0002000090480\n';
    const { rows, end } = await readText(layout, text, ['ref', 'amount']);
    expect(rows.map(({ fields }) => fields)).toEqual([
      ['R1', '916.80'],
      ['R2', '-12.00'],
    ]);
    expect(end.claims).toEqual([{ by: 'trailer', line: 3, count: 2, total: 90480n }]);
  });

  it('counts lines that are left out, and lines that fail', async () => {
    const layout = { columns, trailer: TRAILER, where: [{ title: 'ref', not: ['R2'] }] };
    const { rows, end } = await readText(layout, ROWS + TOTALS, FIELDS);
    expect([rows.length, end.leftOut, end.counted]).toEqual([1, 1, 2]);
  });

  const REFUSED: readonly (readonly [what: string, text: string, evidence: object])[] = [
    [
      'another count',
      `${ROWS}T,3,904.80,6.00\n`,
      { rule: 'count_differs', expected: 3, actual: 2 },
    ],
    [
      'another total',
      `${ROWS}T,2,904.81,6.00\n`,
      { rule: 'total_differs', expected: '904.81', actual: '904.80', difference: '-0.01' },
    ],
    ['another sum of a field', `${ROWS}T,2,904.80,6.01\n`, { rule: 'total_differs', field: 'fee' }],
    ['no trailer', ROWS, { rule: 'bad_trailer' }],
    ['no number', `${ROWS}T,two,904.80,6.00\n`, { rule: 'bad_trailer', field: 'count' }],
    ['no amount', `${ROWS}T,2,much,6.00\n`, { rule: 'bad_trailer', field: 'total' }],
    [
      'somebody for a number',
      `${ROWS}T,13800138000 x,904.80,6.00\n`,
      { rule: 'bad_trailer', value: '138******00 x' },
    ],
    ['a row behind it', `${ROWS + TOTALS}R3,1,0\n`, { rule: 'bad_trailer', line: 5 }],
    ['two of them', ROWS + TOTALS + TOTALS, { rule: 'bad_trailer', line: 5 }],
  ];
  for (const [what, text, evidence] of REFUSED) {
    it(`refuses the file for ${what}`, async () => {
      const reading = readText({ columns, trailer: TRAILER }, text, FIELDS);
      await expect(reading).rejects.toMatchObject({ exitCode: 1, evidence });
    });
  }
});

describe('a head', () => {
  const layout = { columns, head: 'H,{date},{count},{total}', date_format: 'YYYYMMDD' };

  it('is read above the titles', async () => {
    const { end } = await readText(layout, `H,20260315,2,904.80\n${ROWS}`, FIELDS);
    const head = { by: 'head', line: 1, count: 2, total: 90480n, date: '2026-03-15' };
    expect(end.claims).toEqual([head]);
  });

  it('is read by a mapping', async () => {
    const mapped = { columns, head: { starts: 'H', date: 2, count: 3, total: 4 } };
    const { end } = await readText(mapped, `H,2026-03-15,2,904.80\n${ROWS}`, FIELDS);
    expect(end.claims).toMatchObject([{ by: 'head', count: 2, date: '2026-03-15' }]);
  });

  for (const [what, text] of [
    ['nothing', ''],
    ['titles in its place', ROWS],
    ['too few fields', `H,20260315,2\n${ROWS}`],
    ['no date', `H,20260230,2,904.80\n${ROWS}`],
  ] as const) {
    it(`refuses the file for ${what}`, async () => {
      const reading = readText(layout, text, FIELDS);
      await expect(reading).rejects.toMatchObject({ code: 'bad_head', exitCode: 1 });
    });
  }
});

describe('a running balance', () => {
  const layout = { columns: columns.slice(0, 2), balance: { title: 'left' } };
  const lines = ['R1,10.00,110.00', 'R2,-30.00,80.00', 'R3,5.00,85.00', 'R4,1.00,86.00'];
  const textOf = (chosen: readonly string[]) => `ref,amount,left\n${chosen.join('\n')}\n`;
  const read = (chosen: readonly string[]) => readText(layout, textOf(chosen), ['ref']);

  it('follows, with the oldest line first or the newest', async () => {
    expect((await read(lines)).rows).toHaveLength(4);
    expect((await read(lines.toReversed())).rows).toHaveLength(4);
    expect((await read([])).rows).toEqual([]);
  });

  it('proves that no line is missing', async () => {
    const gap = [lines[0]!, lines[2]!, lines[3]!];
    // 110.00 + 5.00 would be 115.00.
    const evidence = { line: 3, expected: '115.00', actual: '85.00', difference: '-30.00' };
    await expect(read(gap)).rejects.toMatchObject({ code: 'balance_broken', evidence });
    await expect(read([lines[3]!, lines[2]!, lines[0]!])).rejects.toMatchObject({
      code: 'balance_broken',
      evidence: { line: 4 },
    });
    await expect(read([...lines, lines[3]!])).rejects.toMatchObject({ code: 'balance_broken' });
  });
});

describe('titles', () => {
  for (const [what, text, evidence] of [
    ['missing', 'ref,sum,fee\n', { missing: 'amount' }],
    ['there twice', 'ref,amount,amount,fee\n', { repeated: 'amount' }],
  ] as const) {
    it(`that are ${what} refuse the file`, async () => {
      await expect(readText({ columns }, text, FIELDS)).rejects.toMatchObject({
        code: 'wrong_header',
        evidence: { line: 1, rule: 'columns_differ', ...evidence },
      });
    });
  }

  it('that no column names are refused where the layout says so', async () => {
    const layout = { columns, other_columns: 'refused' };
    const text = 'ref,amount,fee,memo\n';
    await expect(readText({ columns }, text, FIELDS)).resolves.toMatchObject({ rows: [] });
    await expect(readText(layout, text, FIELDS)).rejects.toMatchObject({
      evidence: { unknown: 'memo' },
    });
  });

  it('are wanted', async () => {
    await expect(readText({ columns }, '', FIELDS)).rejects.toMatchObject({ code: 'file_empty' });
  });
});

describe('a file in parts', () => {
  const document = { columns, skip: { before: 1 }, comment: ['#'], trailer: 'T,{count},{total},x' };
  const text = `title\n#\n${ROWS}#\n"R\n3",1.00,2.00\nT,3,905.80,x\n`;

  it('begins with its first row', async () => {
    const layout = layoutOf(document, 'test');
    const path = fileOf(text);
    const start = await layoutStart(path, layout, { fields: FIELDS, minorDigits: 2 });
    const titles = ['ref', 'amount', 'fee'];
    expect(start).toEqual({ titles, firstLine: 4, from: text.indexOf('R1'), claims: [] });
  });

  it('gives the same rows in any two parts', async () => {
    const layout = layoutOf(document, 'test');
    const path = fileOf(text);
    const whole = await readAll(path, layout, FIELDS);
    const options = { fields: FIELDS, minorDigits: 2 };
    const start = (await layoutStart(path, layout, options))!;
    const { titles, from, firstLine } = start;
    for (const [at, line] of [
      [from, firstLine],
      [text.indexOf('R2'), 5],
      [text.indexOf('"R'), 7],
    ] as const) {
      const first = { from, to: at, firstLine };
      const second = { from: at, to: Buffer.byteLength(text), firstLine: line };
      const parts = [];
      for (const range of [first, second])
        parts.push(await readAll(path, layout, FIELDS, { range, titles }));
      expect(parts.flatMap(({ rows }) => rows)).toEqual(whole.rows);
      expect(parts.reduce((sum, { end }) => sum + end.counted, 0)).toBe(3);
      expect(parts.reduce((sum, { end }) => sum + (end.total ?? 0n), 0n)).toBe(90580n);
      expect(parts.flatMap(({ end }) => end.claims)).toEqual(whole.end.claims);
    }
  });

  it('is not shared out where one line depends on another', async () => {
    const options = { fields: FIELDS, minorDigits: 2 };
    for (const more of [{ blank_lines: 'end' }, { skip: { behind: 1 } }, { charset: 'utf-16le' }]) {
      const layout = layoutOf({ columns, ...more }, 'test');
      expect(await layoutStart(fileOf(ROWS), layout, options)).toBeUndefined();
    }
  });
});

it('rows that are good and bad are told apart', async () => {
  const read = await readText({ columns }, `${ROWS}R3,x,1\n`, FIELDS);
  expect(sorted(read, FIELDS).bad).toEqual([[4, 'amount', 'amount']]);
});
