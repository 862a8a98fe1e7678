import { parseDay } from '../../accounting/calendar/epoch-day.js';
import { isPersonal, maybeName } from '../../files/mask.js';
import { hasIdCheck, normalForm, singleBlanks } from '../../files/normal-form.js';
import { isCleanText } from '../import/source/field-text.js';
import type { ColumnSpec, RowProblem } from '../import/source/source-columns.js';

/** Our columns of a file of parties, in the order in which `readRecord` takes them. */
export const PARTY_COLUMNS: readonly ColumnSpec[] = [
  { name: 'party', required: true },
  { name: 'name', required: true },
  { name: 'id_type', required: false },
  { name: 'id_number', required: false },
  { name: 'birth', required: false },
  { name: 'phone', required: false },
  { name: 'account', required: false },
  { name: 'email', required: false },
  { name: 'address', required: false },
  { name: 'device', required: false },
];

/** What is known of a customer, in normal form. Keys in the order of the canonical JSON. */
export interface PartyRecord {
  readonly accounts?: readonly string[];
  readonly addresses?: readonly string[];
  readonly birth?: string;
  readonly devices?: readonly string[];
  readonly emails?: readonly string[];
  readonly id_number?: string;
  readonly id_type?: IdType;
  readonly name: string;
  readonly phones?: readonly string[];
}

/** 居民身份证; a passport; any other document. */
const ID_TYPES = ['resident', 'passport', 'other'] as const;
type IdType = (typeof ID_TYPES)[number];

const NAME_CHARS_MAX = 200;
const VALUE_CHARS_MAX = 500;
/** Of a field that may have several values. */
const SEVERAL = ';';
const VALUES_MAX = 20;

/** Keys sorted, no blanks: the same record is the same text. */
export function canonicalJson(record: PartyRecord): string {
  return JSON.stringify(record);
}

/**
 * The record of a row (fields as PARTY_COLUMNS), or what is wrong with it. The number of a party
 * stands in clear everywhere, so it may not be personal itself.
 */
export function readRecord(fields: readonly string[]): PartyRecord | RowProblem {
  const [party = '', nameText = '', typeText = '', idText = '', birth = ''] = fields;
  if (!isCleanText(party)) return problem('party', 'malformed_text', party);
  if (isPersonal(party) || maybeName(party)) return problem('party', 'party_is_personal', party);
  const name = singleBlanks(nameText.normalize('NFKC'));
  if (!isValue(name, NAME_CHARS_MAX)) return problem('name', 'malformed_text', nameText);
  const identity = readIdentity(typeText, idText, birth);
  if ('rule' in identity) return identity;
  const lists = LISTS.map(([field, at, form]) => readList(field, fields[at] ?? '', form));
  const wrong = lists.find((list) => 'rule' in list);
  if (wrong !== undefined) return wrong as RowProblem;
  const [phones, accounts, emails, addresses, devices] = lists as readonly string[][];
  return {
    ...some('accounts', accounts),
    ...some('addresses', addresses),
    ...(birth === '' ? {} : { birth }),
    ...some('devices', devices),
    ...some('emails', emails),
    ...identity,
    name,
    ...some('phones', phones),
  };
}

type Identity = Pick<PartyRecord, 'id_number' | 'id_type'>;

function readIdentity(typeText: string, text: string, birth: string): Identity | RowProblem {
  if (birth !== '' && parseDay(birth) === undefined)
    return problem('birth', 'malformed_date', birth);
  const type = ID_TYPES.find((name) => name === (typeText || 'resident'));
  if (type === undefined) return problem('id_type', 'unknown_id_type', typeText);
  if (text === '') return {};
  const number = normalForm('id_number', text);
  if (type !== 'resident') {
    const isDocument = /^[\p{L}\p{N}()/-]{5,40}$/u.test(number);
    return isDocument
      ? { id_number: number, id_type: type }
      : problem('id_number', 'malformed_id_number', text);
  }
  if (/^[0-9]{15}$/.test(number)) return problem('id_number', 'id_number_15_digits', text);
  if (!/^[0-9]{17}[0-9X]$/.test(number)) return problem('id_number', 'malformed_id_number', text);
  if (!hasIdCheck(number)) return problem('id_number', 'id_number_check', text);
  const born = number.replace(/^.{6}(.{4})(..)(..).*$/, '$1-$2-$3');
  if (parseDay(born) === undefined) return problem('id_number', 'id_number_date', text);
  if (birth !== '' && birth !== born) return problem('birth', 'birth_not_of_id_number', birth);
  return { id_number: number, id_type: type };
}

/** The fields with several values, where they stand, and what one looks like in normal form. */
const LISTS: readonly (readonly [field: string, at: number, form: RegExp])[] = [
  ['phone', 5, /^[0-9]{5,20}$/],
  ['account', 6, /^[0-9]{6,32}$/],
  ['email', 7, /^[^\s@]+@[^\s@]+$/u],
  ['address', 8, /./u],
  ['device', 9, /./u],
];

function readList(field: string, text: string, form: RegExp): string[] | RowProblem {
  const values: string[] = [];
  for (const part of text.split(SEVERAL)) {
    if (part.trim() === '') continue;
    const normal = normalForm(field, part);
    if (!form.test(normal) || !isValue(normal, VALUE_CHARS_MAX)) {
      return problem(field, `malformed_${field}`, part.trim());
    }
    if (!values.includes(normal)) values.push(normal);
  }
  return values.length > VALUES_MAX ? problem(field, 'too_many_values', text) : values;
}

function isValue(text: string, charsMax: number): boolean {
  return text !== '' && text.length <= charsMax && !/[\p{Cc}\ufffd]/u.test(text);
}

function some<Key extends string>(key: Key, values: readonly string[] | undefined) {
  return values === undefined || values.length === 0 ? {} : { [key]: values };
}

function problem(field: string, rule: string, value: string): RowProblem {
  return { field, rule, value };
}
