import { formatDay, parseDay } from '../../../accounting/calendar/epoch-day.js';
import { formatAmount, parseRatePpb } from '../../../accounting/money/amount-text.js';
import { type ColumnMapping, DATE_TOKEN } from '../documents/mapping-document.js';

/** How the text of a source column becomes ours. */
export interface Transform {
  /** Undefined when the text cannot be turned. */
  turn(text: string): string | undefined;
  /** The rule that such a text breaks. */
  readonly rule: string;
}

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const RATE_DECIMALS = 9;

const PATTERN_OF: Readonly<Record<string, string>> = {
  YYYY: '(?<year>[0-9]{4})',
  MMM: '(?<name>[A-Za-z]{3})',
  MM: '(?<month>[0-9]{2})',
  M: '(?<month>[0-9]{1,2})',
  DD: '(?<day>[0-9]{2})',
  D: '(?<day>[0-9]{1,2})',
};

/** The transformation of a mapped column; undefined when its text is taken as it is. */
export function transformOf(column: ColumnMapping): Transform | undefined {
  const { values, percent, date, prefix } = column;
  const inner = innerOf(values, percent, date);
  if (prefix === undefined) return inner;
  return {
    rule: inner?.rule ?? '',
    turn: (text) => {
      const turned = inner === undefined ? text : inner.turn(text);
      return turned === undefined ? undefined : prefix + turned;
    },
  };
}

function innerOf(
  values: ColumnMapping['values'],
  percent: boolean,
  date: string | undefined,
): Transform | undefined {
  if (values !== undefined) {
    const map = new Map(Object.entries(values));
    return { rule: 'value_not_mapped', turn: (text) => map.get(text) };
  }
  if (percent) return { rule: 'malformed_rate', turn: percentToRate };
  if (date !== undefined) {
    const pattern = datePattern(date);
    return { rule: 'malformed_date', turn: (text) => turnDate(pattern, text) };
  }
  return undefined;
}

/** `14.07` is `0.1407`, exactly. */
function percentToRate(text: string): string | undefined {
  const ppb: number | undefined = parseRatePpb(text, true);
  return ppb === undefined ? undefined : formatAmount(ppb, RATE_DECIMALS).replace(/\.?0+$/, '');
}

function datePattern(format: string): RegExp {
  let pattern = '';
  let at = 0;
  for (const match of format.matchAll(DATE_TOKEN)) {
    pattern += escaped(format.slice(at, match.index)) + PATTERN_OF[match[0]];
    at = match.index + match[0].length;
  }
  return new RegExp(`^${pattern}${escaped(format.slice(at))}$`);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

/** A date without a day is the first of its month. */
function turnDate(pattern: RegExp, text: string): string | undefined {
  const found = pattern.exec(text)?.groups;
  if (found === undefined) return undefined;
  const { year = '', name, day = '1' } = found;
  const month = name === undefined ? (found.month ?? '') : String(monthOf(name));
  const parsed = parseDay(`${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`);
  return parsed === undefined ? undefined : formatDay(parsed);
}

/** 1 to 12; 0 for no month. */
function monthOf(name: string): number {
  return MONTHS.indexOf(name.toLowerCase()) + 1;
}
