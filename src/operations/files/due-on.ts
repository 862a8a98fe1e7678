import type { Calendar } from '../../accounting/calendar/calendar.js';
import { civilOf, dayOf, daysInMonth, eachDay } from '../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../accounting/money/units.js';

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** Which business dates: all that is named has to hold. A minus counts from the month's end. */
export interface DueOn {
  readonly months?: readonly number[] | undefined;
  readonly weekdays?: readonly Weekday[] | undefined;
  readonly working?: boolean | undefined;
  readonly month_day?: readonly number[] | undefined;
  readonly working_day?: readonly number[] | undefined;
}

/** Throws Refusal `calendar_year_not_loaded` where it has to know whether a day is worked. */
export function isDueOn(on: DueOn, calendar: Calendar, day: EpochDay): boolean {
  const { year, month } = civilOf(day);
  if (on.months?.includes(month) === false) return false;
  // 1970-01-01 was a Thursday.
  const weekday = WEEKDAYS[(((day + 3) % 7) + 7) % 7]!;
  if (on.weekdays?.includes(weekday) === false) return false;
  const first = dayOf(year, month, 1);
  const days = eachDay(first, first + daysInMonth(year, month) - 1);
  if (on.month_day !== undefined && !isNamed(on.month_day, days, day)) return false;
  if (on.working !== undefined && calendar.isWorkingDay(day) !== on.working) return false;
  if (on.working_day === undefined) return true;
  const worked = days.filter((each) => calendar.isWorkingDay(each));
  return isNamed(on.working_day, worked, day);
}

function isNamed(numbers: readonly number[], days: readonly EpochDay[], day: EpochDay): boolean {
  return numbers.some((number) => days.at(number > 0 ? number - 1 : number) === day);
}
