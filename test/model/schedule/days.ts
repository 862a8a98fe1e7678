/** Days as counts since 1970-01-01. */
const DAY_MS = 86_400_000;

export function dayOf(text: string): number {
  const day = Date.parse(`${text}T00:00:00Z`) / DAY_MS;
  if (!Number.isInteger(day)) throw new Error(`not a date: ${text}`);
  return day;
}

export function dateText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

export interface Parts {
  year: number;
  /** 0 to 11 */
  month: number;
  day: number;
}

export function partsOf(day: number): Parts {
  const date = new Date(day * DAY_MS);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth(), day: date.getUTCDate() };
}

export function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
}

/** The day `months` months after the month of `from`, on day `onDay` or the month's last. */
export function monthsOn(from: number, months: number, onDay: number): number {
  const { year, month } = partsOf(from);
  const target = year * 12 + month + months;
  const [targetYear, targetMonth] = [Math.floor(target / 12), target % 12];
  const day = Math.min(onDay, daysInMonth(targetYear, targetMonth));
  return Date.UTC(targetYear, targetMonth, day) / DAY_MS;
}

export function yearLength(year: number): number {
  return daysInMonth(year, 1) === 29 ? 366 : 365;
}

/** The whole months from `start` to `end`, and the days left over. */
export function monthsAndDays(start: number, end: number): { months: number; days: number } {
  const anchor = partsOf(start).day;
  let months = 0;
  while (monthsOn(start, months + 1, anchor) <= end) months += 1;
  const reached = months === 0 ? start : monthsOn(start, months, anchor);
  return { months, days: end - reached };
}

export interface CalendarDocument {
  holidays?: string[];
  workdays?: string[];
  years?: number[];
}

export type NextWorkingDay = (day: number) => number;

/** Without a calendar every day is a working day. */
export function nextWorkingDay(calendar: CalendarDocument | null | undefined): NextWorkingDay {
  if (!calendar) return (day) => day;
  const holidays = new Set((calendar.holidays ?? []).map(dayOf));
  const workdays = new Set((calendar.workdays ?? []).map(dayOf));
  const named = [...holidays, ...workdays].map((day) => partsOf(day).year);
  const years = new Set(calendar.years ?? named);
  const isFree = (day: number): boolean => {
    const { year } = partsOf(day);
    if (!years.has(year)) throw new Error(`the calendar of ${year} is not loaded`);
    if (workdays.has(day)) return false;
    // 1970-01-01 was a Thursday, so Saturday and Sunday are 2 and 3.
    const weekday = day % 7;
    return holidays.has(day) || weekday === 2 || weekday === 3;
  };
  return (from) => {
    let day = from;
    while (isFree(day)) day += 1;
    return day;
  };
}
