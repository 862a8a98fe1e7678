import type { Calendar } from '../../accounting/calendar/calendar.js';
import { civilOf, dayOf, daysInMonth, eachDay } from '../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../accounting/money/units.js';

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** Which business dates: all that is named must hold, of each list one; null names nothing. */
export interface Condition {
  readonly months: readonly number[] | null;
  readonly weekdays: readonly Weekday[] | null;
  /** Days of the month, with a minus from its end: -1 is the last. */
  readonly monthDay: readonly number[] | null;
  readonly working: boolean | null;
  /** The same of the month's worked days. */
  readonly workingDay: readonly number[] | null;
}

/**
 * Whether a condition holds for a business date. Throws Refusal `calendar_year_not_loaded` where
 * it asks for days of a year that the calendar does not hold.
 */
export function holdsOn(condition: Condition, day: EpochDay, calendar: Calendar): boolean {
  const { months, weekdays, monthDay, working, workingDay } = condition;
  const { year, month, day: ofMonth } = civilOf(day);
  const length = daysInMonth(year, month);
  if (months !== null && !months.includes(month)) return false;
  if (weekdays !== null && !weekdays.includes(weekdayOf(day))) return false;
  if (monthDay !== null && !names(monthDay, ofMonth, length)) return false;
  if (working !== null && calendar.isWorkingDay(day) !== working) return false;
  if (workingDay === null) return true;
  const first = dayOf(year, month, 1);
  const worked = eachDay(first, first + length - 1).filter((each) => calendar.isWorkingDay(each));
  return worked.includes(day) && names(workingDay, worked.indexOf(day) + 1, worked.length);
}

/** Whether a list names the place of that number, from the start or, with a minus, the end. */
function names(list: readonly number[], place: number, places: number): boolean {
  return list.includes(place) || list.includes(place - places - 1);
}

/** 1970-01-01 was a Thursday. */
function weekdayOf(day: EpochDay): Weekday {
  return WEEKDAYS[(((day + 3) % 7) + 7) % 7]!;
}
