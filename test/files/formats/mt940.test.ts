import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mt940Batches } from '../../../src/files/formats/mt940/mt940-batches.js';
import { packageRoot } from '../../../src/package-root.js';
import { madeFiles, named, refusal, taken } from './made-files.js';

const { put } = madeFiles();
const REPORT = join(packageRoot, '../shared/cases/reports/statements/mt940.sta');
let made = 0;

function file(...lines: readonly string[]): string {
  made += 1;
  return put(`m${made}.sta`, `${lines.join('\r\n')}\r\n`);
}

/** A statement of some entries, with the closing balance that is given. */
function statement(
  entries: readonly string[],
  closing: string,
  opening = 'C251231CNY100,00',
): string {
  return file(
    ':20:T',
    ':25:0012/00034',
    ':28C:00007/001',
    `:60F:${opening}`,
    ...entries,
    `:62F:${closing}`,
    '-',
  );
}

const entriesOf = async (path: string) => named(await taken(mt940Batches(path)));

describe('an entry', () => {
  it('has its parts, references with the zeros in front', async () => {
    const path = statement(
      [':61:2512311231CN0050,5NTRF0012//000987', ':86:free text', 'on two lines'],
      'C251231CNY150,50',
    );
    expect(await taken(mt940Batches(path))).toMatchObject({ lines: [1, 5] });
    expect(await entriesOf(path)).toEqual([
      {
        value_date: '2025-12-31',
        entry_date: '2025-12-31',
        amount: '50.50',
        currency: 'CNY',
        reference: '0012',
        bank_reference: '000987',
        type: 'NTRF',
        text: 'free text on two lines',
        account: '0012/00034',
        statement: '00007/001',
        balance_after: '150.50',
        status: 'BOOK',
      },
    ]);
  });

  it.each([
    ['a credit', 'C', '1.00', undefined],
    ['a debit', 'D', '-1.00', undefined],
    // BEHAVIOUR: a credit that is taken back is money out.
    ['a credit taken back', 'RC', '-1.00', 'yes'],
    ['a debit taken back', 'RD', '1.00', 'yes'],
    // The third letter of EUR stands behind the mark.
    ['a credit with its funds code', 'CR', '1.00', undefined],
    ['a reversal with its funds code', 'RCR', '-1.00', 'yes'],
  ])('is %s', async (_what, mark, amount, reversal) => {
    const closing = amount.startsWith('-') ? 'C251231CNY99,' : 'C251231CNY101,';
    const path = statement([`:61:251231${mark}1,NMSCNONREF`], closing);
    const [entry] = await entriesOf(path);
    expect(entry).toMatchObject({ amount });
    expect(entry?.reversal).toBe(reversal);
    expect(entry?.reference).toBeUndefined();
    expect(entry?.entry_date).toBeUndefined();
  });

  it.each([
    // BEHAVIOUR: at New Year the entry date lies in the other year.
    ['2512310102', '2025-12-31', '2026-01-02'],
    ['2601021231', '2026-01-02', '2025-12-31'],
    ['2601020630', '2026-01-02', '2026-06-30'],
    // 29 February is only in the leap year beside it.
    ['2401010229', '2024-01-01', '2024-02-29'],
    ['2312310229', '2023-12-31', '2024-02-29'],
    ['7912310101', '2079-12-31', '2080-01-01'],
    ['8001010101', '1980-01-01', '1980-01-01'],
  ])('of %s has value date %s and entry date %s', async (dates, valueDate, entryDate) => {
    const path = statement([`:61:${dates}C1,00NTRFX`], 'C251231CNY101,00');
    const [entry] = await entriesOf(path);
    expect(entry).toMatchObject({ value_date: valueDate, entry_date: entryDate });
  });

  it('has the purpose of a structured text, cut anywhere', async () => {
    const details = [
      ':86:166?00GUTSCHRIFT?20WX2026',
      '0215?21 Rate 3?30BANKDEFF?31000123',
      '?32Mei Li?33na GmbH',
    ];
    const path = statement(
      [':61:251231C1,00NTRFNONREF', 'supplement', ...details],
      'C251231CNY101,',
    );
    expect((await entriesOf(path))[0]).toMatchObject({
      text: 'WX20260215 Rate 3',
      counterparty: 'Mei Lina GmbH',
      counterparty_account: '000123',
    });
    const plain = statement([':61:251231C1,00NTRFNONREF', 'supplement'], 'C251231CNY101,');
    expect((await entriesOf(plain))[0]).toMatchObject({ text: 'supplement' });
  });

  it('keeps an amount that no float holds, and that of a currency without decimals', async () => {
    // 0.1 added ten times as floats is 0.9999999999999999.
    const tenths = Array.from({ length: 10 }, () => ':61:251231C0,1NTRFX');
    expect((await entriesOf(statement(tenths, 'C251231CNY101,'))).at(-1)).toMatchObject({
      amount: '0.10',
      balance_after: '101.00',
    });
    const large = [':61:251231C999999999999,99NTRFX'];
    const [entry] = await entriesOf(statement(large, 'C251231CNY1000000000099,99'));
    expect(entry).toMatchObject({ amount: '999999999999.99', balance_after: '1000000000099.99' });
    const [yen] = await entriesOf(
      statement([':61:251231D150,NTRFX'], 'D251231JPY50,', 'C251231JPY100,'),
    );
    expect(yen).toMatchObject({ amount: '-150', currency: 'JPY', balance_after: '-50' });
  });
});

