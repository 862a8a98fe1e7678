import type { LedgerRoles } from '../book/documents/ledger-roles.js';
import type { TotalsLine } from '../import/documents/file-rules.js';
import {
  type ChannelDocument,
  parseChannelDocument,
  STATEMENT_COLUMNS,
  type StatementColumn,
} from '../reconcile/documents/channel-document.js';

/** Accounts that a channel does not name are the ledger's; of its files they say nothing. */
const ROLES = Object.fromEntries(
  ['clearing', 'bank', 'channel_fee', 'unidentified', 'tail'].map((role) => [role, role]),
) as LedgerRoles;

/** The keys of a layout for the files of a channel. Throws LoanbookError `invalid_document`. */
export function layoutOfChannel(text: string, source: string): Record<string, unknown> {
  const channel = parseChannelDocument(text, source, ROLES);
  const { delimiter, charset, amount_unit, date_format, titles, head, trailer } = channel.file;
  const { control } = channel.file;
  const unterminated = channel.unterminated ?? channel.file.unterminated;
  return {
    layout: channel.code,
    kind: 'statement',
    delimiter,
    charset,
    amount_unit,
    date_format,
    titles,
    // Fields were always taken without the blanks around them.
    trim: [' ', '\t'],
    ...(head !== undefined && { head: figuresOf(head) }),
    ...(trailer !== undefined && { trailer: figuresOf(trailer) }),
    ...(control !== undefined && { control }),
    ...(unterminated !== undefined && { unterminated }),
    columns: STATEMENT_COLUMNS.flatMap((name) => {
      const place = channel.columns[name];
      return place === undefined ? [] : [columnOf(name, place, channel)];
    }),
  };
}

function figuresOf({ starts, count, amount, date }: TotalsLine): Record<string, unknown> {
  return {
    starts,
    ...(count !== undefined && { count }),
    ...(amount !== undefined && { total: amount }),
    ...(date !== undefined && { date }),
  };
}

function columnOf(
  name: StatementColumn,
  place: string,
  { file, statuses }: ChannelDocument,
): Record<string, unknown> {
  const at = file.titles ? { title: place } : { at: Number(place) };
  switch (name) {
    case 'amount':
      return { ...at, from: name, type: 'amount' };
    case 'fee':
      return { ...at, from: name, type: 'amount', empty: '0' };
    case 'value_date':
      return { ...at, from: name, type: 'date' };
    case 'status':
      return { ...at, from: name, values: wordsOf(statuses) };
    default:
      return { ...at, from: name };
  }
}

function wordsOf({ success, failed }: ChannelDocument['statuses']): Record<string, string[]> {
  return { success, ...(failed.length > 0 && { failed }) };
}
