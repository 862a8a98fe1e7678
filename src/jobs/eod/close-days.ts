import { formatDay } from '../../accounting/epoch-day.js';
import type { EpochDay } from '../../accounting/units.js';
import { withClient } from '../../db/connect.js';
import { requireMigrated } from '../../db/migrate.js';
import type { DatabaseTarget } from '../../db/target.js';
import { LoanbookError } from '../../errors.js';
import { loadBook } from '../book/load-book.js';
import { type ClosedDay, openPool, type RunDayOptions, runDay } from './run-day.js';

export interface CloseDaysOptions extends Omit<RunDayOptions, 'onProgress'> {
  /** Close this day only; it must be the open one. */
  readonly date?: EpochDay;
  /** Close every day up to this one. */
  readonly through?: EpochDay;
  readonly dryRun?: boolean;
  readonly onProgress?: (date: EpochDay, done: number, total: number) => void;
  readonly onClosed?: (day: ClosedDay) => void;
  readonly onAlreadyClosed?: (date: EpochDay) => void;
}

/**
 * Closes the open day, a named day, or every day through one, in order. A day that is closed
 * already is no error. With `dryRun` only the dates are returned. Throws LoanbookError
 * `day_out_of_order` and what runDay throws.
 */
export async function closeDays(
  target: DatabaseTarget,
  options: CloseDaysOptions,
): Promise<ClosedDay[]> {
  const open = await withClient(target, { applicationName: 'loanbook eod' }, async (client) => {
    await requireMigrated(client);
    return (await loadBook(client)).businessDate;
  });
  const last = lastDay(open, options);
  if (last < open) {
    options.onAlreadyClosed?.(last);
    return [];
  }
  const days: ClosedDay[] = [];
  if (options.dryRun) {
    for (let date = open; date <= last; date += 1) {
      days.push({ businessDate: formatDay(date) } as ClosedDay);
    }
    return days;
  }
  const pool = openPool(options.workers);
  try {
    for (let date = open; date <= last; date += 1) {
      const day = await runDay(target, pool, {
        ...options,
        date,
        onProgress: (done, total) => options.onProgress?.(date, done, total),
      });
      options.onClosed?.(day);
      days.push(day);
    }
  } finally {
    await pool.destroy();
  }
  return days;
}

function lastDay(open: EpochDay, options: CloseDaysOptions): EpochDay {
  const { date, through } = options;
  if (date === undefined) return through ?? open;
  if (date <= open) return date;
  throw new LoanbookError('day_out_of_order', `${formatDay(date)} can't be closed yet`, {
    evidence: { asked: formatDay(date), open_day: formatDay(open) },
    next: `loanbook eod run --through ${formatDay(date)} closes the days before it too`,
  });
}
