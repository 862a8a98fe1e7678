import { z } from 'zod';
import { flag, integer, listOf, mapping, oneOf, words } from '../../../documents/fields.js';
import { readDocumentText } from '../../../documents/read-text.js';
import { checkShape, refuseViolations, type Violation } from '../../../documents/violations.js';
import type { LedgerRole, LedgerRoles } from '../../book/documents/ledger-roles.js';
import { controlRule, totalsLine, unterminatedRule } from '../../import/documents/file-rules.js';

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

const channelSchema = mapping({
  code: words(),
  kind: oneOf('channel', 'bank').default('channel'),
  name: words().optional(),
  direction: oneOf('receipts', 'payments').default('receipts'),
  order_prefix: words().optional(),
  accounts: accountsSchema.default({}),
  file: fileSchema.default(fileSchema.parse({})),
  // As a mapping says it; the same as `file.unterminated`.
  unterminated: unterminatedRule().optional(),
  columns: columnNames,
  statuses: statusSchema.default({ success: [], failed: [] }),
  fallbacks: listOf(listOf(oneOf(...FALLBACK_KEYS))).default([]),
  tolerance: integer(0).default(0),
  cross_days: integer(0, 31).default(2),
  settlement_days: integer(0, 31).default(1),
  settlement_ref: words().optional(),
});

type ChannelShape = z.output<typeof channelSchema>;

/** A checked channel or bank; amounts in minor units, `file` says how its statements read. */
export type ChannelDocument = Omit<ChannelShape, 'accounts'> & {
  readonly accounts: ChannelAccounts;
};

/**
 * A channel or bank from YAML or JSON text; accounts that it does not name are those of the roles.
 * Throws LoanbookError `invalid_document`, also for an account that neither names.
 */
export function parseChannelDocument(
  text: string,
  sourceName: string,
  roles: LedgerRoles,
): ChannelDocument {
  const source = { name: sourceName };
  const document = checkShape(channelSchema, readDocumentText(text, sourceName), source);
  const accounts = Object.entries(ROLE_OF).map(([name, role]) => {
    return [name, document.accounts[name as keyof ChannelAccounts] ?? roles[role]] as const;
  });
  const unnamed = accounts.flatMap(([name, code]): Violation[] =>
    code === undefined
      ? [{ path: `accounts.${name}`, rule: 'is required: the ledger has no account in that role' }]
      : [],
  );
  refuseViolations(source, [...unnamed, ...violationsOf(document)]);
  return { ...document, accounts: Object.fromEntries(accounts) as ChannelAccounts };
}

function violationsOf({ columns, statuses, fallbacks, kind, file }: ChannelShape): Violation[] {
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
  for (const [k, keys] of fallbacks.entries()) {
    const path = `fallbacks[${k}]`;
    if (!keys.includes('loan_no')) found.push({ path, rule: 'must contain loan_no' });
    else if (columns.loan_no === undefined) {
      found.push({ path, rule: 'needs the column loan_no in the statement' });
    }
  }
  if (kind === 'bank' && fallbacks.length > 0) {
    found.push({ path: 'fallbacks', rule: 'are for channels: a bank line stands for a day' });
  }
  return found;
}
