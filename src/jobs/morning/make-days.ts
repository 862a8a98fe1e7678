import type pg from 'pg';
import { formatDay, parseDay } from '../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../accounting/money/units.js';
import { FPD_WINDOW_DAYS } from '../../operations/figures/first-payment.js';
import type { Book } from '../book/book.js';
import { DayInMaking, type Making, noFirstOpen } from './day-in-making.js';
import { FreeDays } from './free-days.js';
import { type KeptDay, keepDays, readFirstOpen, readKeptDays } from './kept-days.js';
import { readDays, type Sessions } from './read-days.js';
import { isMonthEnd, vintageOf } from './vintage.js';

/** Days that a page shows. */
export const DAYS_SHOWN = 30;

/** The figures of a sealed day and of the days before it that a page shows, by day. */
export async function figuresOfDays(
  sessions: Sessions,
  book: Book,
  day: EpochDay,
): Promise<ReadonlyMap<EpochDay, KeptDay>> {
  const [client] = sessions;
  const firstDay = await firstSealedDay(client, book.firstBusinessDate);
  const shown = { from: Math.max(firstDay, day - DAYS_SHOWN + 1), to: day };
  const kept = await readKeptDays(client, shown);
  const missing = daysOf(shown).filter((each) => !kept.has(each));
  if (missing.length > 0) {
    const made = await makeDays(sessions, book, { firstDay, missing });
    for (const [each, figures] of made) kept.set(each, figures);
  }
  return kept;
}

function windowOf(firstDay: EpochDay, day: EpochDay): { from: EpochDay; to: EpochDay } {
  return { from: Math.max(firstDay, day - FPD_WINDOW_DAYS + 1), to: day };
}

function daysOf({ from, to }: { from: EpochDay; to: EpochDay }): EpochDay[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}

export async function firstSealedDay(client: pg.Client, first: EpochDay): Promise<EpochDay> {
  const { rows } = await client.query<{ day: string | null }>(
    'SELECT min(business_date) AS day FROM sealed_day',
  );
  return parseDay(rows[0]?.day ?? '') ?? first;
}

interface Missing {
  readonly firstDay: EpochDay;
  /** Ascending; days whose figures are asked for. */
  readonly missing: readonly EpochDay[];
}

/**
 * Makes days one after the other, bucket range by bucket range, and keeps them. The days before
 * them whose first instalments count in them are made too where they are not known.
 */
async function makeDays(
  sessions: Sessions,
  book: Book,
  { firstDay, missing }: Missing,
): Promise<Map<EpochDay, KeptDay>> {
  const [client] = sessions;
  const firstOpen = noFirstOpen();
  const window = { ...windowOf(firstDay, missing[0]!), to: missing.at(-1)! };
  const known = await readFirstOpen(client, window, firstOpen);
  const making: Making = { firstDay, firstOpen, free: new FreeDays(book) };
  const figured = new Set(missing);
  const days = daysOf(window)
    .filter((day) => figured.has(day) || !known.has(day))
    .map((day) => new DayInMaking(day, making));
  await readDays(
    sessions,
    days.map((made) => ({ taker: made, window: making.free.window(made.day) })),
    firstDay,
  );
  const found = new Map<EpochDay, KeptDay>();
  for (const made of days) {
    if (!figured.has(made.day)) continue;
    const allowance = await allowanceAt(client, book, made.day);
    const figures = made.sums.figures(allowance);
    const vintage = isMonthEnd(made.day) ? await vintageOf(client, made.day, made.late) : null;
    found.set(made.day, { figures, allowance, largest: made.largest.moves, vintage });
  }
  await keepDays(
    client,
    days.map(({ day, firstOpen: opened }) => ({
      day,
      firstOpen: opened,
      kept: found.get(day) ?? null,
    })),
  );
  return found;
}

/**
 * What stands on the allowance account at the close, credit positive; write-offs may leave less
 * than nothing until the next run of impairment.
 */
async function allowanceAt(client: pg.Client, book: Book, day: EpochDay): Promise<bigint> {
  const { rows } = await client.query<{ allowance: bigint }>(
    `SELECT coalesce(-sum(g.balance), 0)::numeric AS allowance
     FROM gl_balance g JOIN account a USING (account_id)
     WHERE a.code = $1 AND g.business_date = $2`,
    [book.roles.allowance ?? '', formatDay(day)],
  );
  return BigInt(rows[0]?.allowance ?? 0);
}
