import { formatAmount, parseTotal } from '../../../accounting/money/amount-text.js';
import { roundQuotient } from '../../../accounting/money/money.js';
import type { Rounding } from '../layout-schema.js';
import type { Form } from './form.js';

/** Digits of an amount in minor units, and of a total, at most. */
const DIGITS_MAX = { amount: 18, total: 36 } as const;
/** A text of so few characters has no more digits than are allowed. */
const SHORT = 14;
const NUMBER = /^([0-9]+)(?:\.([0-9]+))?$/;

/** How amounts are written in a file. */
export interface AmountStyle {
  readonly unit: 'major' | 'minor';
  readonly thousands: string | undefined;
  readonly decimal: '.' | ',';
  readonly sign: 'front' | 'behind' | 'reversed';
  /** What becomes of more decimals than the currency has; undefined: they are refused. */
  readonly round: Rounding | undefined;
  readonly minorDigits: number;
  readonly size?: keyof typeof DIGITS_MAX;
}

/**
 * Amounts, which never pass through a floating number; of 18 digits at most in minor units. With us
 * they have the decimals of the currency, and no zeros before them.
 */
export function amountForm(style: AmountStyle): Form {
  const { unit, thousands, decimal, sign, round, minorDigits } = style;
  const isPlain =
    unit === 'major' && thousands === undefined && decimal === '.' && sign === 'front';
  const read = (text: string) => readAmount(text, style);
  const write = (ours: string) => writeAmount(ours, style);
  if (!isPlain || round !== undefined) return { rule: 'amount', read, write };
  return { rule: 'amount', read: (text) => plainAmount(text, minorDigits) ?? read(text), write };
}

/** The text itself where it is canonical already, which is nearly always. */
function plainAmount(text: string, minorDigits: number): string | undefined {
  if (text.length > SHORT) return undefined;
  let point = -1;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 0x30 && code <= 0x39) continue;
    if (code !== 0x2e || point >= 0 || at === 0) return undefined;
    point = at;
  }
  const whole = point < 0 ? text.length : point;
  if (whole > 1 && text.charCodeAt(0) === 0x30) return undefined;
  const decimals = point < 0 ? 0 : text.length - point - 1;
  return decimals === minorDigits && (decimals > 0 || point < 0) ? text : undefined;
}

function readAmount(text: string, style: AmountStyle): string | undefined {
  const { sign } = style;
  let isNegative = false;
  let body = text;
  const mark = sign === 'behind' ? text.at(-1) : text[0];
  if (mark === '-' || mark === '+') {
    isNegative = mark === '-';
    body = sign === 'behind' ? text.slice(0, -1) : text.slice(1);
  }
  const minor = magnitude(body, style);
  if (minor === undefined || minor >= limitOf(style)) return undefined;
  const isBelow = isNegative !== (sign === 'reversed');
  return formatAmount(isBelow ? -minor : minor, style.minorDigits);
}

function limitOf({ size = 'amount' }: AmountStyle): bigint {
  return 10n ** BigInt(DIGITS_MAX[size]);
}

/** An amount without its sign, in minor units. */
function magnitude(body: string, style: AmountStyle): bigint | undefined {
  const { unit, thousands, decimal, round, minorDigits } = style;
  const joined = thousands === undefined ? body : withoutThousands(body, thousands, decimal);
  if (joined === undefined) return undefined;
  if (decimal === ',' && joined.includes('.')) return undefined;
  const found = NUMBER.exec(decimal === ',' ? joined.replace(',', '.') : joined);
  if (found === null) return undefined;
  const [, whole = '', fraction = ''] = found;
  const room = unit === 'minor' ? 0 : minorDigits;
  if (fraction.length <= room) return BigInt(whole + fraction.padEnd(room, '0'));
  if (round === undefined) return undefined;
  const divisor = 10n ** BigInt(fraction.length - room);
  return roundQuotient(BigInt(whole + fraction), divisor, round);
}

/** Undefined where the marks do not stand before each three digits. */
function withoutThousands(body: string, mark: string, decimal: string): string | undefined {
  if (!body.includes(mark)) return body;
  const point = body.lastIndexOf(decimal);
  const whole = point < 0 ? body : body.slice(0, point);
  const groups = whole.split(mark);
  const [first = '', ...others] = groups;
  if (first.length < 1 || first.length > 3 || others.some(({ length }) => length !== 3)) {
    return undefined;
  }
  return groups.join('') + (point < 0 ? '' : body.slice(point));
}

function writeAmount(ours: string, style: AmountStyle): string | undefined {
  const { unit, thousands, decimal, sign, minorDigits } = style;
  const minor = parseTotal(ours, minorDigits);
  const limit = limitOf(style);
  if (minor === undefined || minor >= limit || minor <= -limit) return undefined;
  const size = formatAmount(minor < 0n ? -minor : minor, unit === 'minor' ? 0 : minorDigits);
  const [whole = '', fraction] = size.split('.');
  const grouped =
    thousands === undefined ? whole : whole.replace(/\B(?=([0-9]{3})+$)/g, () => thousands);
  const body = fraction === undefined ? grouped : grouped + decimal + fraction;
  const isNegative = minor < 0n !== (sign === 'reversed' && minor !== 0n);
  if (!isNegative) return body;
  return sign === 'behind' ? `${body}-` : `-${body}`;
}

/**
 * Canonical text in minor units, quickly; the caller knows that it is an amount. Decimals may be
 * fewer than the currency has.
 */
export function minorUnits(amount: string, minorDigits: number): bigint | number {
  if (amount.length > SHORT) return parseTotal(amount, minorDigits) ?? 0;
  let value = 0;
  let decimals = -1;
  for (let at = 0; at < amount.length; at += 1) {
    const code = amount.charCodeAt(at);
    if (code === 0x2e) decimals = 0;
    else if (code >= 0x30) {
      value = value * 10 + (code - 0x30);
      if (decimals >= 0) decimals += 1;
    }
  }
  for (let left = minorDigits - Math.max(decimals, 0); left > 0; left -= 1) value *= 10;
  return amount.charCodeAt(0) === 0x2d ? 0 - value : value;
}
