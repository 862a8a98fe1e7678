import { parseDay } from '../../accounting/calendar/epoch-day.js';
import { InvariantError } from '../../accounting/money/refusal.js';
import type { EpochDay } from '../../accounting/money/units.js';

/** The zone whose calendar day a book goes by. */
export const BOOK_TIME_ZONE = 'Asia/Shanghai';

/** Today by the calendar of the book, whatever the zone of this machine. */
export function todayOfBook(now: Date = new Date()): EpochDay {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone: BOOK_TIME_ZONE,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts(now);
  const partOf = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
  const day = parseDay(`${partOf('year')}-${partOf('month')}-${partOf('day')}`);
  if (day === undefined) throw new InvariantError('the clock has no day', { now: now.toString() });
  return day;
}
