import fc from 'fast-check';
import { formatDay } from '../../../src/accounting/calendar/epoch-day.js';
import { formatAmount } from '../../../src/accounting/money/amount-text.js';
import type { OurRow } from '../../../src/files/layout/layout-writer.js';

/** A layout as its document has it, and rows of ours that it may write. */
export interface LayoutAndRows {
  readonly document: Readonly<Record<string, unknown>> & { readonly format: string };
  readonly fields: readonly string[];
  readonly rows: readonly OurRow[];
}

type Column = Readonly<Record<string, unknown>>;

/** A column without its place, and the values of ours that it holds. */
interface ColumnAndValues {
  readonly column: Column;
  readonly values: fc.Arbitrary<string>;
  /** Characters that it takes at most, or bytes. */
  readonly width: number;
}

/** Amounts up to 18 digits, in the form in which a layout gives them back. */
const amounts = fc
  .oneof(
    fc.bigInt({ min: -(10n ** 18n) + 1n, max: 10n ** 18n - 1n }),
    fc.constantFrom(0n, 1n, -1n, 99n, 100n, -100n, 10n ** 18n - 1n, 1n - 10n ** 18n),
    fc.bigInt({ min: -100_000n, max: 100_000n }),
  )
  .map((minor) => formatAmount(minor, 2));

const days = fc.integer({ min: -25_000, max: 36_500 }).map(formatDay);
const lateDays = fc.integer({ min: 0, max: 36_000 }).map(formatDay);
const rates = fc
  .integer({ min: 0, max: 2_000_000_000 })
  .map((ppb) => formatAmount(ppb, 9).replace(/\.?0+$/, ''));
const integers = fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }).map((number) => String(number));

/** Text with all that files are made of: quotes, delimiters, line ends, blanks, other scripts. */
const pieces = fc.constantFrom(
  ...['a', 'Z9', '"', '""', ',', '|', '+', '|+|', ';', '\t', '\n', '\r', '\r\n', ' ', '  ', '`'],
  ...['#', '借据', '𠮷', 'é', '\ufeff', '\u00a0', '=1+1', "'", '\\', '\u001f', '€', '-', 'T'],
);
const wildTexts = fc.array(pieces, { maxLength: 5 }).map((parts) => parts.join(''));
const plainTexts = fc
  .array(fc.constantFrom('a', 'B', '7', '借', '𠮷', '-', '.', '中 文'), {
    minLength: 1,
    maxLength: 6,
  })
  .map((parts) => parts.join(''));

const words = { repayment: '01', refund: ['02', '退'], 'write-off': '冲 销' };

const signs: fc.Arbitrary<Column> = fc.constantFrom<Column>(
  {},
  { sign: 'behind' },
  { sign: 'reversed' },
);

function columnsOf(isWild: boolean): fc.Arbitrary<ColumnAndValues> {
  const texts = isWild ? wildTexts : plainTexts;
  return fc.oneof(
    { arbitrary: fc.constant({ column: {}, values: texts, width: 30 }), weight: 3 },
    {
      arbitrary: fc.tuple(signs, fc.constantFrom({}, { unit: 'minor' })).map(([sign, unit]) => ({
        column: { type: 'amount', ...sign, ...unit },
        values: amounts,
        width: 32,
      })),
      weight: 3,
    },
    fc
      .constantFrom(undefined, 'YYYYMMDD', 'D.M.YYYY', 'MMM D YYYY', 'YYYY年MM月DD日')
      .map((format) => ({
        column: { type: 'date', ...(format !== undefined && { format }) },
        values: days,
        width: 16,
      })),
    fc.constantFrom('serial', 'serial1904').map((format) => ({
      column: { type: 'date', format },
      values: lateDays,
      width: 8,
    })),
    fc.constantFrom('+00:00 to +08:00', '-05:30 to +05:45', '+08:00 to -11:00').map((zone) => ({
      column: { type: 'date', format: 'YYYY-MM-DDTHH:mm:ss.SSS', zone },
      values: days,
      width: 24,
    })),
    fc.constantFrom('fraction', 'percent', 'per_mille').map((unit) => ({
      column: { type: 'rate', unit },
      values: rates,
      width: 14,
    })),
    fc.constant({ column: { type: 'integer' }, values: integers, width: 20 }),
    fc.constant({
      column: { values: words },
      values: fc.constantFrom(...Object.keys(words)),
      width: 8,
    }),
    fc.constant({
      column: { prefix: 'LC-' },
      values: plainTexts.map((text) => `LC-${text}`),
      width: 30,
    }),
  );
}

