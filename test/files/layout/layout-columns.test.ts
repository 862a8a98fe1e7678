import { describe, expect, it } from 'vitest';
import { readText } from './layout-files.js';

type Column = Readonly<Record<string, unknown>>;
/** What a field says, and what it is with us: text, or the rule that it breaks. */
type Reads = readonly (readonly [theirs: string, ours: string | { readonly rule: string }])[];

const broken = (rule: string) => ({ rule });
const BAD = broken('amount');
const NO_DATE = broken('date');

const COLUMNS: readonly (readonly [what: string, column: Column, reads: Reads, more?: Column])[] = [
  [
    'amount',
    { type: 'amount' },
    [
      ['916.80', '916.80'],
      ['5000', '5000.00'],
      ['007.5', '7.50'],
      ['+8251.20', '8251.20'],
      ['-12.00', '-12.00'],
      ['-0.00', '0.00'],
      ['9999999999999999.99', '9999999999999999.99'],
      ['', ''],
      // 19 digits in fen.
      ['10000000000000000.00', BAD],
      ['916.801', BAD],
      ['916.800', BAD],
      ['.50', BAD],
      ['5.', BAD],
      ['1,000.00', BAD],
      ['1e3', BAD],
      ['1.0.0', BAD],
      ['--1', BAD],
      ['٣', BAD],
      [' 1.00', BAD],
      ['-', BAD],
    ],
  ],
  [
    'amount in fen',
    { type: 'amount', unit: 'minor' },
    [
      ['64176', '641.76'],
      ['5', '0.05'],
      ['-5', '-0.05'],
      ['007', '0.07'],
      ['5.0', BAD],
      ['999999999999999999', '9999999999999999.99'],
    ],
  ],
  [
    'amount with more decimals',
    { type: 'amount', round: 'half_up' },
    [
      ['5.50080', '5.50'],
      ['5.505', '5.51'],
      ['-5.505', '-5.51'],
      ['5.5', '5.50'],
    ],
  ],
  ['amount rounded to even', { type: 'amount', round: 'half_even' }, [['5.505', '5.50']]],
  ['amount rounded down', { type: 'amount', round: 'down' }, [['5.509', '5.50']]],
  ['amount rounded up', { type: 'amount', round: 'up' }, [['5.501', '5.51']]],
  [
    'amount with its sign behind',
    { type: 'amount', sign: 'behind' },
    [
      ['12.00-', '-12.00'],
      ['12.00+', '12.00'],
      ['12.00', '12.00'],
      ['-12.00', BAD],
    ],
  ],
  [
    'amount with the opposite sign',
    { type: 'amount', sign: 'reversed' },
    [
      ['12.00', '-12.00'],
      ['-12.00', '12.00'],
      ['0.00', '0.00'],
    ],
  ],
  [
    'amount with thousands',
    { type: 'amount' },
    [
      ['8,251.20', '8251.20'],
      ['-1,234,567.89', '-1234567.89'],
      ['8251.20', '8251.20'],
      ['82,51.20', BAD],
      [',251.20', BAD],
      ['8,2511.20', BAD],
    ],
    { thousands: ',', delimiter: ';' },
  ],
  [
    'rate as a fraction',
    { type: 'rate' },
    [
      ['0.18', '0.18'],
      ['0.1800', '0.18'],
      ['1', '1'],
      ['0.1234567891', broken('rate')],
      ['-0.18', broken('rate')],
      ['18%', broken('rate')],
      // In parts of 10^9 the last that is a safe integer, 2^53 - 1, and one more whole.
      ['9007199', '9007199'],
      ['9007200', broken('rate')],
    ],
  ],
  [
    'rate in per cent',
    { type: 'rate', unit: 'percent' },
    [
      ['14.07', '0.1407'],
      ['10.65%', '0.1065'],
      ['5', '0.05'],
      ['100', '1'],
      ['0.0000001', '0.000000001'],
      ['0.00000001', broken('rate')],
    ],
  ],
  [
    'rate per mille',
    { type: 'rate', unit: 'per_mille' },
    [
      ['0.5', '0.0005'],
      ['15‰', '0.015'],
    ],
  ],
  [
    'integer',
    { type: 'integer' },
    [
      ['36', '36'],
      ['007', '7'],
      ['0', '0'],
      ['-3', '-3'],
      ['3.0', broken('integer')],
      ['1234567890123456789', broken('integer')],
    ],
  ],
  [
    'date',
    { type: 'date' },
    [
      ['2026-02-28', '2026-02-28'],
      ['2024-02-29', '2024-02-29'],
      ['2026-02-29', NO_DATE],
      ['2026-2-28', NO_DATE],
      ['20260228', NO_DATE],
      ['2026-02-28 10:00:00', NO_DATE],
    ],
  ],
  ['date of eight digits', { type: 'date', format: 'YYYYMMDD' }, [['20260228', '2026-02-28']]],
  ['date without zeros', { type: 'date', format: 'D.M.YYYY' }, [['8.2.2026', '2026-02-08']]],
  [
    'date of Chinese',
    { type: 'date', format: 'YYYY年MM月DD日' },
    [['2026年02月08日', '2026-02-08']],
  ],
  [
    'date of two digits',
    { type: 'date', format: 'DD/MM/YY' },
    [
      ['08/02/26', '2026-02-08'],
      ['08/02/69', '2069-02-08'],
      ['08/02/70', '1970-02-08'],
    ],
  ],
  [
    'month',
    { type: 'date', format: 'MMM-YYYY' },
    [
      ['Mar-2026', '2026-03-01'],
      ['DEC-2025', '2025-12-01'],
      ['Mai-2026', NO_DATE],
    ],
  ],
  [
    'month of six digits',
    { type: 'date', format: 'YYYYMM' },
    [
      ['202003', '2020-03-01'],
      ['202013', NO_DATE],
    ],
  ],
  [
    'date out of a time',
    { type: 'date', format: 'YYYY-MM-DD HH:mm:ss' },
    [
      ['2026-02-15 16:01:38', '2026-02-15'],
      ['2026-02-15 24:00:00', NO_DATE],
      ['2026-02-15', NO_DATE],
    ],
  ],
  [
    // 16:30 in UTC is 00:30 of the next day in Shanghai.
    'date out of a time of another zone',
    { type: 'date', format: 'YYYY-MM-DDTHH:mm:ss.SSSZ', zone: '+00:00 to +08:00' },
    [
      ['2026-12-31T16:30:00.000Z', '2027-01-01'],
      ['2026-12-31T15:59:59.999Z', '2026-12-31'],
    ],
  ],
  [
    // Day 1 is 1 January 1900; day 60 a 29 February that never was; 46081 is 28 February 2026.
    'serial number of a day',
    { type: 'date', format: 'serial' },
    [
      ['1', '1900-01-01'],
      ['59', '1900-02-28'],
      ['60', NO_DATE],
      ['61', '1900-03-01'],
      ['46081', '2026-02-28'],
      ['46081.99999', '2026-02-28'],
      ['0', NO_DATE],
      ['-1', NO_DATE],
    ],
  ],
  [
    // The system of 1904 counts 1462 days less.
    'serial number of a day since 1904',
    { type: 'date', format: 'serial1904' },
    [
      ['0', '1904-01-01'],
      ['44619.5', '2026-02-28'],
    ],
  ],
  [
    'words',
    { values: { repayment: '01', refund: ['02', '03'] } },
    [
      ['01', 'repayment'],
      ['02', 'refund'],
      ['03', 'refund'],
      ['04', broken('unknown_word')],
      ['repayment', broken('unknown_word')],
    ],
  ],
  [
    'prefix',
    { prefix: 'LC-' },
    [
      ['7', 'LC-7'],
      ['', ''],
    ],
  ],
  [
    'empty',
    { type: 'amount', empty: '0.00' },
    [
      ['', '0.00'],
      ['1', '1.00'],
    ],
  ],
  ['empty word', { values: { normal: 'N' }, empty: 'N' }, [['', 'normal']]],
  [
    'trim of its own',
    { trim: ['*'] },
    [
      ['*x*', 'x'],
      [' x', ' x'],
    ],
  ],
];

