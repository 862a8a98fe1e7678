/** What a spreadsheet computes with gives back so many digits and no more. */
export const DIGITS_MAX = 15;
/** A float is written with at most so many digits where it is written to be read back. */
const STORED_DIGITS_MAX = 17;
const DECIMALS_MAX = 30;
const NUMBER = /^([+-]?)(?:([0-9]+)\.?([0-9]*)|\.([0-9]+))(?:[eE]([+-]?[0-9]{1,4}))?$/;

export type CellNumber = { readonly text: string } | { readonly rule: string };

/**
 * A cell's number as the shortest decimal text of what is stored, without an exponent: `916.80` is
 * 916.8, and 916.79999999999995, as Excel writes the float that is nearest to 916.8, is 916.8 too.
 * A number of more than 15 significant digits, or of more before the point, has lost some: a rule
 * is broken. Amounts of up to 15 digits never pass through a float.
 */
export function cellNumber(stored: string): CellNumber {
  const plain = plainDecimal(stored.trim());
  if (plain === undefined) return { rule: 'a number is decimal' };
  if (plain.significant <= DIGITS_MAX) return checked(plain);
  if (plain.significant > STORED_DIGITS_MAX) return tooManyDigits();
  const shortest = plainDecimal(String(Number(stored)));
  return shortest === undefined ? tooManyDigits() : checked(shortest);
}

function checked({ text, significant, wholeDigits }: Plain): CellNumber {
  const isExact = significant <= DIGITS_MAX && wholeDigits <= DIGITS_MAX;
  return isExact ? { text } : tooManyDigits();
}

function tooManyDigits(): CellNumber {
  return { rule: `a number has at most ${DIGITS_MAX} digits, as a spreadsheet keeps them` };
}

interface Plain {
  readonly text: string;
  /** Digits between the first and the last one that are not 0. */
  readonly significant: number;
  readonly wholeDigits: number;
}

function plainDecimal(stored: string): Plain | undefined {
  const match = NUMBER.exec(stored);
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', bare = '', exponent = '0'] = match;
  const digits = whole + fraction + bare;
  // Where the point stands in these digits.
  const point = whole.length + Number(exponent);
  if (point > 400 || point < -DECIMALS_MAX) return undefined;
  const before = digits.slice(0, Math.max(point, 0)).padEnd(Math.max(point, 0), '0');
  const behind = point < 0 ? '0'.repeat(-point) + digits : digits.slice(point);
  const wholeText = before.replace(/^0+/, '');
  const fractionText = behind.replace(/0+$/, '');
  if (fractionText.length > DECIMALS_MAX) return undefined;
  const significant = digits.replace(/^0+|0+$/g, '').length;
  const isZero = wholeText === '' && fractionText === '';
  const fractional = fractionText === '' ? '' : `.${fractionText}`;
  const text = `${wholeText === '' ? '0' : wholeText}${fractional}`;
  return {
    text: sign === '-' && !isZero ? `-${text}` : text,
    significant,
    wholeDigits: wholeText.length,
  };
}
