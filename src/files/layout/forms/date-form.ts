import { dayOf, formatDay, parseDay } from '../../../accounting/calendar/epoch-day.js';
import { type Form, remembering } from './form.js';

const TOKEN = /YYYY|YY|MMM|MM|M|DD|D|HH|H|mm|ss|SSS/g;
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const ZONE = /^([+-])([0-9]{2}):([0-9]{2}) to ([+-])([0-9]{2}):([0-9]{2})$/;
const MINUTES_A_DAY = 1440;
const SERIAL = /^([0-9]{1,7})(?:\.[0-9]+)?$/;
/** Where a two-digit year begins: 70 is 1970, 69 is 2069. */
const CENTURY_FROM = 70;

const PATTERNS: Readonly<Record<string, string>> = {
  YYYY: '(?<year>[0-9]{4})',
  YY: '(?<short>[0-9]{2})',
  MMM: '(?<name>[A-Za-z]{3})',
  MM: '(?<month>[0-9]{2})',
  M: '(?<month>[0-9]{1,2})',
  DD: '(?<day>[0-9]{2})',
  D: '(?<day>[0-9]{1,2})',
  HH: '(?<hour>[0-9]{2})',
  H: '(?<hour>[0-9]{1,2})',
  mm: '(?<minute>[0-9]{2})',
  ss: '(?<second>[0-9]{2})',
  SSS: '[0-9]{1,9}',
};
const KINDS: Readonly<Record<string, string>> = {
  YYYY: 'year',
  YY: 'year',
  MMM: 'month',
  MM: 'month',
  M: 'month',
  DD: 'day',
  D: 'day',
  HH: 'hour',
  H: 'hour',
  mm: 'minute',
  ss: 'second',
  SSS: 'fraction',
};

/** Serial numbers of days: Excel's of 1900, with its 29 February that never was, and of 1904. */
const SERIALS = { serial: 'serial', serial1904: 'serial1904' } as const;

/** What is wrong with a date format; undefined: nothing. */
export function dateFormatProblem(format: string): string | undefined {
  if (format in SERIALS) return undefined;
  const kinds = (format.match(TOKEN) ?? []).map((token) => KINDS[token]);
  const rest = format.replace(TOKEN, '').replace(/[TZ]/g, '');
  if (kinds.length !== new Set(kinds).size) return 'must name each part once';
  if (!kinds.includes('year') || !kinds.includes('month')) {
    return 'must hold YYYY or YY, and MMM, MM or M; or be serial or serial1904';
  }
  if (/[A-Za-z0-9]/.test(rest)) {
    return 'may hold YYYY YY MMM MM M DD D HH H mm ss SSS, and no other letter or digit but T, Z';
  }
  return undefined;
}

/** Whether a format has a time that a zone may shift: hours and minutes. */
export function hasTime(format: string): boolean {
  const kinds = (format.match(TOKEN) ?? []).map((token) => KINDS[token]);
  return kinds.includes('hour') && kinds.includes('minute');
}

/** Minutes that are added to a time; undefined where the zones cannot be read. */
export function zoneShift(zone: string): number | undefined {
  const found = ZONE.exec(zone);
  if (found === null) return undefined;
  const [, from, fromHours, fromMinutes, to, toHours, toMinutes] = found;
  const offset = (sign: string | undefined, hours = '', minutes = '') =>
    (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  return offset(to, toHours, toMinutes) - offset(from, fromHours, fromMinutes);
}

/** Dates: a format of ours, a time that a zone shifts first; without a day the first of a month. */
export function dateForm(format: string, zone?: string): Form {
  if (format in SERIALS) return serialForm(format === 'serial1904');
  const shift = zone === undefined ? 0 : (zoneShift(zone) ?? 0);
  if (format === 'YYYY-MM-DD') {
    const same = remembering((text) => (parseDay(text) === undefined ? undefined : text));
    return { rule: 'date', read: same, write: same };
  }
  const pattern = patternOf(format);
  const read = remembering((text) => readDate(text, pattern, shift));
  const write = remembering((day) => {
    const text = writeDate(day, format, shift);
    return text !== undefined && read(text) === day ? text : undefined;
  });
  return { rule: 'date', read, write };
}

function patternOf(format: string): RegExp {
  let pattern = '';
  let at = 0;
  for (const { 0: token, index } of format.matchAll(TOKEN)) {
    pattern += escaped(format.slice(at, index)) + PATTERNS[token];
    at = index + token.length;
  }
  return new RegExp(`^${pattern}${escaped(format.slice(at))}$`);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

function readDate(text: string, pattern: RegExp, shift: number): string | undefined {
  const found = pattern.exec(text)?.groups;
  if (found === undefined) return undefined;
  const { short, name, day = '1', hour = '0', minute = '0', second = '0' } = found;
  const year = short === undefined ? (found.year ?? '') : longYear(short);
  const month = name === undefined ? (found.month ?? '') : String(monthOf(name));
  const parsed = parseDay(`${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`);
  if (parsed === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) {
    return undefined;
  }
  const minutes = Number(hour) * 60 + Number(minute) + shift;
  return textOf(parsed + Math.floor(minutes / MINUTES_A_DAY));
}

function writeDate(day: string, format: string, shift: number): string | undefined {
  const parsed = parseDay(day);
  if (parsed === undefined) return undefined;
  const minutes = -shift;
  const at = textOf(parsed + Math.floor(minutes / MINUTES_A_DAY));
  if (at === undefined) return undefined;
  const [year = '', month = '', date = ''] = at.split('-');
  const clock = ((minutes % MINUTES_A_DAY) + MINUTES_A_DAY) % MINUTES_A_DAY;
  const hours = String(Math.floor(clock / 60));
  const parts: Readonly<Record<string, string>> = {
    YYYY: year,
    YY: year.slice(2),
    MMM: MONTHS[Number(month) - 1] ?? '',
    MM: month,
    M: String(Number(month)),
    DD: date,
    D: String(Number(date)),
    HH: hours.padStart(2, '0'),
    H: hours,
    mm: String(clock % 60).padStart(2, '0'),
    ss: '00',
    SSS: '000',
  };
  return format.replace(TOKEN, (token) => parts[token] ?? '');
}

function serialForm(is1904: boolean): Form {
  const first = is1904 ? dayOf(1904, 1, 1) : dayOf(1899, 12, 30);
  const read = remembering((text) => {
    const found = SERIAL.exec(text);
    if (found === null) return undefined;
    const serial = Number(found[1]);
    if (is1904) return textOf(first + serial);
    // Day 60 is a 29 February 1900; what is before it counts from one day later.
    if (serial === 60 || serial === 0) return undefined;
    return textOf(first + serial + (serial < 60 ? 1 : 0));
  });
  const write = (day: string): string | undefined => {
    const parsed = parseDay(day);
    if (parsed === undefined) return undefined;
    const far = parsed - first;
    const serial = is1904 || far > 60 ? far : far - 1;
    return serial >= 0 && read(String(serial)) === day ? String(serial) : undefined;
  };
  return { rule: 'date', read, write };
}

function textOf(day: number): string | undefined {
  const isInRange = day >= dayOf(1, 1, 1) && day <= dayOf(9999, 12, 31);
  return isInRange ? formatDay(day) : undefined;
}

function longYear(short: string): string {
  return (Number(short) >= CENTURY_FROM ? '19' : '20') + short;
}

/** 1 to 12; 0 for no month. */
function monthOf(name: string): number {
  return MONTHS.findIndex((month) => month.toLowerCase() === name.toLowerCase()) + 1;
}