describe('a column of a layout', () => {
  for (const [what, column, reads, more = {}] of COLUMNS) {
    it(`reads: ${what}`, async () => {
      const layout = {
        titles: false,
        ...more,
        columns: [{ from: 'id' }, { from: 'x', ...column }],
      };
      const delimiter = String(more.delimiter ?? ',');
      const cell = (text: string) => (text.includes(',') ? `"${text}"` : text);
      const text = reads.map(([theirs]) => `1${delimiter}${cell(theirs)}\n`).join('');
      const { rows } = await readText(layout, text, ['x']);
      const read = rows.map(({ fields, problem }) =>
        problem === undefined ? fields[0] : { rule: problem.rule },
      );
      expect(reads.map(([theirs], at) => [theirs, read[at]])).toEqual(reads);
    });
  }
});

describe('columns together', () => {
  const read = async (columns: readonly Column[], text: string, fields: readonly string[]) => {
    const { rows } = await readText({ columns }, text, fields);
    return rows.map(({ fields: own, problem }) => (problem === undefined ? own : problem));
  };

  it('are income and outgo in two columns', async () => {
    const columns = [{ title: 'in', from: 'amount', type: 'amount', less: 'out' }];
    const text = 'in,out\n12.00,\n,5.5\n3.00,1.00\n,\n,x\n';
    expect(await read(columns, text, ['amount'])).toEqual([
      ['12.00'],
      ['-5.50'],
      ['2.00'],
      [''],
      { field: 'amount', rule: 'amount', value: 'x' },
    ]);
  });

  it('are an amount and its direction', async () => {
    const sign = { title: '借贷', minus: ['借'], plus: ['贷'] };
    const columns = [{ title: 'x', from: 'amount', type: 'amount', sign }];
    const text = 'x,借贷\n12.00,借\n12.00,贷\n-1.00,借\n0.00,借\n12.00,?\n';
    expect(await read(columns, text, ['amount'])).toEqual([
      ['-12.00'],
      ['12.00'],
      ['1.00'],
      ['0.00'],
      { field: 'amount', rule: 'unknown_word', value: '?' },
    ]);
  });

  it('are constants: of ours alone, or held to the file', async () => {
    const columns = [
      { from: 'ref' },
      { constant: 'US', from: 'org' },
      { title: 'ccy', constant: 'CNY', from: 'currency' },
      { title: 'v', constant: '1' },
    ];
    const text = 'ref,ccy,v\nR1,CNY,1\nR2,USD,1\nR3,CNY,2\n';
    expect(await read(columns, text, ['ref', 'org', 'currency'])).toEqual([
      ['R1', 'US', 'CNY'],
      { field: 'currency', rule: 'unknown_word', value: 'USD' },
      { field: 'v', rule: 'unknown_word', value: '2' },
    ]);
  });

  it('are worked out of others', async () => {
    const columns = [
      { from: 'loan_no' },
      { from: 'seq', type: 'integer' },
      { from: 'paid', type: 'amount' },
      { from: 'fee', type: 'amount' },
      { from: 'ref', expr: "'P' & loan_no & '-' & seq" },
      { from: 'net', type: 'amount', expr: 'paid - fee * 1' },
      { from: 'kind', expr: "if([memo] = 'x', upper([memo]), 'none')" },
      { from: 'late', type: 'amount', expr: 'paid * 0.5' },
    ];
    const text = 'loan_no,seq,paid,fee,memo\nL1,007,10.10,0.20,x\nL2,1,1.01,z,\n';
    expect(await read(columns, text, ['ref', 'net', 'kind'])).toEqual([
      ['PL1-7', '9.90', 'X'],
      { field: 'fee', rule: 'amount', value: 'z' },
    ]);
    // 10.10 x 0.5 = 5.050, which has a decimal more than the currency.
    expect(await read(columns, text, ['late'])).toEqual([
      { field: 'late', rule: 'amount', value: '5.050' },
      { field: 'late', rule: 'amount', value: '0.505' },
    ]);
  });

  it('count on a condition: the first that holds gives the field', async () => {
    const columns = [
      { from: 'kind' },
      { title: 'paid', from: 'amount', type: 'amount', when: "kind = 'in'" },
      { title: 'back', from: 'amount', type: 'amount', sign: 'reversed', when: "kind = 'out'" },
    ];
    const text = 'kind,paid,back\nin,12.00,\nout,,5.00\nno,1,2\n';
    const rows = await read(columns, text, ['amount']);
    expect(rows).toEqual([['12.00'], ['-5.00'], ['']]);
  });

  it('of an expression whose values do not go together fail the line', async () => {
    const columns = [{ from: 'a' }, { from: 'b', expr: 'a + 1' }];
    expect(await read(columns, 'a\n1\nx\n', ['b'])).toEqual([
      ['2'],
      { field: 'b', rule: 'expression', value: 'x is no number' },
    ]);
  });
});
