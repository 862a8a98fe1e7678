import { z } from 'zod';
import {
  characters,
  flag,
  integer,
  listOf,
  mapping,
  nameEnding,
  oneOf,
  words,
} from '../../documents/fields.js';

/** What the files of a layout are made of. */
export const FORMATS = ['delimited', 'fixed', 'xlsx', 'ndjson', 'mt940', 'camt'] as const;
export const CHARSETS = ['utf-8', 'utf-8-bom', 'gb18030', 'utf-16le', 'utf-16be'] as const;
/** What the places of a line of fixed width are. */
export const WIDTHS = ['characters', 'bytes'] as const;
export const COLUMN_TYPES = ['text', 'amount', 'rate', 'date', 'integer'] as const;
/** What to do with decimals that a currency has not. */
export const ROUNDINGS = ['half_up', 'half_even', 'up', 'down'] as const;

const FIELD_MAX = 10_000;

/** A place in a line: by title, by number, or by characters. */
const place = {
  title: words().optional().describe('Its title in the file.'),
  at: integer(1, FIELD_MAX).optional().describe('The number of its field, from 1.'),
  start: integer(1).optional().describe('fixed: where it begins, from 1.'),
  width: integer(1, FIELD_MAX).optional().describe('fixed: how wide it is.'),
};

const signColumn = mapping({
  ...place,
  minus: listOf(words()).describe('Words of what goes out: the amount is below zero.'),
  plus: listOf(words()).optional().describe('Words of what comes in; left out: all others.'),
});

const theirWords = z.union([words(), listOf(words())], {
  error: 'must be a word, or a list of words',
});

/** A column of a layout. */
const column = mapping({
  ...place,
  from: words().optional().describe('Our field.'),
  constant: words().optional().describe('The same in every row.'),
  type: oneOf(...COLUMN_TYPES)
    .optional()
    .describe('What it holds; text if nothing is said.'),
  values: z
    .record(z.string(), theirWords, { error: 'must be a mapping of our words to theirs' })
    .optional()
    .describe('Our words, and theirs for each; of several the first is written.'),
  format: words().optional().describe('Of a date: YYYY-MM-DD HH:mm:ss and the like, or serial.'),
  zone: words().optional().describe('Shift of a time before its date is taken: +00:00 to +08:00.'),
  round: oneOf(...ROUNDINGS)
    .optional()
    .describe('Of more decimals than the currency has.'),
  less: z
    .union([words(), mapping(place)], { error: 'must be a title or a place' })
    .optional()
    .describe('A second column of amounts, which is taken off.'),
  sign: z
    .union([oneOf('front', 'behind', 'reversed'), signColumn], {
      error: 'must be front, behind, reversed, or a column with minus',
    })
    .optional()
    .describe('Where the sign of an amount is.'),
  unit: oneOf('fraction', 'percent', 'per_mille', 'major', 'minor')
    .optional()
    .describe('Of a rate, or of an amount where it is another one than amount_unit.'),
  prefix: words().optional().describe('Text put before what is read; taken off when written.'),
  expr: words().optional().describe('Worked out of our fields, or of [titles].'),
  when: words().optional().describe('The column counts where this holds.'),
  empty: z
    .string({ error: 'must be text' })
    .optional()
    .describe('What an empty field stands for; it is written for nothing.'),
  trim: listOf(characters())
    .optional()
    .describe('Characters taken off both ends, where not those of the layout.'),
  pad: characters().optional().describe('fixed: what a field is filled up with.'),
  align: oneOf('left', 'right').optional().describe('fixed: on which side a field lies.'),
});

const figures = mapping({
  starts: words().describe('The first field of the line; fixed: how it begins.'),
  below: integer(1, 9).optional().describe('The figures are so many lines below.'),
  count: integer(1, FIELD_MAX).optional().describe('The field with the number of rows.'),
  total: integer(1, FIELD_MAX).optional().describe('The field with the sum of total_of.'),
  date: integer(1, FIELD_MAX).optional().describe('The field with the day of the file.'),
  totals: z
    .record(z.string(), integer(1, FIELD_MAX), { error: 'must be a mapping of fields' })
    .optional()
    .describe('Fields with the sums of other fields of ours.'),
});

const line = z.union([words(), figures], { error: 'must be a template or a mapping' });

const word = z.string({ error: 'must be text' });

const condition = mapping({
  ...place,
  is: listOf(word).optional().describe('Rows with one of these count.'),
  not: listOf(word).optional().describe('Rows with one of these do not.'),
});

