import { z } from 'zod';
import { flag, integer, listOf, mapping, oneOf, words } from '../../../documents/fields.js';
import { jsonSchemaOf } from '../../../documents/json-schema.js';
import { readDocumentText } from '../../../documents/read-text.js';
import { checkShape, refuseViolations, type Violation } from '../../../documents/violations.js';
import type { LedgerRole, LedgerRoles } from '../../book/documents/ledger-roles.js';
import { controlRule, totalsLine, unterminatedRule } from '../../import/documents/file-rules.js';
import type { NamedLayout } from '../statement/named-layout.js';

/** Columns of a statement by our names. */
export const STATEMENT_COLUMNS = [
  'order_no',
  'amount',
  'fee',
  'status',
  'value_date',
  'loan_no',
] as const;
export type StatementColumn = (typeof STATEMENT_COLUMNS)[number];

/** What a line may be matched by when its order number is unknown to us. */
const FALLBACK_KEYS = ['loan_no', 'amount', 'value_date'] as const;

const fileSchema = mapping({
  delimiter: words().default(','),
  charset: oneOf('utf-8', 'gb18030').default('utf-8'),
  amount_unit: oneOf('major', 'minor').default('major'),
  date_format: words().default('YYYY-MM-DD'),
  head: totalsLine.optional(),
  titles: flag().default(true),
  trailer: totalsLine.optional(),
  control: controlRule.optional(),
  unterminated: unterminatedRule().optional(),
  negative_fees: oneOf('refused', 'allowed').optional(),
  repeated_orders: oneOf('refuse', 'break').default('refuse'),
});

const columnNames = z.partialRecord(z.enum(STATEMENT_COLUMNS), words(), {
  error: `must be a mapping of ${STATEMENT_COLUMNS.join(', ')}`,
});

const accountsSchema = mapping({
  clearing: words().optional(),
  bank: words().optional(),
  fee: words().optional(),
  suspense: words().optional(),
  tail: words().optional(),
});

/** The role of the ledger whose account each is that the document does not name. */
const ROLE_OF = {
  clearing: 'clearing',
  bank: 'bank',
  fee: 'channel_fee',
  suspense: 'unidentified',
  tail: 'tail',
} as const satisfies Record<string, LedgerRole>;
type ChannelAccounts = Readonly<Record<keyof typeof ROLE_OF, string>>;

const statusSchema = mapping({
  success: listOf(words()).default([]),
  failed: listOf(words()).default([]),
});

const CHANNEL_SHAPE = {
  code: words(),
  kind: oneOf('channel', 'bank').default('channel'),
  name: words().optional(),
  direction: oneOf('receipts', 'payments').default('receipts'),
  order_prefix: words().optional(),
  refund_prefix: words().optional(),
  accounts: accountsSchema.default({}),
  layout: z
    .union([words(), listOf(words())], { error: 'must be a name, or a list of names' })
    .optional(),
  file: fileSchema.default(fileSchema.parse({})),
  // As a mapping says it; the same as `file.unterminated`.
  unterminated: unterminatedRule().optional(),
  columns: columnNames.default({}),
  statuses: statusSchema.default({ success: [], failed: [] }),
  fallbacks: listOf(listOf(oneOf(...FALLBACK_KEYS))).default([]),
  tolerance: integer(0).default(0),
  cross_days: integer(0, 31).default(2),
  settlement_days: integer(0, 31).default(1),
  settlement_ref: words().optional(),
};
const channelSchema = mapping(CHANNEL_SHAPE);

/** Keys of a channel that another job reads. */
export type KeysBeside = Readonly<Record<string, z.ZodType>>;

type ChannelShape = z.output<typeof channelSchema>;

/** A checked channel or bank as it is written: its layouts are names. Amounts in minor units. */
export type DeclaredChannel = Omit<ChannelShape, 'accounts'> & {
  readonly accounts: ChannelAccounts;
};

/**
 * A channel or bank as the book keeps it: how its statements look is in `layouts`, the first that
 * fits; without one `file`, `columns` and `statuses` say it.
 */
export type ChannelDocument = Omit<DeclaredChannel, 'layout'> & {
  readonly layouts?: readonly NamedLayout[];
};

