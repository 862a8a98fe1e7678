import {
  type LayoutDocument,
  layoutOf,
  parseLayout,
} from '../../../files/layout/layout-document.js';
import type { TotalsLine } from '../../import/documents/file-rules.js';
import {
  type ChannelDocument,
  STATEMENT_COLUMNS,
  type StatementColumn,
} from '../documents/channel-document.js';

/** Our fields of a statement, in the order in which its reader asks for them. */
export const STATEMENT_FIELDS = [
  'order_no',
  'amount',
  'fee',
  'status',
  'value_date',
  'loan_no',
  'currency',
] as const;
type StatementField = (typeof STATEMENT_FIELDS)[number];

/** Without one of these a line is none. */
export const NEEDED_FIELDS: readonly StatementField[] = ['order_no', 'amount', 'value_date'];

/** What was always taken off the fields of a statement. */
const BLANKS = [' ', '\t', '\r', '\u00a0', '\u3000', '\ufeff'];

/** What statements of a channel may look like. */
export interface StatementLayout {
  readonly layout: LayoutDocument;
  /** It came with the package: its files may be in another character set than it names. */
  readonly packaged: boolean;
}

/** How the statements of a channel look: by its layouts, or by what its own keys say. */
export function statementLayouts(
  channel: ChannelDocument,
  source = `channel ${channel.code}`,
): readonly StatementLayout[] {
  const { layouts } = channel;
  if (layouts === undefined)
    return [{ layout: layoutOf(layoutKeysOf(channel), source), packaged: false }];
  return layouts.map(({ name, text, packaged }) => ({
    layout: parseLayout(text, `layout ${name}`),
    packaged,
  }));
}

/** The keys `file`, `columns` and `statuses` of a channel as those of a layout. */
export function layoutKeysOf({
  code,
  columns,
  file,
  statuses,
}: Pick<ChannelDocument, 'code' | 'columns' | 'file' | 'statuses'>): Record<string, unknown> {
  const { delimiter, charset, amount_unit, date_format, titles, head, trailer } = file;
  return {
    layout: code,
    kind: 'statement',
    delimiter,
    charset,
    amount_unit,
    date_format,
    titles,
    trim: BLANKS,
    ...(head !== undefined && { head: figuresOf(head) }),
    ...(trailer !== undefined && { trailer: figuresOf(trailer) }),
    columns: STATEMENT_COLUMNS.flatMap((field) => {
      const name = columns[field];
      const place = titles ? { title: name } : { at: Number(name) };
      return name === undefined ? [] : [{ ...place, from: field, ...formOf(field, statuses) }];
    }),
  };
}

function figuresOf({ amount: total, ...rest }: TotalsLine): Record<string, unknown> {
  return { ...rest, ...(total !== undefined && { total }) };
}

function formOf(field: StatementColumn, { success, failed }: ChannelDocument['statuses']) {
  if (field === 'value_date') return { type: 'date' };
  if (field === 'amount') return { type: 'amount' };
  if (field === 'fee') return { type: 'amount', empty: '0' };
  if (field !== 'status') return {};
  return { values: { success, ...(failed.length > 0 && { failed }) } };
}
