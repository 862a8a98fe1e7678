import { readFileSync, writeFileSync } from 'node:fs';
import { formatDay } from '../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../accounting/money/units.js';

/** Of a hundred repayments so many moved the day before they are booked; one more, long before. */
const LATE_PERCENT = 30;
/** How far back the latest of them lie, in days. */
const FAR_DAYS = 60;

/**
 * Dates a share of a day's repayments back, as files of partners and channels come: 30% by one day,
 * 1% by up to 60 days, as far as the book goes back. Returns how many of each.
 */
export function backDate(
  file: string,
  date: EpochDay,
  firstDay: EpochDay,
): { late: number; far: number } {
  const [header = '', ...rows] = readFileSync(file, 'utf8').trimEnd().split('\n');
  const place = header.split(',').indexOf('value_date');
  const farthest = Math.min(FAR_DAYS, date - firstDay);
  const counts = { late: 0, far: 0 };
  const dated = rows.map((row, k) => {
    const turn = k % 100;
    if (turn > LATE_PERCENT || date <= firstDay) return row;
    const isFar = turn === LATE_PERCENT;
    counts[isFar ? 'far' : 'late'] += 1;
    const back = isFar ? 1 + (Math.floor(k / 100) % farthest) : 1;
    const fields = row.split(',');
    fields[place] = formatDay(date - back);
    return fields.join(',');
  });
  writeFileSync(file, `${[header, ...dated].join('\n')}\n`);
  return counts;
}