/** The JSON Schema of a channel or bank. */
export function channelJsonSchema(beside: KeysBeside = {}): Record<string, unknown> {
  return jsonSchemaOf('loanbook channel', mapping({ ...CHANNEL_SHAPE, ...beside }));
}

/**
 * A channel or bank from YAML or JSON text; accounts that it does not name are those of the roles.
 * Throws LoanbookError `invalid_document`, also for an account that neither names.
 */
export function parseChannelDocument(
  text: string,
  sourceName: string,
  roles: LedgerRoles,
  beside: KeysBeside = {},
): DeclaredChannel {
  const source = { name: sourceName };
  const value = readDocumentText(text, sourceName);
  const whole = checkShape(mapping({ ...CHANNEL_SHAPE, ...beside }), value, source);
  const isWritten = Object.keys(beside).some((key) => key in (value as object));
  // A channel that has nothing to do with the keys beside stays the document that it was.
  const document = isWritten ? (whole as ChannelShape) : without(beside, whole as ChannelShape);
  const accounts = Object.entries(ROLE_OF).map(([name, role]) => {
    return [name, document.accounts[name as keyof ChannelAccounts] ?? roles[role]] as const;
  });
  const unnamed = accounts.flatMap(([name, code]): Violation[] =>
    code === undefined
      ? [{ path: `accounts.${name}`, rule: 'is required: the ledger has no account in that role' }]
      : [],
  );
  refuseViolations(source, [...unnamed, ...violationsOf(document), ...refundViolations(document)]);
  return { ...document, accounts: Object.fromEntries(accounts) as ChannelAccounts };
}

function without(beside: KeysBeside, document: ChannelShape): ChannelShape {
  const own = Object.entries(document).filter(([key]) => !(key in beside));
  return Object.fromEntries(own) as ChannelShape;
}

function violationsOf(document: ChannelShape): Violation[] {
  const { columns, fallbacks, kind, layout } = document;
  const found = layout === undefined ? columnViolations(document) : besideLayout(document);
  for (const [k, keys] of fallbacks.entries()) {
    const path = `fallbacks[${k}]`;
    if (!keys.includes('loan_no')) found.push({ path, rule: 'must contain loan_no' });
    else if (columns.loan_no === undefined && layout === undefined) {
      found.push({ path, rule: 'needs the column loan_no in the statement' });
    }
  }
  if (kind === 'bank' && fallbacks.length > 0) {
    found.push({ path: 'fallbacks', rule: 'are for channels: a bank line stands for a day' });
  }
  return found;
}

function columnViolations({ columns, statuses, file }: ChannelShape): Violation[] {
  const found: Violation[] = [];
  for (const name of ['order_no', 'amount', 'value_date'] as const) {
    if (columns[name] === undefined) found.push({ path: `columns.${name}`, rule: 'is required' });
  }
  if (!file.titles) {
    for (const [name, place] of Object.entries(columns)) {
      if (/^[1-9][0-9]{0,2}$/.test(place ?? '')) continue;
      const rule = 'must be the number of a field where the file has no titles';
      found.push({ path: `columns.${name}`, rule, value: place });
    }
  }
  if (columns.status !== undefined && statuses.success.length === 0) {
    found.push({ path: 'statuses.success', rule: 'must name the words of a success' });
  }
  return found;
}

/** Keys that beside a layout would say the same once more; of `file` a few say something else. */
function besideLayout({ columns, statuses, file }: ChannelShape): Violation[] {
  const defaults = fileSchema.parse({});
  const ofLayout = ['delimiter', 'charset', 'amount_unit', 'date_format', 'titles'] as const;
  const keys = [
    ...ofLayout.filter((key) => file[key] !== defaults[key]).map((key) => `file.${key}`),
    ...(['head', 'trailer'] as const)
      .filter((key) => file[key] !== undefined)
      .map((key) => `file.${key}`),
    ...Object.keys(columns).map((name) => `columns.${name}`),
    ...(statuses.success.length + statuses.failed.length > 0 ? ['statuses'] : []),
  ];
  return keys.map((path) => ({ path, rule: 'is what the layout says: only one of them may' }));
}

function refundViolations({ refund_prefix: prefix, kind, direction }: ChannelShape): Violation[] {
  if (prefix === undefined || (kind === 'channel' && direction === 'receipts')) return [];
  return [{ path: 'refund_prefix', rule: 'is for channels of receipts', value: prefix }];
}
