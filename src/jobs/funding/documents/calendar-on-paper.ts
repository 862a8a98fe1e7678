import { Calendar } from '../../../accounting/calendar/calendar.js';
import { Refusal } from '../../../accounting/money/refusal.js';
import { invalidDocument } from '../../../documents/violations.js';
import { calendarFromValue } from '../../book/documents/calendar-document.js';

/** The calendar of a case; every day is worked where there is none. */
export function calendarOnPaper(value: unknown, name: string): Calendar {
  if (value === undefined) return Calendar.everyDayWorks;
  return calendarFromValue(value, { name, path: 'calendar' }).calendar;
}

/** A day that is not in the calendar is the document's fault. */
export function withinCalendar<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { message, evidence } = error;
    const rule = `must hold the days that are asked for: ${message}`;
    throw invalidDocument({ name }, [{ path: 'calendar.years', rule, value: evidence.day }]);
  }
}
