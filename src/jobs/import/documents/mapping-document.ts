import { z } from 'zod';
import { flag, mapping, oneOf, words } from '../../../documents/fields.js';
import { readDocumentText } from '../../../documents/read-text.js';
import { checkShape, refuseViolations, type Violation } from '../../../documents/violations.js';
import { controlRule, totalsLine, unterminatedRule } from './file-rules.js';

const columnSchema = mapping({
  from: words().optional(),
  constant: words().optional(),
  values: z.record(z.string(), words(), { error: 'must be a mapping' }).optional(),
  percent: flag().default(false),
  date: words().optional(),
  prefix: words().optional(),
});

const mappingSchema = mapping({
  kind: oneOf(
    ...(['loans', 'repayments', 'events', 'schedules', 'balances', 'installments'] as const),
    'parties',
  ),
  columns: z.record(z.string(), columnSchema, { error: 'must be a mapping' }),
  other_columns: oneOf('refuse', 'ignore').default('refuse'),
  trailer: totalsLine.omit({ date: true }).optional(),
  control: controlRule.optional(),
  unterminated: unterminatedRule().default('refused'),
});

/** How one of our columns comes out of a source column, or is the same in every row. */
export type ColumnMapping = z.output<typeof columnSchema>;
/** A checked column mapping: our column names, and where each comes from. */
export type MappingDocument = z.output<typeof mappingSchema>;

/**
 * A column mapping from YAML or JSON text; `known` are our columns. Throws LoanbookError
 * `invalid_document`.
 */
export function parseMappingDocument(
  text: string,
  sourceName: string,
  kind: MappingDocument['kind'],
  known: readonly string[],
): MappingDocument {
  const source = { name: sourceName };
  const document = checkShape(mappingSchema, readDocumentText(text, sourceName), source);
  const violations: Violation[] = [];
  if (document.kind !== kind) {
    violations.push({ path: 'kind', rule: `must be ${kind}`, value: document.kind });
  }
  for (const [name, column] of Object.entries(document.columns)) {
    violations.push(...columnViolations(name, column, known));
  }
  refuseViolations(source, violations);
  return document;
}

function columnViolations(
  name: string,
  column: ColumnMapping,
  known: readonly string[],
): Violation[] {
  const path = `columns.${name}`;
  if (!known.includes(name)) return [{ path, rule: `must be one of ${known.join(', ')}` }];
  const { from, constant, values, percent, date } = column;
  if ((from === undefined) === (constant === undefined)) {
    return [{ path, rule: 'must have either from or constant' }];
  }
  const turns = [values !== undefined, percent, date !== undefined].filter(Boolean).length;
  if (turns > 1) return [{ path, rule: 'must have one of values, percent, date at most' }];
  if (constant !== undefined && turns > 0) {
    return [{ path, rule: 'a constant is taken as it is', value: constant }];
  }
  if (date !== undefined && !isDateFormat(date)) {
    const rule = 'must hold YYYY, then MMM, MM or M, and DD or D if the day is there, once each';
    return [{ path: `${path}.date`, rule, value: date }];
  }
  return [];
}

/** Tokens of a date format; letters beside them stand for nothing. */
export const DATE_TOKEN = /YYYY|MMM|MM|M|DD|D/g;

function isDateFormat(format: string): boolean {
  const kinds = (format.match(DATE_TOKEN) ?? []).map((token) => token[0]).sort();
  const rest = format.replace(DATE_TOKEN, '');
  return ['MY', 'DMY'].includes(kinds.join('')) && !/[A-Za-z0-9]/.test(rest);
}
