import { readDocumentText } from '../../documents/read-text.js';
import { checkShape, refuseViolations } from '../../documents/violations.js';
import {
  type LayoutCharset,
  type LayoutFormat,
  type LayoutShape,
  layoutSchema,
} from './layout-schema.js';
import { layoutViolations } from './rules/layout-rules.js';

/** A checked layout: what a file looks like, with every default filled in. */
export interface LayoutDocument {
  /** Its own name; '' where it has none. */
  readonly layout: string;
  /** What its rows are; '' where it does not say. */
  readonly kind: string;
  /** Pattern of file names. */
  readonly name: string | undefined;
  readonly format: LayoutFormat;
  /** What start and width count. */
  readonly widths: 'characters' | 'bytes';
  readonly charset: LayoutCharset;
  readonly line_end: 'lf' | 'crlf';
  readonly delimiter: string;
  readonly quoting: 'csv' | 'all' | 'none';
  readonly titles: boolean;
  readonly other_columns: 'ignored' | 'refused';
  /** Number, from 1, or name. */
  readonly sheet: string | undefined;
  readonly skip: { readonly before: number; readonly behind: number };
  readonly comment: readonly string[];
  readonly blank_lines: 'ignored' | 'end';
  readonly trim: readonly string[];
  readonly short_rows: 'refused' | 'padded';
  readonly long_rows: 'refused' | 'cut';
  readonly unterminated: 'refused' | 'allowed';
  readonly amount_unit: 'major' | 'minor';
  readonly thousands: string | undefined;
  readonly decimal: '.' | ',';
  readonly date_format: string;
  readonly head: LayoutShape['head'];
  readonly trailer: LayoutShape['trailer'];
  readonly records: LayoutShape['records'];
  readonly where: NonNullable<LayoutShape['where']>;
  readonly key: readonly string[];
  /** Our field that totals are the sum of; undefined where no column has one. */
  readonly total_of: string | undefined;
  readonly control: LayoutShape['control'];
  readonly columns: LayoutShape['columns'];
  readonly balance: LayoutShape['balance'];
}

/** A layout from YAML or JSON text. Throws LoanbookError `invalid_document` with all violations. */
export function parseLayout(text: string, source: string): LayoutDocument {
  return layoutOf(readDocumentText(text, source), source);
}

/** A layout that stands in another document, or is made by the program; throws as `parseLayout`. */
export function layoutOf(value: unknown, source: string, path = ''): LayoutDocument {
  const place = { name: source, path };
  const shape = checkShape(layoutSchema, value, place);
  refuseViolations(place, layoutViolations(shape));
  return completed(shape);
}

function completed(shape: LayoutShape): LayoutDocument {
  const { delimiter = ',', format } = shape;
  const isFixed = format === 'fixed';
  const hasAmount = shape.columns.some(({ from }) => from === 'amount');
  return {
    layout: shape.layout ?? '',
    kind: shape.kind ?? shape.family ?? '',
    name: shape.name,
    format,
    widths: shape.widths ?? 'characters',
    charset: shape.charset ?? 'utf-8',
    line_end: shape.line_end ?? 'lf',
    delimiter,
    quoting: shape.quoting ?? (delimiter.length === 1 && !isFixed ? 'csv' : 'none'),
    titles: shape.titles ?? !isFixed,
    other_columns: shape.other_columns ?? 'ignored',
    sheet: shape.sheet,
    skip: shape.skip ?? { before: 0, behind: 0 },
    comment: shape.comment ?? [],
    blank_lines: shape.blank_lines ?? 'ignored',
    trim: shape.trim ?? (isFixed ? [' '] : []),
    // The empty cells at the end of a row are not in a sheet.
    short_rows: shape.short_rows ?? (format === 'xlsx' ? 'padded' : 'refused'),
    long_rows: shape.long_rows ?? 'refused',
    unterminated: shape.unterminated ?? 'refused',
    amount_unit: shape.amount_unit ?? 'major',
    thousands: shape.thousands,
    decimal: shape.decimal ?? '.',
    date_format: shape.date_format ?? 'YYYY-MM-DD',
    head: shape.head,
    trailer: shape.trailer,
    records: shape.records,
    where: shape.where ?? [],
    key: shape.key ?? [],
    total_of: shape.total_of ?? (hasAmount ? 'amount' : undefined),
    control: shape.control,
    columns: shape.columns,
    balance: shape.balance,
  };
}
