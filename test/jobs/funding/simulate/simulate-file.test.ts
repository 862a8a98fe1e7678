import { describe, expect, it } from 'vitest';
import { answerOf, holdToCases } from './funding-cases.js';

holdToCases('file');
holdToCases('read');

const COLUMNS = [
  { title: 'no', from: 'loan_no' },
  { title: 'amt', from: 'amount', type: 'amount' },
  { title: 'on', from: 'value_date', type: 'date' },
  { title: 'kind', from: 'type', values: { repayment: '01', deduction: '02' } },
  { title: 'note', from: 'memo' },
  { title: 'ccy', constant: 'CNY' },
];
const CSV = { family: 'repayment', name: 'r_{date}.csv', columns: COLUMNS };
const PIPES = { ...CSV, delimiter: '|', titles: false, date_format: 'YYYYMMDD', key: ['loan_no'] };
const ROW = {
  ...{ loan_no: 'L1', amount: '12.50', value_date: '2026-03-15', type: 'repayment', memo: '' },
};
const file = (layout: object, rows: object[] = [ROW], more: object = {}) => ({
  ...{ kind: 'file', day: '2026-03-15', layout, rows },
  ...more,
});
const read = (layout: object, ...lines: string[]) => ({ kind: 'read', layout, lines });

it.each<[string, object]>([
  ['layout.family: must be one of disbursement', file({ ...CSV, family: 'loans' })],
  ['layout.colour: unknown key', file({ ...CSV, colour: 1 })],
  ['layout.quoting: unknown key', read({ ...CSV, quoting: 'all' })],
  ['layout.columns[0].trim: unknown key', file({ ...CSV, columns: [{ from: 'a', trim: [' '] }] })],
  ['layout.charset: must be one of utf-8, gb18030', file({ ...CSV, charset: 'utf-16le' })],
  ['layout.key[0]: must be a field of the columns; got ref', file({ ...CSV, key: ['ref'] })],
  ['layout.total_of: must be a field of type amount', file({ ...CSV, total_of: 'memo' })],
  ['layout.head: may hold the places {date}', file({ ...CSV, head: 'H,{n}' })],
  ['layout.head: must be a template', file({ ...CSV, head: { starts: 'H' } })],
  [
    'layout.name: may hold the places {date}, {version}; got {count}',
    file({ ...CSV, name: '{count}' }),
  ],
  [
    'layout.control.content: may hold',
    file({ ...CSV, control: { suffix: '.ok', content: '{n}' } }),
  ],
  ['layout.date_format: must hold YYYY or YY', file({ ...CSV, date_format: 'MMDD' })],
  ['layout.columns: must have a column', file({ ...CSV, columns: [] })],
  [
    'layout.columns[1].from: the same field',
    file({ ...CSV, columns: [{ from: 'a' }, { title: 'b', from: 'a' }] }),
  ],
  ['day: must be a date', file(CSV, [], { day: '20260315' })],
  ['version: must be a whole number, 1 or more', file(CSV, [], { version: 0 })],
  [
    'rows[1].memo: must not hold the delimiter',
    file(PIPES, [ROW, { ...ROW, loan_no: 'L2', memo: 'a|b' }]),
  ],
  [
    'rows[0].memo: must not hold the delimiter or a line end',
    file(PIPES, [{ ...ROW, memo: 'a\nb' }]),
  ],
  ['rows[0].amount: is required', file(CSV, [{ ...ROW, amount: '' }])],
  ['rows[0].value_date: is required', file(CSV, [{ ...ROW, value_date: null }])],
  ['rows[0].amount: must be an amount; got 1.005', file(CSV, [{ ...ROW, amount: '1.005' }])],
  ['rows[0].value_date: must be a date', file(CSV, [{ ...ROW, value_date: '2026-02-30' }])],
  ['rows[0].type: must be one of the words', file(CSV, [{ ...ROW, type: 'waiver' }])],
  ['rows[1].loan_no: must not be the key of a row before', file(PIPES, [ROW, ROW])],
  ['lines[0]: must be text', { kind: 'read', layout: CSV, lines: [1] }],
])('refuses, naming %s', (message, input) => {
  expect(answerOf(input)).toEqual({
    error: { code: 'invalid_document', message: expect.stringContaining(message) },
  });
});

