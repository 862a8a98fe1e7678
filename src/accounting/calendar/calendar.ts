import { Refusal } from '../money/refusal.js';
import type { EpochDay } from '../money/units.js';
import { formatDay, yearOf } from './epoch-day.js';

/** What a holiday and the days of grace make of a due date together. */
export type PostponeMode = 'max' | 'min' | 'grace_then_holiday' | 'holiday_then_grace' | 'any';

export interface CalendarDays {
  readonly holidays: Iterable<EpochDay>;
  /** Weekend days that are worked. */
  readonly workdays: Iterable<EpochDay>;
  /** The calendar years that are known; asking for another is refused. */
  readonly years: Iterable<number>;
}

/** Which days are worked. Weekends are free unless named as worked. */
export class Calendar {
  /** Without a calendar every day is a working day. */
  static readonly everyDayWorks: Calendar = new Calendar(null);

  readonly #days: {
    readonly holidays: ReadonlySet<EpochDay>;
    readonly workdays: ReadonlySet<EpochDay>;
    readonly years: ReadonlySet<number>;
  } | null;

  constructor(days: CalendarDays | null) {
    this.#days =
      days === null
        ? null
        : {
            holidays: new Set(days.holidays),
            workdays: new Set(days.workdays),
            years: new Set(days.years),
          };
  }

  /** Throws Refusal `calendar_year_not_loaded` when the day's year is not known. */
  isWorkingDay(day: EpochDay): boolean {
    const days = this.#days;
    if (days === null) return true;
    const year = yearOf(day);
    if (!days.years.has(year)) {
      throw new Refusal('calendar_year_not_loaded', `the calendar does not hold ${year}`, {
        year,
        day: formatDay(day),
      });
    }
    if (days.workdays.has(day)) return true;
    return !days.holidays.has(day) && !isWeekend(day);
  }

  /** The day itself if it is worked, else the next one that is. */
  workingDayOnOrAfter(day: EpochDay): EpochDay {
    let candidate = day;
    while (!this.isWorkingDay(candidate)) candidate += 1;
    return candidate;
  }
}

/**
 * The last penalty-free day of an instalment (CONVENTIONS, Overdue): grace days and the next
 * working day combined by `mode`. Never before the due date.
 */
export function lastFreeDay(
  dueOn: EpochDay,
  graceDays: number,
  mode: PostponeMode,
  calendar: Calendar,
): EpochDay {
  const graceEnd = dueOn + graceDays;
  if (mode === 'grace_then_holiday') return calendar.workingDayOnOrAfter(graceEnd);
  const postponed = calendar.workingDayOnOrAfter(dueOn);
  switch (mode) {
    case 'holiday_then_grace':
      return postponed + graceDays;
    case 'max':
      return Math.max(postponed, graceEnd);
    case 'min':
      return Math.min(postponed, graceEnd);
    case 'any':
      return Math.max(calendar.workingDayOnOrAfter(graceEnd), postponed + graceDays);
  }
}

/** 1970-01-01 was a Thursday: day 2 a Saturday, day 3 a Sunday. */
function isWeekend(day: EpochDay): boolean {
  const weekday = (((day + 4) % 7) + 7) % 7;
  return weekday === 0 || weekday === 6;
}
