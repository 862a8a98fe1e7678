import type { Calendar } from '../../accounting/calendar/calendar.js';
import { civilOf, dayInMonth, monthIndex } from '../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../accounting/money/units.js';
import type { DarkPeriod, SettlementTerms } from '../terms/settlement.js';

/** What the day of a settlement hangs on. */
export type SettlementDays = Pick<SettlementTerms, 'days' | 'dark'>;

/**
 * The day on which what is owed of a business date is settled: the `days`-th working day after it
 * (0: itself, or the next working day), out of dark periods. Null: after `through`, beyond which no
 * calendar is asked. Throws Refusal `calendar_year_not_loaded`.
 */
export function settlementDay(
  { days, dark }: SettlementDays,
  calendar: Calendar,
  businessDate: EpochDay,
  through: EpochDay,
): EpochDay | null {
  let day = days === 0 ? workedFrom(calendar, businessDate, through) : businessDate;
  for (let left = days; left > 0 && day !== null; left -= 1) {
    day = workedFrom(calendar, day + 1, through);
  }
  while (day !== null) {
    const hidden = periodOf(dark, day);
    if (hidden === undefined) break;
    day = workedFrom(calendar, hidden.to + 1, through);
  }
  return day;
}

/** Whether no later day of the month is worked and not dark. */
export function isLastOfMonth(dark: readonly DarkPeriod[], calendar: Calendar, day: EpochDay) {
  const last = dayInMonth(monthIndex(civilOf(day)), 31);
  for (let later = day + 1; later <= last; later += 1) {
    if (calendar.isWorkingDay(later) && periodOf(dark, later) === undefined) return false;
  }
  return true;
}

function workedFrom(calendar: Calendar, from: EpochDay, through: EpochDay): EpochDay | null {
  for (let day = from; day <= through; day += 1) if (calendar.isWorkingDay(day)) return day;
  return null;
}

function periodOf(dark: readonly DarkPeriod[], day: EpochDay): DarkPeriod | undefined {
  return dark.find(({ from, to }) => from <= day && day <= to);
}
