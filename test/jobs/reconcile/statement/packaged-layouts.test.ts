import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../../../src/package-root.js';
import { type ReadFigures, readStatement, writeText } from './read-statement.js';

const OURS = join(packageRoot, 'fixtures/statements');
const CASES = join(packageRoot, '../shared/cases/reports/statements');
const hasCases = existsSync(CASES);
if (!hasCases) console.info('not run without ../shared/cases: the statements of reports');

const folder = mkdtempSync(join(tmpdir(), 'loanbook-layouts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Row = readonly [file: string, kind: 'channel' | 'bank', layout: string, Partial<ReadFigures>];
const NOTHING = { received: '0.00', paidOut: '0.00', fee: '0.00' };

/**
 * Of the README: 2 lines of 1833.60 and fees of 11.00 (5.50080 each); with the refund 1833.60 in,
 * 916.80 out and fees of 5.50 + 5.50 - 5.50. The others by hand: 8251.20 came in, and what is below
 * zero went out.
 */
const REPORTED: readonly Row[] = [
  ['wx_success.csv', 'channel', 'wechat-bill', { received: '1833.60', fee: '11.00' }],
  [
    'wx_all.csv',
    'channel',
    'wechat-bill',
    {
      lines: ['WX-1R1 916.80 5.50', 'WX-2R1 916.80 5.50', 'RF1 -916.80 -5.50'],
      received: '1833.60',
      paidOut: '916.80',
      fee: '5.50',
      provedBy: ['line_end', 'trailer'],
    },
  ],
  ['wx_empty.csv', 'channel', 'wechat-bill', { lines: [], ...NOTHING }],
  [
    'ali.csv',
    'channel',
    'alipay-bill',
    {
      lines: ['WX-1R1 916.80 5.50', 'WX-2R1 916.80 5.50', 'RF1 -916.80 -5.50'],
      received: '1833.60',
      paidOut: '916.80',
      fee: '5.50',
      provedBy: ['line_end', 'trailer'],
    },
  ],
  [
    'failed-zero.csv',
    'channel',
    'deduct-result',
    { lines: ['WX1 916.80 0.00', 'WX9 0.00 0.00'], received: '916.80', failed: 1 },
  ],
  [
    'icbc.csv',
    'bank',
    'icbc',
    {
      lines: ['WX20260215 8251.20 0.00', 'fee -12.00 0.00'],
      received: '8251.20',
      paidOut: '12.00',
      provedBy: ['line_end'],
    },
  ],
  ['cmb.csv', 'bank', 'cmb', { lines: ['WX20260215 8251.20 0.00', ' -12.00 0.00'] }],
  ['abc.csv', 'bank', 'abc', { lines: ['WX20260215 8251.20 0.00', ' -12.00 0.00'] }],
  [
    'bank-blank-ref.csv',
    'bank',
    'bank-lines',
    { lines: ['WX20260215 1833.60 0.00', ' -12.00 0.00'], received: '1833.60', paidOut: '12.00' },
  ],
  ['mt940.sta', 'bank', 'mt940', { lines: ['WX20260215 8251.20 0.00', ' -100.00 0.00'] }],
  ['camt.xml', 'bank', 'camt', { lines: [' 8251.20 0.00'], received: '8251.20' }],
];

/** 916.80 + 1200.00 came, 300.00 went back; 5.50 + 7.20 - 1.80 = 10.90, and so on. */
const EXAMPLES: readonly Row[] = [
  [
    'wechat-bill.csv',
    'channel',
    'wechat-bill',
    { received: '2116.80', paidOut: '300.00', fee: '10.90' },
  ],
  ['wechat-success.csv', 'channel', 'wechat-success', { received: '2116.80', fee: '12.70' }],
  ['wechat-empty.csv', 'channel', 'wechat-bill', { lines: [], ...NOTHING }],
  [
    'alipay-bill.csv',
    'channel',
    'alipay-bill',
    // 458.40 + 640.00; 2.75 + 3.84 - 0.35
    { received: '1098.40', paidOut: '58.40', fee: '6.24' },
  ],
  [
    'deduct-result.csv',
    'channel',
    'deduct-result',
    // 916.80 + 458.40
    { received: '1375.20', failed: 1, leftOut: 0 },
  ],
  ...(['icbc', 'cmb', 'abc', 'bank-lines'] as const).map((layout): Row => {
    const lines = ['WXP20260215 1805.90 0.00', ' -12.00 0.00'];
    return [`${layout}.csv`, 'bank', layout, { lines, received: '1805.90', paidOut: '12.00' }];
  }),
  ['mt940.sta', 'bank', 'mt940', { received: '1805.90', paidOut: '300.00' }],
  ['camt.xml', 'bank', 'camt', { received: '1805.90', paidOut: '12.00', leftOut: 1 }],
];

describe('a packaged layout', () => {
  it.skipIf(!hasCases).each(REPORTED)('reads %s as reported: %s, %s', async (...row) => {
    const [file, kind, layout, figures] = row;
    expect(await readStatement(join(CASES, file), kind, layout)).toMatchObject(figures);
  });

  it.each(EXAMPLES)('reads its example %s: %s, %s', async (file, kind, layout, figures) => {
    expect(await readStatement(join(OURS, file), kind, layout)).toMatchObject(figures);
  });

  it('is chosen among several by the titles of the file', async () => {
    const names = ['wechat-bill', 'wechat-success'];
    for (const file of ['wechat-bill.csv', 'wechat-success.csv']) {
      const { received } = await readStatement(join(OURS, file), 'channel', ...names);
      expect(received).toBe('2116.80');
    }
  });

  it('has an example each', () => {
    const layouts = readdirSync(join(packageRoot, 'config/layouts'))
      .map((name) => name.replace('.yaml', ''))
      .filter((name) => name !== 'voucher-lines');
    expect(new Set(EXAMPLES.map(([, , layout]) => layout))).toEqual(new Set(layouts));
    expect(EXAMPLES.map(([file]) => file).sort()).toEqual(readdirSync(OURS).sort());
  });
});

/** A file of the examples as text. */
function example(file: string, charset: string): string {
  return new TextDecoder(charset).decode(readFileSync(join(OURS, file)));
}

/** The same rows with their columns in reverse order; no field of these holds a comma. */
function reversed(text: string): string {
  return text.replace(/^[^,\r\n]+(?:,[^,\r\n]*){15,}(?=\r?$)/gm, (row) =>
    row.split(',').reverse().join(','),
  );
}

describe('variants of a file', () => {
  const tables = [
    ['wechat-bill.csv', 'utf-8', 'channel', 'wechat-bill'],
    ['alipay-bill.csv', 'gb18030', 'channel', 'alipay-bill'],
    ['icbc.csv', 'gb18030', 'bank', 'icbc'],
    ['cmb.csv', 'gb18030', 'bank', 'cmb'],
    ['abc.csv', 'gb18030', 'bank', 'abc'],
  ] as const;

  it.each(tables)('%s (%s) read the same', async (file, charset, kind, layout) => {
    const text = example(file, charset);
    const wanted = await readStatement(join(OURS, file), kind, layout);
    const unix = text.replaceAll('\r\n', '\n');
    const variants: Readonly<Record<string, string>> = {
      crlf: unix.replaceAll('\n', '\r\n'),
      lf: unix,
      'blank lines behind': `${text}\n\n`,
      'blanks behind': unix.replace(/,([^,"\n]+)(?=\n)/g, ',$1  '),
      'other order':
        layout.startsWith('wechat') || layout.startsWith('ali') ? reversed(text) : text,
    };
    for (const [name, content] of Object.entries(variants)) {
      for (const own of ['utf-8', 'gb18030'] as const) {
        const path = writeText(join(folder, `${own}-${file}`), content, own);
        expect(await readStatement(path, kind, layout), `${name}, ${own}`).toEqual(wanted);
      }
    }
  });

  it('with a failed refund leave it out, which the line of totals still counts', async () => {
    const text = example('wechat-bill.csv', 'utf-8').replace(
      '`ORIGINAL,`SUCCESS',
      '`ORIGINAL,`FAIL',
    );
    const path = writeText(join(folder, 'failed-refund.csv'), text, 'utf-8');
    const read = await readStatement(path, 'channel', 'wechat-bill');
    expect(read).toMatchObject({ received: '2116.80', paidOut: '0.00', leftOut: 1, fee: '12.70' });
  });
});

describe('a statement is refused', () => {
  const cases: readonly (readonly [
    what: string,
    file: string,
    layout: string,
    change: (text: string) => string,
    code: string,
    evidence: Record<string, unknown>,
  ])[] = [
    [
      'whose running balance does not follow: a line is missing',
      'cmb.csv',
      'cmb',
      (text) => text.replace('"11,793.90"', '"11,783.90"'),
      'balance_broken',
      { line: 3, expected: '11793.90', actual: '11783.90', difference: '-10.00' },
    ],
    [
      'whose totals are others',
      'icbc.csv',
      'icbc',
      (text) => text.replace('"12.00          \t"', '"12.01          \t"'),
      'statement_total_differs',
      { field: 'outgo', expectedTotal: 1201, actualTotal: 1200 },
    ],
    [
      'without its line of totals',
      'wechat-bill.csv',
      'wechat-bill',
      (text) => text.slice(0, text.indexOf('总交易单数')),
      'statement_truncated',
      { found: 'no trailer' },
    ],
    [
      'with a line less than it says',
      'wechat-bill.csv',
      'wechat-bill',
      (text) => text.replace(/^`2026-02-15 09.*\r\n/m, ''),
      'statement_total_differs',
      { expectedLines: 3, actualLines: 2 },
    ],
    [
      'with a line less than it sums to, in a line that is a comment for others',
      'alipay-bill.csv',
      'alipay-bill',
      (text) => text.replace(/^2026021522001AL0215002.*\r\n/m, ''),
      'statement_total_differs',
      // 458.40 - 58.40, and 640.00 more
      { expectedTotal: 104_000, actualTotal: 40_000 },
    ],
    [
      'that was cut behind a line, before what it sums to',
      'alipay-bill.csv',
      'alipay-bill',
      (text) => text.slice(0, text.indexOf('2026021522001AL0215001', text.indexOf('AL0215002'))),
      'bad_trailer',
      { line: 7 },
    ],
    [
      'in another currency than the book',
      'wechat-bill.csv',
      'wechat-bill',
      (text) => text.replace('`CNY', '`USD'),
      'bad_statement_line',
      { line: 2, field: 'currency', rule: 'other_currency', value: 'USD' },
    ],
    [
      'with a status that nobody named',
      'deduct-result.csv',
      'deduct-result',
      (text) => text.replace('NO', 'MAYBE'),
      'bad_statement_line',
      { line: 3, field: 'status', rule: 'value_not_mapped', value: 'MAYBE' },
    ],
    [
      'with nothing in a line that succeeded',
      'deduct-result.csv',
      'deduct-result',
      (text) => text.replace('NO', 'OK'),
      'bad_statement_line',
      { line: 3, field: 'amount', rule: 'must_be_positive' },
    ],
    [
      'with a fee that comes back on a payment',
      'wechat-success.csv',
      'wechat-success',
      (text) => text.replace('`7.20000', '`-7.20000'),
      'bad_statement_line',
      { line: 3, field: 'fee', rule: 'must_not_be_negative' },
    ],
  ];

  it.each(cases)('%s', async (_what, file, layout, change, code, evidence) => {
    const isBank = layout === 'cmb' || layout === 'icbc';
    const charset = isBank || layout === 'alipay-bill' ? 'gb18030' : 'utf-8';
    const path = writeText(
      join(folder, `refused-${file}`),
      change(example(file, charset)),
      charset,
    );
    const asked = readStatement(path, isBank ? 'bank' : 'channel', layout);
    await expect(asked).rejects.toMatchObject({ code, exitCode: 1, evidence });
  });

  it('whose layout is nowhere, or is none of a statement', async () => {
    const asked = readStatement(join(OURS, 'cmb.csv'), 'bank', 'nobody');
    await expect(asked).rejects.toMatchObject({ code: 'unknown_layout', exitCode: 2 });
    const vouchers = readStatement(join(OURS, 'cmb.csv'), 'bank', 'voucher-lines');
    await expect(vouchers).rejects.toMatchObject({ code: 'invalid_document' });
  });
});
