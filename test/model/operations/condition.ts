import type { CalendarPart, WhenPart } from './documents.js';
import { dayAfter } from './wall.js';

const WEEK = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** Whether all that a condition names holds for a business date. */
export function isDue(when: WhenPart, date: string, calendar: CalendarPart | null): boolean {
  const days = Array.from({ length: 31 }, (_, k) => dayAfter(`${date.slice(0, 8)}01`, k)).filter(
    (day) => day.slice(0, 7) === date.slice(0, 7),
  );
  const worked = days.filter((day) => isWorked(day, calendar));
  const among = (list: string[], place: number) =>
    (place > 0 ? list[place - 1] : list[list.length + place]) === date;
  return (
    (when.months?.includes(Number(date.slice(5, 7))) ?? true) &&
    (when.weekdays?.includes(weekday(date)) ?? true) &&
    (when.working === undefined || when.working === worked.includes(date)) &&
    (when.month_day?.some((place) => among(days, place)) ?? true) &&
    (when.working_day?.some((place) => among(worked, place)) ?? true)
  );
}

function isWorked(date: string, calendar: CalendarPart | null): boolean {
  if (calendar === null || calendar.workdays.includes(date)) return true;
  return !calendar.holidays.includes(date) && !['sat', 'sun'].includes(weekday(date));
}

function weekday(date: string): string {
  return WEEK[new Date(`${date}T00:00:00Z`).getUTCDay()]!;
}
