import { formatDay, parseDay } from '../../accounting/calendar/epoch-day.js';

declare const unit: unique symbol;

/** Milliseconds since 1970-01-01T00:00Z, a safe integer. */
export type Instant = number & { readonly [unit]?: 'instant' };

/** A length of time in milliseconds, not negative. */
export type Duration = number & { readonly [unit]?: 'duration' };

export const SECOND: Duration = 1000;
export const MINUTE: Duration = 60 * SECOND;
const HOUR: Duration = 60 * MINUTE;
export const DAY: Duration = 24 * HOUR;

const INSTANT = /^([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})Z$/;
const DURATION = /^([0-9]{1,9})([smh])$/;
const UNITS: Readonly<Record<string, Duration>> = { s: SECOND, m: MINUTE, h: HOUR };

/** `YYYY-MM-DDTHH:MM:SSZ`, a whole second; undefined unless it is exactly that and real. */
export function parseInstant(text: string): Instant | undefined {
  const [, date = '', hour, minute, second] = INSTANT.exec(text) ?? [];
  const day = parseDay(date);
  if (day === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) {
    return undefined;
  }
  return day * DAY + Number(hour) * HOUR + Number(minute) * MINUTE + Number(second) * SECOND;
}

/** The same text of an instant; what is below a second is cut off. */
export function formatInstant(instant: Instant): string {
  const day = Math.floor(instant / DAY);
  const seconds = Math.floor((instant - day * DAY) / SECOND);
  const parts = [seconds / 3600, (seconds / 60) % 60, seconds % 60];
  return `${formatDay(day)}T${parts.map(twoDigits).join(':')}Z`;
}

/** A whole number of seconds, minutes or hours: `90s`, `5m`, `2h`. */
export function parseDuration(text: string): Duration | undefined {
  const [, count, letter = ''] = DURATION.exec(text) ?? [];
  const length = UNITS[letter];
  return length === undefined ? undefined : Number(count) * length;
}

function twoDigits(value: number): string {
  return String(Math.floor(value)).padStart(2, '0');
}
