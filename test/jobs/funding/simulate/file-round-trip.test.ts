import fc from 'fast-check';
import { expect, it } from 'vitest';
import { answerOf } from './funding-cases.js';

/** A column with the values that it may have, and how a second model writes one of them. */
interface Column {
  readonly keys: object;
  readonly values: fc.Arbitrary<string>;
  written(
    value: string,
    file: { readonly minor: boolean; readonly day: (date: string) => string },
  ): string;
}

const fen = fc.integer({ min: -5_000_000, max: 5_000_000 });
const amount: Column = {
  keys: { type: 'amount' },
  values: fen.map((cents) => {
    const size = String(Math.abs(cents)).padStart(3, '0');
    return `${cents < 0 ? '-' : ''}${size.slice(0, -2)}.${size.slice(-2)}`;
  }),
  written: (value, { minor }) => (minor ? String(Math.round(Number(value) * 100) + 0) : value),
};
const date: Column = {
  keys: { type: 'date' },
  values: fc
    .integer({ min: 0, max: 36_500 })
    .map((days) => new Date(days * 86_400_000).toISOString().slice(0, 10)),
  written: (value, { day }) => day(value),
};
const word: Column = {
  keys: { values: { repayment: '01', deduction: '冲', waiver: 'W,1' } },
  values: fc.constantFrom('repayment', 'deduction', 'waiver'),
  written: (value) => ({ repayment: '01', deduction: '冲', waiver: 'W,1' })[value] ?? '?',
};
const text: Column = {
  keys: {},
  values: fc
    .array(fc.constantFrom('a', '借', '"', ',', '|', '+', ' ', '7', '\n'), { maxLength: 4 })
    .map((parts) => `x${parts.join('')}y`),
  written: (value) => value,
};

const DATES: Readonly<Record<string, (date: string) => string>> = {
  'YYYY-MM-DD': (day) => day,
  YYYYMMDD: (day) => day.replaceAll('-', ''),
  'DD/MM/YYYY': (day) => day.split('-').reverse().join('/'),
};

const cases = fc
  .record({
    columns: fc.array(fc.constantFrom(amount, date, word, text), { minLength: 1, maxLength: 5 }),
    delimiter: fc.constantFrom(',', '|', '|+|', '\u0001'),
    minor: fc.boolean(),
    dates: fc.constantFrom(...Object.keys(DATES)),
    titles: fc.boolean(),
    head: fc.boolean(),
    trailer: fc.boolean(),
  })
  .chain((shape) =>
    fc
      .array(fc.tuple(...shape.columns.map(({ values }) => values)), { maxLength: 6 })
      .map((rows) => ({ ...shape, rows })),
  );

it('a second model writes the same lines, and reading gives the same rows', () => {
  const came = { written: 0, refused: 0 };
  const check = (sample: Sample) => {
    const { columns, delimiter, minor, dates, titles, rows } = sample;
    const totalAt = columns.indexOf(amount);
    const [count, total] = [String(rows.length), totalOf(rows, totalAt, minor)];
    const claim = (mark: string) =>
      [mark, '{count}', ...(totalAt < 0 ? [] : ['{total}'])].join(delimiter);
    const layout = {
      ...{ family: 'repayment', name: 'f_{date}_{version}', delimiter, titles, date_format: dates },
      ...(minor && { amount_unit: 'minor' }),
      ...(sample.head && { head: claim('H') }),
      ...(sample.trailer && { trailer: claim('T') }),
      ...(totalAt >= 0 && { total_of: `f${totalAt}` }),
      columns: [
        ...columns.map(({ keys }, at) => ({ title: `t${at}`, from: `f${at}`, ...keys })),
        { title: 'end', constant: 'CNY' },
      ],
    };
    const ours = rows.map((row) => Object.fromEntries(row.map((value, at) => [`f${at}`, value])));
    const answer = answerOf({ kind: 'file', day: '2026-03-15', version: 2, layout, rows: ours });
    const own = rows.map((row) => [
      ...row.map((value, at) => columns[at]!.written(value, { minor, day: DATES[dates]! })),
      'CNY',
    ]);
    const isHeld = delimiter === ',' || own.flat().every((field) => isPlain(field, delimiter));
    if (!isHeld) {
      expect(answer.error).toMatchObject({ code: 'invalid_document' });
      came.refused += 1;
      return;
    }
    const claims = (mark: string) => [mark, count, ...(totalAt < 0 ? [] : [total])].join(delimiter);
    const lines = [
      ...(sample.head ? [claims('H')] : []),
      ...(titles ? [[...columns.map((_, at) => `t${at}`), 'end'].join(delimiter)] : []),
      ...own.map((fields) =>
        fields.map((field) => (delimiter === ',' ? quoted(field) : field)).join(delimiter),
      ),
      ...(sample.trailer ? [claims('T')] : []),
    ];
    // A quoted line end cuts a line of the file in two.
    expect((answer.lines as string[]).join('\n')).toBe(lines.join('\n'));
    expect(answerOf({ kind: 'read', layout, lines })).toEqual({
      ...{ rows: ours, rejected: [], refused: null },
    });
    came.written += 1;
  };
  fc.assert(fc.property(cases, check), { numRuns: 500, seed: 18 });
  expect(came.written).toBeGreaterThan(250);
  expect(came.refused).toBeGreaterThan(25);
});

type Sample = typeof cases extends fc.Arbitrary<infer Each> ? Each : never;

function totalOf(rows: readonly (readonly string[])[], at: number, minor: boolean): string {
  const cents = rows.reduce((sum, row) => sum + Math.round(Number(row[at] ?? 0) * 100), 0);
  return minor ? String(cents) : (cents / 100).toFixed(2);
}

function isPlain(field: string, delimiter: string): boolean {
  // Where a field ends with the beginning of a delimiter, nobody could say which is which.
  return !field.includes('\n') && (field + delimiter).indexOf(delimiter) === field.length;
}

function quoted(field: string): string {
  return /[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
