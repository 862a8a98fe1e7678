import type { EpochDay } from '../money/units.js';

/** A date of the proleptic Gregorian calendar; `month` is 1 to 12. */
export interface CivilDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const DATE_CHARS = 10;
const DASH = 0x2d;
const ZERO = 0x30;
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** Days from 0000-03-01, where the algorithm's years begin, to 1970-01-01. */
const MARCH_EPOCH = 719_468;
/** Days of 400 years, after which the calendar repeats. */
const ERA_DAYS = 146_097;

/** The day that `YYYY-MM-DD` names; undefined unless it is exactly that and a real date. */
export function parseDay(text: string): EpochDay | undefined {
  if (text.length !== DATE_CHARS) return undefined;
  if (text.charCodeAt(4) !== DASH || text.charCodeAt(7) !== DASH) return undefined;
  const year = digitsAt(text, 0, 4);
  const month = digitsAt(text, 5, 7);
  const day = digitsAt(text, 8, DATE_CHARS);
  // Not by a pattern: a file of instalments has millions of dates. NaN is none of these.
  if (!(year >= 1 && month >= 1 && day >= 1)) return undefined;
  if (month > 12 || day > daysInMonth(year, month)) return undefined;
  return dayOf(year, month, day);
}

/** The number that the digits between `from` and `to` make; NaN where one is none. */
function digitsAt(text: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at += 1) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = 10 * value + digit;
  }
  return value;
}

/** `YYYY-MM-DD` of a day in the years 1 to 9999. */
export function formatDay(day: EpochDay): string {
  const civil = civilOf(day);
  const year = String(civil.year).padStart(4, '0');
  const month = civil.month < 10 ? `0${civil.month}` : civil.month;
  return `${year}-${month}-${civil.day < 10 ? `0${civil.day}` : civil.day}`;
}

/**
 * The date of a day, in integer arithmetic. Source: H. Hinnant, "chrono-Compatible Low-Level Date
 * Algorithms", civil_from_days: years begin in March, so that the leap day is a year's last.
 */
export function civilOf(day: EpochDay): CivilDate {
  const shifted = day + MARCH_EPOCH;
  const era = Math.floor(shifted / ERA_DAYS);
  const dayOfEra = shifted - era * ERA_DAYS;
  const yearOfEra = yearInEra(dayOfEra);
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1,
  };
}

/** The calendar year of a day. */
export function yearOf(day: EpochDay): number {
  return civilOf(day).year;
}

/** The day of a date; the inverse of `civilOf` (days_from_civil of the same source). */
export function dayOf(year: number, month: number, day: number): EpochDay {
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const marchMonth = month > 2 ? month - 3 : month + 9;
  const dayOfYear = Math.floor((153 * marchMonth + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * ERA_DAYS + dayOfEra - MARCH_EPOCH;
}

export function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Days of a month, `month` 1 to 12. */
export function daysInMonth(year: number, month: number): number {
  return month === 2 && isLeapYear(year) ? 29 : (MONTH_DAYS[month - 1] ?? 0);
}

/**
 * The day `anchorDay` (1 to 31, clamped to the month's end) of the month that is `months` after
 * the month of `start`. Dates come from the anchor, so that 31 gives Feb 28, then Mar 31.
 */
export function addMonthsAnchored(start: EpochDay, months: number, anchorDay: number): EpochDay {
  return dayInMonth(monthIndex(civilOf(start)) + months, anchorDay);
}

/** Months since year 0, to count months with. */
export function monthIndex(date: CivilDate): number {
  return date.year * 12 + date.month - 1;
}

/** The day `anchorDay`, clamped to the month's end, of the month with that `monthIndex`. */
export function dayInMonth(index: number, anchorDay: number): EpochDay {
  const year = Math.floor(index / 12);
  const month = index - year * 12 + 1;
  const last = daysInMonth(year, month);
  return dayOf(year, month, Math.min(anchorDay, last));
}

function yearInEra(dayOfEra: number): number {
  const leapDays =
    Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  return Math.floor((dayOfEra - leapDays) / 365);
}

/** The days from one to another, both included. */
export function eachDay(from: EpochDay, to: EpochDay): EpochDay[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}
