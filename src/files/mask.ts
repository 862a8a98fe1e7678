import { EXIT, LoanbookError } from '../errors.js';
import { hasIdCheck, hasLuhnCheck, normalForm } from './normal-form.js';

/** What is shown of a value that has no mask of its own. */
const HIDDEN = '****';
/** Below it, digits would tell more than they hide. */
const SHOWN_CHARS_MIN = 8;
const CARD_DIGITS_MIN = 14;
const ADDRESS_SHOWN = 6;

/**
 * What is shown of a customer's value, from its normal form, a star a character: `王**`,
 * `1****************X`, `138******00`, `622200*********2333`. `field` is one of MASKED_FIELDS; the
 * value of any other is hidden whole.
 */
export function maskField(field: string, value: string): string {
  const normal = normalForm(field, value);
  switch (field) {
    case 'name':
      return maskName(normal);
    case 'id_number':
      return maskEnds(normal, 1, 1);
    case 'phone':
      return maskEnds(normal, 3, 2);
    case 'account':
      return maskEnds(normal, [...normal].length < CARD_DIGITS_MIN ? 0 : 6, 4);
    case 'email':
      return maskEmail(normal);
    case 'address':
      return maskAddress(normal);
    case 'birth':
      return /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(normal) ? `${normal.slice(0, 4)}-**-**` : HIDDEN;
    default:
      return HIDDEN;
  }
}

/** All but so many characters at each end; of a short value all. */
function maskEnds(text: string, before: number, behind: number): string {
  const chars = [...text];
  if (chars.length < SHOWN_CHARS_MIN) return '*'.repeat(chars.length);
  const hidden = '*'.repeat(chars.length - before - behind);
  return chars.slice(0, before).join('') + hidden + chars.slice(-behind).join('');
}

/** The first character of a Chinese name, of each word of another; one that is all there is not. */
function maskName(name: string): string {
  if (/^\p{Script=Han}/u.test(name)) return maskWord(name);
  return name.split(' ').map(maskWord).join(' ');
}

function maskWord(word: string): string {
  const letters = word.match(/[\p{L}\p{N}\p{M}]/gu)?.length ?? 0;
  let isFirst = letters > 1;
  return word.replace(/[\p{L}\p{N}\p{M}]/gu, (char) => {
    const shown = isFirst ? char : '*';
    isFirst = false;
    return shown;
  });
}

function maskEmail(email: string): string {
  const at = email.lastIndexOf('@');
  if (at < 1) return HIDDEN;
  const name = [...email.slice(0, at)];
  const shown = name.length === 1 ? '*' : name[0]! + '*'.repeat(name.length - 1);
  return shown + email.slice(at);
}

function maskAddress(address: string): string {
  const chars = [...address];
  return chars.length > ADDRESS_SHOWN ? chars.slice(0, ADDRESS_SHOWN).join('') + HIDDEN : HIDDEN;
}

/** Digits in a row, half or full width, and an X behind; a letter is one that has a capital. */
const RUN =
  /(?<![0-9０-９\p{Lu}\p{Ll}\p{Lt}])[0-9０-９]{11,19}[XxＸｘ]?(?![0-9０-９\p{Lu}\p{Ll}\p{Lt}])/gu;

/**
 * Any text, such as a line of a log or the value in an error: what is an identity number, a mobile
 * phone or a card by its check digits is masked, all else stays to the character.
 */
export function maskText(text: string): string {
  return text.replace(RUN, (run) => {
    const normal = normalForm('id_number', run);
    if (hasIdCheck(normal)) return maskField('id_number', normal);
    if (/^(?:(?:00)?86)?1[3-9][0-9]{9}$/.test(normal)) return maskField('phone', normal);
    const isCard = /^[0-9]{14,19}$/.test(normal) && hasLuhnCheck(normal);
    return isCard ? maskField('account', normal) : run;
  });
}

const ERROR_CHARS_MAX = 80;

/** What an error shows of a value of a file: masked, then cut, since a cut number is not known. */
export function shownText(text: string): string {
  const masked = maskText(text);
  return masked.length > ERROR_CHARS_MAX ? `${masked.slice(0, ERROR_CHARS_MAX)}...` : masked;
}

/** A value that may be somebody's name: Chinese characters, or words with a blank between them. */
const MAYBE_NAME = /\p{Script=Han}|\p{L}\s+\p{L}/u;
const EMAIL = /^[^\s@]+@[^\s@]+$/;
const CELL_CHARS_MAX = 60;

/**
 * A value of a row as it may be shown, whatever its column is called: the column may be the wrong
 * one. Numbers of persons are masked by their check digits, what may be a name or an address by its
 * look; then it is cut.
 */
export function maskCell(value: string): string {
  const text = maskText(value);
  const isEmail = EMAIL.test(text);
  const masked = isEmail || maybeName(text) ? maskField(isEmail ? 'email' : 'name', text) : text;
  return [...masked].slice(0, CELL_CHARS_MAX).join('');
}

/** Somebody's data, and no title of a column. */
const DATA = /[0-9０-９]{5}/;

/** Titles of a file for an error; where a row stands in their place, its cells are masked. */
export function shownTitles(titles: readonly string[]): string[] {
  return titles.some((title) => DATA.test(title)) ? titles.map(maskCell) : [...titles];
}

/** Whether a value may be the name of a person, or an address, by its look. */
export function maybeName(value: string): boolean {
  return MAYBE_NAME.test(value);
}

const NONE: ReadonlySet<string> = new Set();

/** Every text in a value of ours masked, however deep; but for those under the keys of `except`. */
export function maskTexts<T>(value: T, except: ReadonlySet<string> = NONE): T {
  return masked(value, except) as T;
}

/** An amount as we write it. */
const AMOUNT = /^-?[0-9]+\.[0-9]{1,4}$/;

function masked(value: unknown, except: ReadonlySet<string>): unknown {
  if (typeof value === 'string') return AMOUNT.test(value) ? value : maskText(value);
  if (Array.isArray(value)) return value.map((item) => masked(item, except));
  if (typeof value !== 'object' || value === null || !isPlain(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      maskText(key),
      except.has(key) && typeof item === 'string' ? item : masked(item, except),
    ]),
  );
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The name of a file as the book keeps it: it stands in clear in tables, lists and the audit. */
export function keptName(path: string): string {
  return maskText(path.slice(path.lastIndexOf('/') + 1));
}

/** Whether a text holds what `maskText` would mask. */
export function isPersonal(text: string): boolean {
  return maskText(text) !== text;
}

/** What somebody says of an act is kept with it. Throws LoanbookError `reason_is_personal` (2). */
export function requireNothingPersonal(option: string, said: string): void {
  if (!isPersonal(said)) return;
  throw new LoanbookError('reason_is_personal', 'The reason holds personal data.', {
    exitCode: EXIT.usage,
    evidence: { option, rule: 'no identity number, phone or card', value: maskText(said) },
    next: 'Name the case or the loan instead: what is said of an act is read by others.',
  });
}
