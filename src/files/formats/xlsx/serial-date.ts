import { formatDay, parseDay } from '../../../accounting/calendar/epoch-day.js';

/** What a number format shows of a number. */
export type DateForm = 'date' | 'time' | 'both' | 'elapsed';

const DAY_SECONDS = 86_400;
/** 31 December 9999 in the 1900 system. */
const SERIAL_MAX = 2_958_465;
const DAY_0_OF_1900 = parseDay('1899-12-30')!;
const DAY_0_OF_1904 = parseDay('1904-01-01')!;
/** A spreadsheet counts a 29 February 1900 that never was; before it days are one further. */
const NEVER = 60;

/** Forms of the built-in formats, those of the Chinese table too; others are numbers. */
const BUILT_IN: ReadonlyMap<number, DateForm> = new Map([
  ...range(14, 17, 'date'),
  ...range(18, 21, 'time'),
  [22, 'both'],
  ...range(27, 31, 'date'),
  ...range(32, 35, 'time'),
  [36, 'date'],
  [45, 'time'],
  [46, 'elapsed'],
  [47, 'time'],
  ...range(50, 54, 'date'),
  ...range(55, 56, 'time'),
  ...range(57, 58, 'date'),
]);

function range(from: number, to: number, form: DateForm): [number, DateForm][] {
  return Array.from({ length: to - from + 1 }, (_, at) => [from + at, form]);
}

export function builtInForm(id: number): DateForm | undefined {
  return BUILT_IN.get(id);
}

/** What a format's code makes of a number; undefined: a number. */
export function formOfCode(code: string): DateForm | undefined {
  const bare = code
    .replace(/"[^"]*"|\\.|_.|\*./g, '')
    .replace(/\[(?:h+|m+|s+)\]/gi, '\u0001')
    .replace(/\[[^\]]*\]/g, '')
    .replace(/AM\/PM|A\/P|上午\/下午/gi, '')
    .split(';')[0]!
    .toLowerCase();
  if (/general|standard/.test(bare)) return undefined;
  if (bare.includes('\u0001')) return 'elapsed';
  const hasTime = /[hs]/.test(bare);
  const hasDate = /[yd]/.test(bare) || (bare.includes('m') && !hasTime);
  if (hasDate) return hasTime ? 'both' : 'date';
  return hasTime ? 'time' : undefined;
}

/**
 * A date that is stored as a number, as its format shows it: `YYYY-MM-DD`, `HH:mm:ss`, or both with
 * a blank between, to the second. Undefined where the number is no date: below 0, beyond 9999, or
 * the 29 February 1900.
 */
export function serialText(serial: number, form: DateForm, is1904: boolean): string | undefined {
  if (!(serial >= 0 && serial < SERIAL_MAX + 1)) return undefined;
  const seconds = Math.round(serial * DAY_SECONDS);
  const day = Math.floor(seconds / DAY_SECONDS);
  if (form === 'elapsed') return timeText(seconds);
  const time = timeText(seconds - day * DAY_SECONDS);
  if (form === 'time' && day === 0) return time;
  const date = dateText(day, is1904);
  if (date === undefined || form === 'date') return date;
  return form === 'time' && time === '00:00:00' ? date : `${date} ${time}`;
}

function dateText(day: number, is1904: boolean): string | undefined {
  if (is1904) return formatDay(DAY_0_OF_1904 + day);
  if (day === NEVER || day === 0) return undefined;
  return formatDay(DAY_0_OF_1900 + day + (day < NEVER ? 1 : 0));
}

function timeText(seconds: number): string {
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

const ISO = /^(?:(\d{4}-\d{2}-\d{2})(?:T|$))?(?:(\d{2}:\d{2})(?::(\d{2}))?(?:\.\d+)?)?Z?$/;

/** A date that is stored as ISO 8601, likewise; midnight is left out where no time is shown. */
export function isoText(value: string, form: DateForm | undefined): string | undefined {
  const [all, date, minutes, seconds = '00'] = ISO.exec(value) ?? [];
  if (all === undefined || all === '' || (date !== undefined && parseDay(date) === undefined)) {
    return undefined;
  }
  const time = minutes === undefined ? undefined : `${minutes}:${seconds}`;
  if (date === undefined) return time;
  const showsTime = form === 'both' || (time !== undefined && time !== '00:00:00');
  return showsTime && form !== 'date' ? `${date} ${time ?? '00:00:00'}` : date;
}
