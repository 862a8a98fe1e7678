/** No letter of ours stands beside it: the characters of Chinese text are no part of a number. */
const EDGE = String.raw`[\p{Script=Latin}\p{Nd}]`;
const RUN = new RegExp(`(?<!${EDGE})(?:[0-9０-９]{17}[XxＸｘ]|[0-9０-９]{11,19})(?!${EDGE})`, 'gu');
const MOBILE = /^(?:86)?(1[3-9][0-9]{9})$/;
const CARD_DIGITS_MIN = 14;

const ID_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const ID_CHECK = '10X98765432';

/**
 * Free text without what tells a person, a star a character: identity numbers (by their check
 * character), mobile numbers and cards (by Luhn), of ASCII or full-width digits that stand between
 * no letters or digits. Loan numbers, references and amounts stay. For logs, errors and documents
 * for programs; it finds no names.
 */
export function maskText(text: string): string {
  return text.replace(RUN, (run) => maskNumber(run.normalize('NFKC').toUpperCase()) ?? run);
}

function maskNumber(number: string): string | undefined {
  if (isIdentityNumber(number)) return stars(number, 1, 1);
  const [, mobile] = MOBILE.exec(number) ?? [];
  if (mobile !== undefined) return stars(mobile, 3, 2);
  return number.length >= CARD_DIGITS_MIN && isLuhn(number) ? stars(number, 6, 4) : undefined;
}

function stars(number: string, before: number, behind: number): string {
  const hidden = '*'.repeat(number.length - before - behind);
  return number.slice(0, before) + hidden + number.slice(-behind);
}

/** An identity number of 18 characters whose last one is that of GB 11643. */
function isIdentityNumber(number: string): boolean {
  if (number.length !== ID_WEIGHTS.length + 1) return false;
  const sum = ID_WEIGHTS.reduce((total, weight, at) => total + weight * Number(number[at]), 0);
  return ID_CHECK[sum % ID_CHECK.length] === number.at(-1);
}

/** Whether the last digit is the check digit of ISO/IEC 7812. */
function isLuhn(number: string): boolean {
  let sum = 0;
  for (let at = 0; at < number.length; at += 1) {
    const digit = Number(number[number.length - 1 - at]);
    if (Number.isNaN(digit)) return false;
    const doubled = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
    sum += at % 2 === 1 ? doubled : digit;
  }
  return sum % 10 === 0;
}
