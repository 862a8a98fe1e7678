import type { Fen, RatePpb } from './units.js';

/** Decimals that a rate in parts per billion can hold. */
const RATE_DECIMALS = 9;

/** ISO 4217 currencies whose minor unit is the unit itself. */
const WITHOUT_MINOR = new Set(
  'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' '),
);

/** ISO 4217 currencies of a thousand minor units. */
const THREE_DIGITS = new Set('BHD IQD JOD KWD LYD OMR TND'.split(' '));

const DECIMAL = /^([+-]?)([0-9]+)(?:\.([0-9]+))?$/;

/** Decimals of a currency's minor unit by ISO 4217; 2 for every currency not listed otherwise. */
export function minorDigitsOf(currency: string): number {
  if (WITHOUT_MINOR.has(currency)) return 0;
  return THREE_DIGITS.has(currency) ? 3 : 2;
}

/**
 * An amount in minor units from decimal text such as `-12.30`. Strict: an optional sign, digits, a
 * fraction of at most `minorDigits` decimals; no exponent, space or thousands separator. Undefined
 * when it is malformed or no safe integer.
 */
export function parseAmount(text: string, minorDigits: number): Fen | undefined {
  return parseScaled(text, minorDigits, false);
}

/** A sum of amounts from decimal text, as `parseAmount` reads an amount, of whatever size. */
export function parseTotal(text: string, minorDigits: number): bigint | undefined {
  const digits = scaledDigits(text, minorDigits, false);
  return digits === undefined ? undefined : BigInt(digits);
}

/** Decimal text of an amount in minor units: `formatAmount(-5, 2)` is `-0.05`. */
export function formatAmount(fen: Fen | bigint, minorDigits: number): string {
  const sign = fen < 0 ? '-' : '';
  const digits = String(fen < 0 ? -fen : fen);
  if (minorDigits === 0) return sign + digits;
  const padded = digits.padStart(minorDigits + 1, '0');
  const point = padded.length - minorDigits;
  return `${sign}${padded.slice(0, point)}.${padded.slice(point)}`;
}

/**
 * Parts per billion from decimal text, exactly: `0.18` is 180_000_000. With `percent` the text is a
 * percentage, `18` the same rate. Undefined when it is malformed, negative, no safe integer or has
 * more decimals than parts per billion can hold (trailing zeros do not count).
 */
export function parseRatePpb(text: string, percent = false): RatePpb | undefined {
  const ppb = parseScaled(text, percent ? RATE_DECIMALS - 2 : RATE_DECIMALS, true);
  return ppb === undefined || ppb < 0 ? undefined : ppb;
}

function parseScaled(text: string, digits: number, dropZeros: boolean): number | undefined {
  const plain = parsePlain(text, digits);
  if (plain !== undefined) return plain;
  const value = Number(scaledDigits(text, digits, dropZeros));
  // Of -0 and 0 the sum is 0.
  return Number.isSafeInteger(value) ? value + 0 : undefined;
}

const POINT = 0x2e;
const ZERO = 0x30;
/** A number of so many digits is safe. */
const SAFE_DIGITS = 15;

/**
 * The same of digits with or without a point among them, and few enough: nearly all amounts are,
 * and need no pattern. Undefined: to be looked at closely.
 */
function parsePlain(text: string, digits: number): number | undefined {
  const { length } = text;
  if (length === 0 || length + digits > SAFE_DIGITS) return undefined;
  let value = 0;
  let pointAt = length;
  for (let at = 0; at < length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= ZERO && code <= ZERO + 9) value = 10 * value + code - ZERO;
    else if (code === POINT && pointAt === length && at > 0 && at < length - 1) pointAt = at;
    else return undefined;
  }
  let missing = pointAt === length ? digits : digits - (length - 1 - pointAt);
  if (missing < 0) return undefined;
  for (; missing > 0; missing -= 1) value *= 10;
  return value;
}

/** The number without its point, with its sign. */
function scaledDigits(text: string, digits: number, dropZeros: boolean): string | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const whole = match[2] ?? '';
  let fraction = match[3] ?? '';
  if (dropZeros) fraction = fraction.replace(/0+$/, '');
  if (fraction.length > digits) return undefined;
  return (match[1] === '-' ? '-' : '') + whole + fraction.padEnd(digits, '0');
}
