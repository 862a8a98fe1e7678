import { formatDay } from '../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../accounting/money/units.js';

const PLACE = /\{([^{}]*)\}/g;

/** Places of the business date. */
export const DATE_PLACES = ['date', 'yyyymmdd', 'month', 'next_date'] as const;
/** Places that the book fills. */
export const BOOK_PLACES = ['book', 'inbox', 'outbox'] as const;

/** The names between braces, in their order. */
export function placesIn(text: string): string[] {
  return [...text.matchAll(PLACE)].map(([, name = '']) => name);
}

export function datePlaces(date: EpochDay): Readonly<Record<string, string>> {
  const text = formatDay(date);
  return {
    date: text,
    yyyymmdd: text.replaceAll('-', ''),
    month: text.slice(0, -'-dd'.length),
    next_date: formatDay(date + 1),
  };
}

/** The text with its places filled; a checked plan has no other place. */
export function filled(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(PLACE, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new TypeError(`unchecked place ${name}`);
    return value;
  });
}
