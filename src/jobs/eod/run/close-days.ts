import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { retrying, withClient } from '../../../db/connect.js';
import { requireMigrated } from '../../../db/migrate.js';
import { isSessionLost } from '../../../db/outage.js';
import type { DatabaseTarget } from '../../../db/target.js';
import { LoanbookError } from '../../../errors.js';
import { openDate } from '../../book/open-day.js';
import { type FoldPool, openPool } from './fold-pool.js';
import { type ClosedDay, type RunDayOptions, runDay } from './run-day.js';

export interface CloseDaysOptions extends Omit<RunDayOptions, 'onProgress'> {
  /** Close this day only; it must be the open one. */
  readonly date?: EpochDay;
  /** Close every day up to this one. */
  readonly through?: EpochDay;
  readonly dryRun?: boolean;
  readonly onProgress?: (date: EpochDay, done: number, total: number) => void;
  /** With `dryRun`: a day that would be closed. */
  readonly onPlanned?: (date: EpochDay) => void;
  readonly onClosed?: (day: ClosedDay) => void;
  readonly onAlreadyClosed?: (date: EpochDay) => void;
}

/**
 * Closes the open day, a named day, or every day through one, in order. A day that is closed
 * already is no error. With `dryRun` nothing is closed: `onPlanned` gets the days. Throws what
 * runDay throws, and LoanbookError `day_out_of_order`.
 */
export async function closeDays(
  target: DatabaseTarget,
  options: CloseDaysOptions,
): Promise<ClosedDay[]> {
  // The threads start while the book is being read.
  const pool = options.dryRun ? undefined : openPool(options.workers);
  try {
    return await closeInPool(target, pool, options);
  } finally {
    await pool?.threads.destroy();
  }
}

async function closeInPool(
  target: DatabaseTarget,
  pool: FoldPool | undefined,
  options: CloseDaysOptions,
): Promise<ClosedDay[]> {
  const open = await retrying(() => openDayOf(target), {
    only: isSessionLost,
    onRetry: options.onRetry,
  });
  const last = lastDay(open, options);
  if (last < open) {
    options.onAlreadyClosed?.(last);
    return [];
  }
  const days: ClosedDay[] = [];
  for (let date = open; date <= last; date += 1) {
    if (pool === undefined) {
      options.onPlanned?.(date);
      continue;
    }
    const day = await closeDay(target, pool, options, date);
    if (day === undefined) {
      options.onAlreadyClosed?.(date);
      continue;
    }
    options.onClosed?.(day);
    days.push(day);
  }
  return days;
}

const CLOSED_CODES = new Set(['day_already_closed', 'day_moved_on']);

/** Undefined where another process closed the day while this one waited for it. */
async function closeDay(
  target: DatabaseTarget,
  pool: FoldPool,
  options: CloseDaysOptions,
  date: EpochDay,
): Promise<ClosedDay | undefined> {
  const onProgress = (done: number, total: number) => options.onProgress?.(date, done, total);
  try {
    return await runDay(target, pool, { ...options, date, onProgress });
  } catch (error) {
    const isClosed = error instanceof LoanbookError && CLOSED_CODES.has(error.code);
    if (isClosed && (await openDayOf(target)) > date) return undefined;
    throw error;
  }
}

async function openDayOf(target: DatabaseTarget): Promise<EpochDay> {
  return withClient(target, { applicationName: 'loanbook eod' }, async (client) => {
    await requireMigrated(client);
    return openDate(client);
  });
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