/** The keys of a layout as they are written; contradictions between them are in layout-rules.ts. */
export const layoutSchema = mapping({
  layout: words().optional().describe('Its own name.'),
  kind: words().optional().describe('What its rows are: loans, statement, vouchers and so on.'),
  family: words().optional().describe('The same as kind.'),
  name: words().optional().describe('Pattern of file names, such as repay_{date}_{version}.txt.'),
  format: oneOf(...FORMATS)
    .default('delimited')
    .describe('What the file is made of.'),
  widths: oneOf(...WIDTHS)
    .optional()
    .describe('fixed: what start and width count, characters or the bytes of the charset.'),
  charset: oneOf(...CHARSETS)
    .optional()
    .describe('Character set of a text file; utf-8 is read with a byte order mark or without.'),
  line_end: oneOf('lf', 'crlf').optional().describe('How lines are ended when written.'),
  delimiter: characters().optional().describe('What stands between fields; a comma.'),
  quoting: oneOf('csv', 'all', 'none')
    .optional()
    .describe('Double quotes: csv where they are needed, all around every field, or none.'),
  titles: flag().optional().describe('Whether a line of titles stands above the rows.'),
  other_columns: oneOf('ignored', 'refused')
    .optional()
    .describe('What becomes of titles that no column names.'),
  sheet: words().optional().describe('xlsx: number or name of the sheet.'),
  skip: mapping({
    before: integer(0, 1_000).default(0).describe('Lines above the titles.'),
    behind: integer(0, 1_000).default(0).describe('Lines behind the rows.'),
  })
    .optional()
    .describe('Lines that are passed over.'),
  comment: listOf(characters()).optional().describe('Lines that begin so are passed over.'),
  blank_lines: oneOf('ignored', 'end').optional().describe('Whether a blank line ends the rows.'),
  trim: listOf(characters()).optional().describe('Characters taken off both ends of a field.'),
  short_rows: oneOf('refused', 'padded').optional().describe('Rows with too few fields.'),
  long_rows: oneOf('refused', 'cut').optional().describe('Rows with too many fields.'),
  unterminated: oneOf('refused', 'allowed')
    .optional()
    .describe('Whether the last line may lack its end without anything else to prove the file.'),
  amount_unit: oneOf('major', 'minor').optional().describe('Amounts are in yuan or in fen.'),
  thousands: characters().optional().describe('What stands between thousands of an amount.'),
  decimal: oneOf('.', ',').optional().describe('The decimal sign of amounts and rates.'),
  date_format: words().optional().describe('Of every date without a format of its own.'),
  head: line.optional().describe('A line above titles and rows: a template, or its figures.'),
  trailer: line.optional().describe('A line behind the rows: a template, or its figures.'),
  records: mapping({
    ...place,
    row: listOf(word).describe('Values of a record that is a row.'),
    ignore: listOf(word).default([]).describe('Values of a record that is passed over.'),
  })
    .optional()
    .describe('Records of several kinds, told by a value.'),
  where: listOf(condition).optional().describe('Rows that count; others are left out.'),
  key: listOf(words()).optional().describe('Our fields that no two rows have in common.'),
  total_of: words().optional().describe('Our field that totals are the sum of; amount.'),
  control: mapping({
    suffix: nameEnding().describe('Put behind the name of the file.'),
    content: words().optional().describe('Template of what it says.'),
    deadline_hours: integer(1, 720).default(12).describe('How long it may be waited for.'),
  })
    .optional()
    .describe('A file that says what another one holds.'),
  columns: listOf(column).describe('The columns, in the order of the file.'),
  balance: mapping({ ...place, from: words().optional().describe('Our field that moves it.') })
    .optional()
    .describe('A running balance: it proves that no line is missing.'),
});

/** A layout as it is written. */
export type LayoutShape = z.output<typeof layoutSchema>;
export type LayoutColumn = LayoutShape['columns'][number];
export type LayoutFigures = z.output<typeof figures>;
export type SignColumn = z.output<typeof signColumn>;
export type LayoutFormat = (typeof FORMATS)[number];
export type LayoutCharset = (typeof CHARSETS)[number];
export type ColumnType = (typeof COLUMN_TYPES)[number];
export type Rounding = (typeof ROUNDINGS)[number];

/** Where something is in a line. */
export interface Place {
  readonly title?: string | undefined;
  readonly at?: number | undefined;
  readonly start?: number | undefined;
  readonly width?: number | undefined;
}