describe('a file', () => {
  it('of CSV quotes what needs it, and has no control file unless the layout says so', () => {
    const memo = 'a, "b"';
    expect(answerOf(file({ ...CSV, trailer: 'T,{count}' }, [{ ...ROW, memo }]))).toEqual({
      name: 'r_2026-03-15.csv',
      lines: ['no,amt,on,kind,note,ccy', 'L1,12.50,2026-03-15,01,"a, ""b""",CNY', 'T,1'],
      control: null,
    });
  });

  it('of another delimiter takes quotes as they are', () => {
    const answer = answerOf(file(PIPES, [{ ...ROW, memo: 'a "b", c' }]));
    expect(answer).toMatchObject({ lines: ['L1|12.50|20260315|01|a "b", c|CNY'] });
  });

  it('without rows has head, titles and trailer', () => {
    const layout = { ...CSV, total_of: 'amount', head: 'H,{date},{version}', trailer: 'T,{total}' };
    const answer = answerOf(file(layout, [], { version: 3 }));
    expect(answer.lines).toEqual(['H,2026-03-15,3', 'no,amt,on,kind,note,ccy', 'T,0.00']);
  });
});

describe('reading', () => {
  const TITLES = 'no,amt,on,kind,note,ccy';
  const GOOD = 'L1,12.50,2026-03-15,01,,CNY';
  const reject = (line: string) =>
    answerOf(read({ ...CSV, key: ['loan_no'] }, TITLES, GOOD, line)).rejected;

  it.each<[string, object]>([
    ['L2,1.00,2026-03-15,01,CNY', { rule: 'field_count' }],
    ['L2,1.00,2026-03-15,01,x,CNY,y', { rule: 'field_count' }],
    ['L2,1.005,2026-03-15,01,,CNY', { column: 'amount', rule: 'amount' }],
    ['L2,,2026-03-15,01,,CNY', { column: 'amount', rule: 'amount' }],
    ['L2,1.00,2026-02-30,01,,CNY', { column: 'value_date', rule: 'date' }],
    ['L2,1.00,,01,,CNY', { column: 'value_date', rule: 'date' }],
    ['L2,1.00,2026-03-15,03,,CNY', { column: 'type', rule: 'unknown_word' }],
    ['L2,1.00,2026-03-15,,,CNY', { column: 'type', rule: 'unknown_word' }],
    ['L2,1.00,2026-03-15,01,,USD', { column: 'ccy', rule: 'unknown_word' }],
    ['L1,1.00,2026-03-15,01,,CNY', { column: 'loan_no', rule: 'repeated_key' }],
    // The first thing that is wrong, in the order of the columns.
    ['L1,x,2026-02-30,03,,CNY', { column: 'amount', rule: 'amount' }],
  ])('rejects %s', (line, expected) => {
    expect(reject(line)).toEqual([{ line: 3, ...expected }]);
  });

  it.each<[string, object, string[]]>([
    ['bad_head', { head: 'H,{count}' }, ['X,1', TITLES, GOOD]],
    ['bad_head', { head: 'H,{count}' }, ['H,one', TITLES, GOOD]],
    ['bad_head', { head: 'H,{count}' }, []],
    ['bad_trailer', { trailer: 'T,{count}' }, [TITLES, GOOD]],
    ['bad_trailer', { trailer: 'T,{count}' }, [TITLES, 'T,1', GOOD]],
    ['columns_differ', {}, ['no,amt,on,kind,ccy', GOOD]],
    ['columns_differ', {}, []],
    ['count_differs', { trailer: 'T,{count}' }, [TITLES, GOOD, 'T,2']],
    ['total_differs', { head: 'H,{total}', total_of: 'amount' }, ['H,12.51', TITLES, GOOD]],
  ])('refuses a whole file by %s', (refused, keys, lines) => {
    expect(answerOf(read({ ...CSV, ...keys }, ...lines))).toEqual({
      ...{ rows: [], rejected: [], refused },
    });
  });

  it('counts and sums the rejected lines too', () => {
    const layout = { ...CSV, total_of: 'amount', trailer: 'T,{count},{total}' };
    const bad = 'L2,0.50,2026-02-30,01,,CNY';
    expect(answerOf(read(layout, TITLES, GOOD, bad, 'T,2,13.00'))).toMatchObject({
      rows: [{ loan_no: 'L1', amount: '12.50' }],
      rejected: [{ line: 3 }],
      refused: null,
    });
  });

  it('takes a quote for itself where only the delimiter cuts', () => {
    const answer = answerOf(read(PIPES, '"L1"|1.00|20260315|01|say "no"|CNY'));
    expect(answer.rows).toMatchObject([{ loan_no: '"L1"', memo: 'say "no"' }]);
  });
});