describe('a file', () => {
  it.skipIf(!existsSync(REPORT))(
    'of the reports gives 8251.20 and a reversal of 100.00',
    async () => {
      const found = await entriesOf(REPORT);
      expect(found.map(({ amount, reference }) => [amount, reference])).toEqual([
        ['8251.20', 'WX20260215'],
        ['-100.00', undefined],
      ]);
    },
  );

  it('may hold several statements, in the envelope of the network or not', async () => {
    const path = file(
      '{1:F01BANKDEFFXXXX0000000000}{2:I940BANKDEFFXXXXN}{4:',
      ':20:A',
      ':25:1',
      ':28C:1/1',
      ':60F:C260101CNY1,00',
      ':61:260101C1,NTRFA',
      ':62M:C260101CNY2,00',
      '-}',
      ':20:B',
      ':25:1',
      ':28C:1/2',
      ':60M:C260101CNY2,00',
      ':61:260101D1,NTRFB',
      ':62F:C260101CNY1,00',
      ':64:C260101CNY1,00',
      ':86:for all of it',
      '-',
      '',
      ':20:C',
      ':25:2',
      ':28C:5',
      ':60F:D260101EUR5,00',
      ':62F:D260101EUR5,00',
    );
    const found = await entriesOf(path);
    expect(found.map((entry) => [entry.reference, entry.statement, entry.balance_after])).toEqual([
      ['A', '1/1', '2.00'],
      ['B', '1/2', '1.00'],
    ]);
    expect(found[1]?.text).toBeUndefined();
  });

  it('may be written in another charset', async () => {
    const bytes = Buffer.concat([
      Buffer.from(':20:A\n:25:1\n:60F:C260101CNY1,\n:61:260101C1,NTRFA\n:86:'),
      Buffer.from('bbb9bfee', 'hex'), // 还款 in GB 18030
      Buffer.from('\n:62F:C260101CNY2,\n'),
    ]);
    const path = put('gb.sta', bytes);
    const [entry] = named(await taken(mt940Batches(path, { charset: 'gb18030' })));
    expect(entry).toMatchObject({ text: '还款' });
    expect(await refusal(mt940Batches(path))).toMatchObject({ code: 'wrong_charset' });
  });

  it.each([
    [
      'a sum that differs',
      [':61:251231C1,NTRFX'],
      'C251231CNY101,01',
      'statement_balance_differs',
      { expected: '101.01', actual: '101.00', difference: '-0.01', line: 6 },
    ],
    ['another currency', [], 'C251231EUR100,00', 'mt940_malformed', { field: ':62F:' }],
    [
      'an entry that is none',
      [':61:2512C1,NTRFX'],
      'C251231CNY101,',
      'mt940_malformed',
      { line: 5, value: '2512C1,NTRFX' },
    ],
    [
      'a point for a comma',
      [':61:251231C1.00NTRFX'],
      'C251231CNY101,',
      'mt940_malformed',
      { line: 5 },
    ],
    [
      'a day that is none',
      [':61:250230C1,NTRFX'],
      'C251231CNY101,',
      'mt940_malformed',
      { line: 5 },
    ],
    [
      'an entry day that is none',
      [':61:2512311332C1,NTRFX'],
      'C251231CNY101,',
      'mt940_malformed',
      { line: 5 },
    ],
    [
      'a mark that is none',
      [':61:251231X1,NTRFX'],
      'C251231CNY101,',
      'mt940_malformed',
      { line: 5 },
    ],
    ['a balance that is none', [], 'X251231CNY100,00', 'mt940_malformed', { line: 5 }],
  ])('is refused for %s', async (_what, entries, closing, code, evidence) => {
    const found = await refusal(mt940Batches(statement(entries, closing)));
    expect(found).toMatchObject({ code, hasNext: true, ...evidence });
  });

  it.each([
    ['no statement', ['', ''], 'file_empty', {}],
    ['text in no field', ['Hello', ':20:A'], 'mt940_malformed', { line: 1 }],
    ['an entry in no statement', [':61:251231C1,NTRFX'], 'mt940_malformed', { line: 1 }],
    [
      'an entry before its balance',
      [':20:A', ':61:251231C1,NTRFX'],
      'mt940_malformed',
      { line: 2 },
    ],
    ['no closing balance', [':20:A', ':60F:C260101CNY1,'], 'file_truncated', { line: 2 }],
    [
      'a page that is missing',
      [
        ':20:A',
        ':25:1',
        ':60F:C260101CNY1,',
        ':62M:C260101CNY1,',
        ':20:B',
        ':25:1',
        ':60M:C260101CNY3,',
        ':62F:C260101CNY3,',
      ],
      'statement_page_missing',
      { line: 7, expected: '1.00', actual: '3.00' },
    ],
  ])('is refused with %s', async (_what, lines, code, evidence) => {
    expect(await refusal(mt940Batches(file(...lines)))).toMatchObject({ code, ...evidence });
  });

  it('never shows a person in an error', async () => {
    const path = statement([':61:bad 13800138000'], 'C251231CNY100,');
    expect(await refusal(mt940Batches(path))).toMatchObject({ value: 'bad 138******00' });
  });
});
