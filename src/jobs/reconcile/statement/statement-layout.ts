import {
  type LayoutDocument,
  layoutOf,
  parseLayout,
} from '../../../files/layout/layout-document.js';
import type { TotalsLine } from '../../import/documents/file-rules.js';
import type { ChannelDocument, StatementColumn } from '../documents/channel-document.js';

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
    return [{ layout: layoutOf(shapeOf(channel), source), packaged: false }];
  return layouts.map(({ name, text, packaged }) => ({
    layout: parseLayout(text, `layout ${name}`),
    packaged,
  }));
}

/** The keys `file`, `columns` and `statuses` of a channel as a layout. */
function shapeOf({ code, columns, file, statuses }: ChannelDocument): Record<string, unknown> {
  const { delimiter, charset, titles } = file;
  return {
    layout: code,
    kind: 'statement',
    format: 'delimited',
    charset,
    delimiter,
    titles,
    trim: BLANKS,
    amount_unit: file.amount_unit,
    date_format: file.date_format,
    head: figuresOf(file.head),
    trailer: figuresOf(file.trailer),
    columns: Object.entries(columns).map(([field, name]) => ({
      ...(titles ? { title: name } : { at: Number(name) }),
      from: field,
      ...formOf(field as StatementColumn, statuses),
    })),
  };
}

function figuresOf(line: TotalsLine | undefined) {
  if (line === undefined) return undefined;
  const { amount: total, ...rest } = line;
  return { ...rest, total };
}

function formOf(field: StatementColumn, { success, failed }: ChannelDocument['statuses']) {
  if (field === 'value_date') return { type: 'date' };
  if (field === 'amount' || field === 'fee') return { type: 'amount' };
  if (field !== 'status') return {};
  return { values: { success, ...(failed.length > 0 && { failed }) } };
}
