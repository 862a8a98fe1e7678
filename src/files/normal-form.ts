/** Fields of a customer that are masked in a way of their own; anything else is hidden whole. */
export const MASKED_FIELDS = [
  'name',
  'id_number',
  'phone',
  'account',
  'email',
  'address',
  'birth',
] as const;
export type MaskedField = (typeof MASKED_FIELDS)[number];

/**
 * The form in which a value is compared, looked up and masked (Unicode NFKC first, so full width is
 * half width): an identity number without blanks in capitals, a phone as digits less 0086 or the 86
 * of thirteen, an account as digits, a name trimmed with single blanks in capitals, anything else
 * trimmed.
 */
export function normalForm(field: string, value: string): string {
  const text = value.normalize('NFKC');
  switch (field) {
    case 'id_number':
      return text.replace(/\s+/gu, '').toUpperCase();
    case 'phone':
      return homePhone(text.replace(/[^0-9]+/g, ''));
    case 'account':
      return text.replace(/[^0-9]+/g, '');
    case 'name':
      return singleBlanks(text).toUpperCase();
    default:
      return text.trim();
  }
}

/** Trimmed, and single blanks inside. */
export function singleBlanks(text: string): string {
  return text.replace(/\s+/gu, ' ').trim();
}

/** Digits without the prefix of the country. */
function homePhone(digits: string): string {
  if (digits.startsWith('0086')) return digits.slice(4);
  return digits.length === 13 && digits.startsWith('86') ? digits.slice(2) : digits;
}

const ID_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const ID_CHECKS = '10X98765432';

/** Whether 18 characters in normal form end with their check character (GB 11643, ISO 7064). */
export function hasIdCheck(number: string): boolean {
  if (!/^[0-9]{17}[0-9X]$/.test(number)) return false;
  const sum = ID_WEIGHTS.reduce((total, weight, at) => total + weight * Number(number[at]), 0);
  return number[17] === ID_CHECKS[sum % 11];
}

/** Whether digits end with their check digit (ISO/IEC 7812, Luhn). */
export function hasLuhnCheck(digits: string): boolean {
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const digit = Number(digits[digits.length - 1 - at]);
    const counted = at % 2 === 0 ? digit : 2 * digit;
    sum += counted > 9 ? counted - 9 : counted;
  }
  return sum % 10 === 0;
}