const charsets = fc.constantFrom('utf-8', 'utf-8-bom', 'gb18030', 'utf-16le', 'utf-16be');
const lineEnds = fc.constantFrom('lf', 'crlf');

const delimited: fc.Arbitrary<Column> = fc.oneof(
  fc.record({
    delimiter: fc.constantFrom(',', ';', '\t', '|', '\u0001', '，'),
    quoting: fc.constantFrom('csv', 'all'),
  }),
  fc.record({
    delimiter: fc.constantFrom('|', '|+|', '||', ',;', '\t', '@!@'),
    quoting: fc.constant('none'),
  }),
);

const numbers: fc.Arbitrary<Column> = fc.constantFrom<Column>(
  {},
  { thousands: "'" },
  { decimal: ',', thousands: '.' },
);

/** A layout of delimited text or fixed width with rows. */
export const layoutsAndRows: fc.Arbitrary<LayoutAndRows> = fc
  .record({
    isFixed: fc.boolean(),
    isBytes: fc.boolean(),
    shape: delimited,
    charset: charsets,
    line_end: lineEnds,
    numbers,
    hasTitles: fc.boolean(),
    skip: fc.record({ before: fc.nat(2), behind: fc.nat(2) }),
    comment: fc.constantFrom([], ['#'], ['//', '-- ']),
    trim: fc.constantFrom([], [' '], ['`', '\t', ' ']),
    claims: fc.constantFrom('none', 'head', 'trailer', 'both'),
    isWild: fc.boolean(),
  })
  .chain((choice) =>
    fc
      .array(columnsOf(choice.isWild), { minLength: 1, maxLength: 6 })
      .chain((columns) => rowsOf(choice, columns)),
  );

interface Choice {
  readonly isFixed: boolean;
  readonly isBytes: boolean;
  readonly shape: Column;
  readonly charset: string;
  readonly line_end: string;
  readonly numbers: Column;
  readonly hasTitles: boolean;
  readonly skip: { readonly before: number; readonly behind: number };
  readonly comment: readonly string[];
  readonly trim: readonly string[];
  readonly claims: string;
}

function rowsOf(choice: Choice, columns: readonly ColumnAndValues[]): fc.Arbitrary<LayoutAndRows> {
  const fields = columns.map((_, at) => `f${at}`);
  const { isFixed, shape, charset, line_end, numbers: marks, skip, comment, claims } = choice;
  let start = 1;
  const placed = columns.map(({ column, width }, at) => {
    const place = isFixed ? { start, width } : {};
    start += width;
    return { ...place, ...column, from: fields[at] };
  });
  const total = columns.findIndex(({ column }) => column.type === 'amount');
  const separator = String(shape.delimiter ?? '');
  const template = (by: string) =>
    isFixed
      ? `${by}{count:9}${total < 0 ? '' : '{total:40}'}`
      : [by, '{count}', ...(total < 0 ? [] : ['{total}'])].join(separator);
  const document = {
    format: isFixed ? 'fixed' : 'delimited',
    ...(isFixed ? {} : { ...shape, titles: choice.hasTitles, trim: choice.trim }),
    ...(isFixed && choice.isBytes && !charset.startsWith('utf-16') && { widths: 'bytes' }),
    ...marks,
    charset,
    line_end,
    skip,
    ...(comment.length > 0 && { comment }),
    ...(total >= 0 && { total_of: fields[total] }),
    ...((claims === 'head' || claims === 'both') && { head: template('HEAD') }),
    ...((claims === 'trailer' || claims === 'both') && { trailer: template('TAIL') }),
    columns: placed,
  };
  const row = fc
    .tuple(...columns.map(({ values }) => values))
    .map((texts) => Object.fromEntries(texts.map((text, at) => [fields[at]!, text])));
  return fc.array(row, { maxLength: 5 }).map((rows) => ({ document, fields, rows }));
}
