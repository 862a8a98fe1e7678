import { oneOf } from '../../documents/fields.js';
import { readDocumentText } from '../../documents/read-text.js';
import { checkShape } from '../../documents/violations.js';
import {
  type ColumnMapping,
  type MappingDocument,
  parseMappingDocument,
} from '../import/documents/mapping-document.js';

/** Our field that the total of a file of each kind is the sum of. */
const TOTAL_OF: Readonly<Record<Exclude<MappingDocument['kind'], 'parties'>, string>> = {
  loans: 'principal',
  schedules: 'principal',
  balances: 'principal_not_due',
  installments: 'principal',
  repayments: 'amount',
  events: 'amount',
};

/** The keys of a layout for what a column mapping says. Throws LoanbookError `invalid_document`. */
export function layoutOfMapping(text: string, source: string): Record<string, unknown> {
  const raw = readDocumentText(text, source) as {
    readonly kind: unknown;
    readonly columns: object;
  };
  const kinds = oneOf(
    ...(['loans', 'repayments', 'events', 'schedules', 'balances', 'installments'] as const),
  );
  const kind = checkShape(kinds, raw.kind, { name: source, path: 'kind' });
  // Which columns a kind knows, the import says: here a name is a name.
  const mapping = parseMappingDocument(text, source, kind, Object.keys(raw.columns ?? {}));
  const { trailer, control, unterminated, other_columns: others } = mapping;
  const total = trailer?.amount === undefined ? undefined : TOTAL_OF[kind];
  return {
    kind,
    other_columns: others === 'refuse' ? 'refused' : 'ignored',
    ...(trailer !== undefined && {
      trailer: {
        starts: trailer.starts,
        ...(trailer.count !== undefined && { count: trailer.count }),
        ...(trailer.amount !== undefined && { total: trailer.amount }),
      },
      // The first field was always compared without its blanks.
      trim: [' '],
    }),
    ...(total !== undefined && { total_of: total }),
    ...(control !== undefined && { control }),
    ...(unterminated === 'allowed' && { unterminated }),
    columns: Object.entries(mapping.columns).map(([name, column], at, all) => {
      const isAgain = all.findIndex(([, { from }]) => from === column.from) < at;
      if (isAgain && isPlain(column)) return { from: name, expr: `[${column.from}]` };
      return columnOf(name, column, name === total);
    }),
  };
}

/** A column of theirs that two of ours come from stands once, and is named by the other. */
function isPlain({ from, values, percent, date, prefix }: ColumnMapping): boolean {
  const turns = [values, date, prefix].some((turn) => turn !== undefined);
  return from !== undefined && !turns && !percent;
}

function columnOf(name: string, column: ColumnMapping, isTotal: boolean): Record<string, unknown> {
  const { from, constant, values, percent, date, prefix } = column;
  if (from === undefined) return { constant: `${prefix ?? ''}${constant ?? ''}`, from: name };
  return {
    title: from,
    from: name,
    ...(isTotal && values === undefined && { type: 'amount' }),
    ...(values !== undefined && { values: turnedRound(values) }),
    ...(percent && { type: 'rate', unit: 'percent' }),
    ...(date !== undefined && { type: 'date', format: date }),
    ...(prefix !== undefined && { prefix }),
  };
}

/** A mapping has our words by theirs, a layout theirs by ours. */
function turnedRound(values: Readonly<Record<string, string>>): Record<string, string | string[]> {
  const turned = new Map<string, string[]>();
  for (const [theirs, ours] of Object.entries(values)) {
    turned.set(ours, [...(turned.get(ours) ?? []), theirs]);
  }
  return Object.fromEntries(
    [...turned].map(([ours, theirs]) => [ours, theirs.length === 1 ? theirs[0]! : theirs]),
  );
}
