import { z } from 'zod';
import { flag, listOf, mapping, oneOf, words } from '../../../documents/fields.js';
import { readDocumentText } from '../../../documents/read-text.js';
import { checkShape, refuseViolations, type Violation } from '../../../documents/violations.js';
import { DATE_TOKEN } from '../../import/documents/mapping-document.js';

/** What a column of a voucher file can be taken from. */
export const VOUCHER_FIELDS = [
  'entity',
  'currency',
  'business_date',
  'voucher',
  'line',
  'account',
  'account_name',
  'account_name_zh',
  'memo',
  'movement',
  'ref',
  'loan_no',
  'product',
  'org',
  'funding_plan',
  'side',
  'debit',
  'credit',
  'amount',
  'absolute',
] as const;
export type VoucherField = (typeof VOUCHER_FIELDS)[number];

const AMOUNT_FIELDS: ReadonlySet<VoucherField> = new Set(['debit', 'credit', 'amount', 'absolute']);

export const DELIMITERS = { comma: ',', tab: '\t', semicolon: ';', bar: '|' } as const;
export const ENCODINGS = ['utf-8', 'utf-8-bom', 'gb18030'] as const;

const columnSchema = mapping({
  title: words(),
  field: oneOf(...VOUCHER_FIELDS).optional(),
  constant: words().optional(),
  date: words().optional(),
  values: z.record(z.string(), words(), { error: 'must be a mapping' }).optional(),
  empty: words().optional(),
});

const layoutSchema = mapping({
  name: words(),
  delimiter: oneOf('comma', 'tab', 'semicolon', 'bar').default('comma'),
  encoding: oneOf(...ENCODINGS).default('utf-8-bom'),
  line_end: oneOf('lf', 'crlf').default('crlf'),
  header: flag().default(true),
  amount_unit: oneOf('yuan', 'fen').default('yuan'),
  columns: listOf(columnSchema),
});

export type VoucherColumn = z.output<typeof columnSchema>;
/** A checked layout of the file of vouchers that a finance system reads. */
export type VoucherLayout = z.output<typeof layoutSchema>;

/** A voucher layout from YAML or JSON text. Throws LoanbookError `invalid_document`. */
export function parseVoucherLayout(text: string, sourceName: string): VoucherLayout {
  const source = { name: sourceName };
  const layout = checkShape(layoutSchema, readDocumentText(text, sourceName), source);
  const violations = layout.columns.flatMap(columnViolations);
  if (layout.columns.length === 0) {
    violations.push({ path: 'columns', rule: 'must have a column at least' });
  } else if (!carriesAmounts(layout)) {
    const rule = 'must carry the amount: debit and credit, or amount, or absolute and side';
    violations.push({ path: 'columns', rule });
  }
  refuseViolations(source, [...violations, ...repeatedTitles(layout)]);
  return layout;
}

function columnViolations(column: VoucherColumn, index: number): Violation[] {
  const path = `columns[${index}]`;
  const { field, constant, date, values, empty } = column;
  if ((field === undefined) === (constant === undefined)) {
    return [{ path, rule: 'must have either field or constant' }];
  }
  if (field === undefined) {
    const extra = date ?? values ?? empty;
    if (extra === undefined) return [];
    return [{ path, rule: 'a constant is written as it is', value: constant }];
  }
  if (date !== undefined && field !== 'business_date') {
    return [{ path: `${path}.date`, rule: 'only business_date is a date', value: field }];
  }
  if (date !== undefined && !isDateFormat(date)) {
    const rule = 'must hold YYYY, MM or M, and DD or D, once each, and no other letter or digit';
    return [{ path: `${path}.date`, rule, value: date }];
  }
  if (values !== undefined && AMOUNT_FIELDS.has(field)) {
    return [{ path: `${path}.values`, rule: 'an amount has no values to map', value: field }];
  }
  return [];
}

function isDateFormat(format: string): boolean {
  const tokens: readonly string[] = format.match(DATE_TOKEN) ?? [];
  const kinds = tokens.map((token) => token[0]).sort();
  const rest = format.replace(DATE_TOKEN, '');
  return kinds.join('') === 'DMY' && !tokens.includes('MMM') && !/[A-Za-z0-9]/.test(rest);
}

function carriesAmounts({ columns }: VoucherLayout): boolean {
  const fields = new Set(columns.map(({ field }) => field));
  const has = (...names: VoucherField[]) => names.every((name) => fields.has(name));
  return has('amount') || has('debit', 'credit') || has('absolute', 'side');
}

function repeatedTitles({ columns }: VoucherLayout): Violation[] {
  const seen = new Set<string>();
  return columns.flatMap(({ title }, index) => {
    const isRepeated = seen.has(title);
    seen.add(title);
    const path = `columns[${index}].title`;
    return isRepeated ? [{ path, rule: 'must be unique', value: title }] : [];
  });
}
