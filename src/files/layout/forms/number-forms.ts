import { parseRatePpb } from '../../../accounting/money/amount-text.js';
import type { Form } from './form.js';

const DECIMAL = /^([0-9]+)(?:\.([0-9]+))?$/;
const INTEGER = /^(-?)0*([0-9]{1,18})$/;
/** Decimals that a rate of ours can have. */
const RATE_DECIMALS = 9;
const WHOLE_DIGITS_MAX = 9;

const SHIFTS = { fraction: 0, percent: 2, per_mille: 3 } as const;
export type RateUnit = keyof typeof SHIFTS;
const MARKS = { fraction: '', percent: '%', per_mille: '‰' } as const;

/**
 * Rates as fractions: 14.07 per cent, or 14.07%, is 0.1407 with us. Exact, not negative, nine
 * decimals at most.
 */
export function rateForm(unit: RateUnit, decimal: '.' | ','): Form {
  const shift = SHIFTS[unit];
  const mark = MARKS[unit];
  const turned = (text: string, by: number): string | undefined => {
    const found = DECIMAL.exec(text);
    if (found === null) return undefined;
    const [, whole = '', fraction = ''] = found;
    const digits = by < 0 ? whole.padStart(1 - by, '0') + fraction : whole + fraction;
    const places = by < 0 ? fraction.length - by : Math.max(fraction.length - by, 0);
    const filled = by > 0 ? digits.padEnd(whole.length + by, '0') : digits;
    const point = filled.length - places;
    const ahead = filled.slice(0, point).replace(/^0+(?=[0-9])/, '');
    const behind = filled.slice(point).replace(/0+$/, '');
    if (behind.length > RATE_DECIMALS || ahead.length > WHOLE_DIGITS_MAX) return undefined;
    return behind === '' ? ahead : `${ahead}.${behind}`;
  };
  const read = (text: string): string | undefined => {
    if (decimal === ',' && text.includes('.')) return undefined;
    const dotted = decimal === ',' ? text.replace(',', '.') : text;
    const bare = mark !== '' && dotted.endsWith(mark) ? dotted.slice(0, -1) : dotted;
    const ours = turned(bare, -shift);
    // What no column of ours could take is no rate: more than 9,007,199.
    return ours === undefined || parseRatePpb(ours) === undefined ? undefined : ours;
  };
  const write = (ours: string): string | undefined => {
    const text = turned(ours, shift);
    return decimal === ',' ? text?.replace('.', ',') : text;
  };
  return { rule: 'rate', read, write };
}

/** Whole numbers of 18 digits at most, without leading zeros with us. */
export const integerForm: Form = {
  rule: 'integer',
  read: canonicalInteger,
  write: canonicalInteger,
};

function canonicalInteger(text: string): string | undefined {
  const found = INTEGER.exec(text);
  if (found === null) return undefined;
  const [, sign = '', digits = ''] = found;
  return digits === '0' ? digits : sign + digits;
}
