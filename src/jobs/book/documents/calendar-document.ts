import type { z } from 'zod';
import { Calendar } from '../../../accounting/calendar/calendar.js';
import { parseDay, yearOf } from '../../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { date, integer, listOf, mapping, words } from '../../../documents/fields.js';
import { readDocumentText } from '../../../documents/read-text.js';
import {
  checkShape,
  type DocumentSource,
  refuseViolations,
  type Violation,
} from '../../../documents/violations.js';

/** The years that a book keeps a calendar of. */
const YEAR_MIN = 1900;
const YEAR_MAX = 9998;

const calendarSchema = mapping({
  name: words().optional(),
  years: listOf(integer(YEAR_MIN, YEAR_MAX)).optional(),
  holidays: listOf(date()).default([]),
  workdays: listOf(date()).default([]),
});

/** A checked calendar document: plain JSON, dates as text. */
export type CalendarDocument = z.output<typeof calendarSchema>;

export interface CheckedCalendar {
  readonly document: CalendarDocument;
  readonly calendar: Calendar;
}

/** A calendar document from YAML or JSON text; throws LoanbookError `invalid_document`. */
export function parseCalendarDocument(text: string, sourceName: string): CheckedCalendar {
  return calendarFromValue(readDocumentText(text, sourceName), { name: sourceName });
}

/** The same from a value that was read before. `years` defaults to the years its dates name. */
export function calendarFromValue(value: unknown, source: DocumentSource): CheckedCalendar {
  const document = checkShape(calendarSchema, value, source);
  const free = new Set(document.holidays);
  refuseViolations(source, [
    ...outOfRange('holidays', document.holidays),
    ...outOfRange('workdays', document.workdays),
    ...document.workdays.flatMap((day, k) =>
      free.has(day) ? [{ path: `workdays[${k}]`, rule: 'is a holiday too', value: day }] : [],
    ),
  ]);
  const holidays = document.holidays.map(epochDay);
  const workdays = document.workdays.map(epochDay);
  const years = document.years ?? [...holidays, ...workdays].map(yearOf);
  return { document, calendar: new Calendar({ holidays, workdays, years }) };
}

function outOfRange(key: string, days: readonly string[]): Violation[] {
  const rule = `must be in the years ${YEAR_MIN} to ${YEAR_MAX}`;
  return days.flatMap((day, k) => {
    const year = yearOf(epochDay(day));
    return year < YEAR_MIN || year > YEAR_MAX ? [{ path: `${key}[${k}]`, rule, value: day }] : [];
  });
}

/** A checked document holds no date that does not parse. */
function epochDay(text: string): EpochDay {
  const day = parseDay(text);
  if (day === undefined) throw new TypeError(`unchecked date ${text}`);
  return day;
}
