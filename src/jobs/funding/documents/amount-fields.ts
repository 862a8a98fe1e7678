import { formatAmount, parseAmount, parseRatePpb } from '../../../accounting/money/amount-text.js';
import type { Fen, RatePpb } from '../../../accounting/money/units.js';
import { field } from '../../../documents/fields.js';

export { code } from '../../../documents/fields.js';

/** Documents of funding are in the book's currency; on paper it is one of two decimals. */
export const MINOR_DIGITS = 2;

/** An amount as a case on paper has it. */
export function shown(amount: Fen | bigint): string {
  return formatAmount(amount, MINOR_DIGITS);
}

/** An amount in minor units, of any sign: `-12.30`. */
export function signedAmount(minorDigits = MINOR_DIGITS) {
  const schema = { type: ['string', 'number'], format: 'decimal' };
  return field(
    `must be an amount of at most ${minorDigits} decimals`,
    schema,
    (text): Fen | undefined => parseAmount(text, minorDigits),
  );
}

/** An amount in minor units, `min` at least. */
export function amount(min: Fen = 0, minorDigits = MINOR_DIGITS) {
  const bound = min === 0 ? 'not negative' : 'above 0';
  const schema = { type: ['string', 'number'], format: 'decimal', minimum: 0 };
  return field(
    `must be an amount, ${bound}, of at most ${minorDigits} decimals`,
    schema,
    (text) => {
      const fen = parseAmount(text, minorDigits);
      return fen !== undefined && fen >= min ? fen : undefined;
    },
  );
}

/** An amount of a document, not negative, kept as its text. */
export function amountText(minorDigits = MINOR_DIGITS, min: Fen = 0) {
  const bound = min === 0 ? 'not negative' : 'above 0';
  const schema = { type: ['string', 'number'], format: 'decimal', minimum: 0 };
  return field(`must be an amount, ${bound}, of at most ${minorDigits} decimals`, schema, (text) =>
    (parseAmount(text, minorDigits) ?? -1) >= min ? text : undefined,
  );
}

/** The amount of a text that `amountText` has checked. */
export function checkedAmount(text: string, minorDigits = MINOR_DIGITS): Fen {
  const fen = parseAmount(text, minorDigits);
  if (fen === undefined) throw new TypeError(`unchecked amount ${text}`);
  return fen;
}

/** The same, null where there is none. */
export function amountOrNull(text: string | null, minorDigits = MINOR_DIGITS): Fen | null {
  return text === null ? null : checkedAmount(text, minorDigits);
}

/** The rate of a text that `rate` has checked. */
export function checkedRate(text: string): RatePpb {
  const ppb = parseRatePpb(text);
  if (ppb === undefined) throw new TypeError(`unchecked rate ${text}`);
  return ppb;
}
