import { civilOf } from '../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../accounting/money/units.js';

/** Name of a day's own table, the same as the database's day_table(): position_20260131. */
export function dayTable(parent: string, date: EpochDay): string {
  const { year, month, day } = civilOf(date);
  return `${parent}_${year}${String(month).padStart(2, '0')}${String(day).padStart(2, '0')}`;
}
