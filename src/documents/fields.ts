import { z } from 'zod';
import { parseDay } from '../accounting/calendar/epoch-day.js';
import { parseAmount, parseRatePpb } from '../accounting/money/amount-text.js';
import type { EpochDay } from '../accounting/money/units.js';
import { LIMIT_DIGITS } from '../accounting/product/policy-bounds.js';

const DECIMAL = /^[+-]?[0-9]+(\.[0-9]+)?$/;
const RATE = /^\+?[0-9]+(\.[0-9]{1,9}0*)?$/;
const INTEGER = /^[+-]?[0-9]+$/;
const CURRENCY = /^[A-Z]{3}$/;
const SHA256 = /^[0-9A-Fa-f]{64}$/;

/** What a field takes in the words of JSON Schema. */
type FieldSchema = Readonly<Record<string, string | number | readonly (string | number)[]>>;

/**
 * A field whose text is checked and turned by `parse`; undefined means that `rule` is broken.
 * `schema` says the same to an editor, which sees numbers that are not quoted as numbers.
 */
export function field<T>(
  rule: string,
  schema: FieldSchema,
  parse: (text: string) => T | undefined,
) {
  const checked = z.unknown().transform((value, context): T => {
    const text = typeof value === 'number' ? String(value) : value;
    const parsed = typeof text === 'string' ? parse(text) : undefined;
    if (parsed !== undefined) return parsed;
    context.addIssue({ code: 'custom', message: value === undefined ? 'is required' : rule });
    return z.NEVER;
  });
  return checked.meta({ ...schema });
}

/** One of some words; a number among them stays a number. */
export function oneOf<const T extends readonly (string | number)[]>(...allowed: T) {
  return field(
    `must be one of ${allowed.join(', ')}`,
    { enum: allowed },
    (text): T[number] | undefined => allowed.find((word) => String(word) === text),
  );
}

/** A whole number within bounds, written quoted or plain. */
export function integer(min: number, max: number = Number.MAX_SAFE_INTEGER) {
  const bounded = max !== Number.MAX_SAFE_INTEGER;
  const bounds = bounded ? `${min} to ${max}` : `${min} or more`;
  const schema = { type: 'integer', minimum: min, ...(bounded ? { maximum: max } : {}) };
  return field(`must be a whole number, ${bounds}`, schema, (text) => {
    const value = INTEGER.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max ? value : undefined;
  });
}

/** A non-negative rate or multiple of at most nine decimals, kept as its text. */
export function rate() {
  return field(
    'must be a decimal number, not negative, of at most 9 decimals',
    { type: ['string', 'number'], format: 'decimal', pattern: RATE.source, minimum: 0 },
    (text) => (parseRatePpb(text) === undefined ? undefined : text),
  );
}

/** A decimal number, kept as its text; its scale depends on the currency and is checked later. */
export function decimal() {
  return field(
    'must be a decimal number',
    { type: ['string', 'number'], format: 'decimal', pattern: DECIMAL.source },
    (text) => (DECIMAL.test(text) ? text : undefined),
  );
}

/** An amount that bounds others, kept as its text. */
export function amountLimit() {
  const rule = `must be an amount above 0, of at most ${LIMIT_DIGITS} decimals`;
  const schema = { type: ['string', 'number'], format: 'decimal', exclusiveMinimum: 0 };
  return field(rule, schema, (text) =>
    (parseAmount(text, LIMIT_DIGITS) ?? 0) > 0 ? text : undefined,
  );
}

/** A real date, kept as `YYYY-MM-DD`. */
export function date() {
  return field('must be a date, YYYY-MM-DD', { type: 'string', format: 'date' }, (text) =>
    parseDay(text) === undefined ? undefined : text,
  );
}

/** The day of a date that `date()` has checked. */
export function checkedDay(text: string): EpochDay {
  const day = parseDay(text);
  if (day === undefined) throw new TypeError(`unchecked date ${text}`);
  return day;
}

export function words() {
  return field('must be text, not empty', { type: 'string', pattern: '\\S' }, (text) =>
    text.trim() === '' ? undefined : text,
  );
}

/** What names a party, plan, loan or order: no blanks at its ends, no control characters. */
export function code() {
  const schema = { type: 'string', pattern: '^\\S(.*\\S)?$' };
  return field('must be a code, without blanks at its ends', schema, (text) =>
    /^\S(?:.*\S)?$/u.test(text) && text.length <= 64 ? text : undefined,
  );
}

/** What is put behind the name of a file: it leads into no other folder. */
export function nameEnding() {
  return field(
    'must be the ending of a file name, without a folder',
    { type: 'string', pattern: '^[^/\\\\]*[^/\\\\\\s][^/\\\\]*$' },
    (text) => (text.trim() === '' || /[/\\\0]/.test(text) ? undefined : text),
  );
}

/** Text of a character or more, which may be blanks: a delimiter, what is trimmed. */
export function characters() {
  return field('must be text, of a character at least', { type: 'string', minLength: 1 }, (text) =>
    text === '' ? undefined : text,
  );
}

/** An ISO 4217 code. */
export function currencyCode() {
  return field(
    'must be an ISO 4217 code of three capital letters',
    { type: 'string', pattern: CURRENCY.source },
    (text) => (CURRENCY.test(text) ? text : undefined),
  );
}

/** A SHA-256, kept in small letters. */
export function sha256() {
  const rule = 'must be a SHA-256, 64 hexadecimal digits';
  return field(rule, { type: 'string', pattern: SHA256.source }, (text) =>
    SHA256.test(text) ? text.toLowerCase() : undefined,
  );
}

export function flag() {
  return z.boolean({ error: 'must be true or false' });
}

/** A mapping in which an unknown key is an error. */
export function mapping<T extends z.core.$ZodLooseShape>(shape: T) {
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'invalid_type' ? 'must be a mapping' : undefined),
  });
}

export function listOf<T extends z.ZodType>(item: T) {
  return z.array(item, { error: 'must be a list' });
}

/** A program or command with its words. */
export function someWords() {
  return listOf(words()).min(1, { error: 'must name one at least' });
}

/** A list that names something, each thing once. */
export function someOf<T extends z.ZodType>(item: T) {
  return listOf(item)
    .min(1, { error: 'must name one at least' })
    .refine((items) => new Set(items).size === items.length, { error: 'must name none twice' });
}
