import { formatDay, parseDay } from '../../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { field } from '../../../documents/fields.js';
import type { Instant } from '../../../operations/files/file-row.js';

const DAY_SECONDS = 86_400;
/** Asia/Shanghai, without summer time since 1991. */
const BOOK_ZONE_SECONDS = 8 * 3600;

const INSTANT = /^([0-9-]{10})T([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])Z$/;
const WALL_TIME = /^([01][0-9]|2[0-3]):([0-5][0-9])$/;
const DURATION = /^([0-9]{1,6})([smh])$/;
const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** An instant in UTC, in whole seconds. */
export function instant() {
  const rule = 'must be an instant in UTC, YYYY-MM-DDTHH:MM:SSZ';
  return field(rule, { type: 'string', format: 'date-time' }, (text): Instant | undefined => {
    const [, date = '', hours, minutes, seconds] = INSTANT.exec(text) ?? [];
    const day = parseDay(date);
    if (day === undefined) return undefined;
    return day * DAY_SECONDS + Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  });
}

/** `YYYY-MM-DDTHH:MM:SSZ`. */
export function formatInstant(at: Instant): string {
  const day = Math.floor(at / DAY_SECONDS);
  const rest = at - day * DAY_SECONDS;
  const two = (number: number) => String(Math.floor(number)).padStart(2, '0');
  const time = [rest / 3600, (rest / 60) % 60, rest % 60].map(two).join(':');
  return `${formatDay(day)}T${time}Z`;
}

/** A time of the day on the wall, in seconds. */
export function wallTime() {
  const rule = 'must be a time of the day, HH:MM';
  return field(rule, { type: 'string', pattern: WALL_TIME.source }, (text) => {
    const [, hours, minutes] = WALL_TIME.exec(text) ?? [];
    return hours === undefined ? undefined : Number(hours) * 3600 + Number(minutes) * 60;
  });
}

/** A length of time such as `60s`, `5m`, `2h`, in seconds. */
export function duration() {
  const rule = 'must be a length of time such as 60s, 5m or 2h';
  return field(rule, { type: 'string', pattern: DURATION.source }, (text) => {
    const [, count, unit = ''] = DURATION.exec(text) ?? [];
    return count === undefined ? undefined : Number(count) * UNITS[unit]!;
  });
}

/** The instant of a wall time of the book's time zone. */
export function bookInstant(day: EpochDay, wall: number): Instant {
  return day * DAY_SECONDS + wall - BOOK_ZONE_SECONDS;
}
