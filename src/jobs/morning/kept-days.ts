import type pg from 'pg';
import { formatDay, parseDay } from '../../accounting/calendar/epoch-day.js';
import type { EpochDay, LoanId } from '../../accounting/money/units.js';
import { inTransaction } from '../../db/connect.js';
import type { MorningFigures } from '../../operations/figures/morning-figures.js';
import type { FirstOpen } from './day-in-making.js';
import type { LargestMove } from './largest-moves.js';
import type { CohortRow } from './vintage.js';

/** Goes up when the same day may give other figures. */
const FIGURES_VERSION = 1;

/** What is kept of a day. */
export interface KeptDay {
  readonly figures: MorningFigures;
  readonly allowance: bigint;
  readonly largest: readonly LargestMove[];
  /** Of a month end; null: it is none. */
  readonly vintage: readonly CohortRow[] | null;
}

/** A day that was made; figures are null where only its first instalments were asked for. */
export interface MadeDay {
  readonly day: EpochDay;
  readonly firstOpen: readonly (readonly LoanId[])[];
  readonly kept: KeptDay | null;
}

interface Range {
  readonly from: EpochDay;
  readonly to: EpochDay;
}

/** Kept figures by day. */
export async function readKeptDays(
  client: pg.Client,
  { from, to }: Range,
): Promise<Map<EpochDay, KeptDay>> {
  const { rows } = await client.query<{ day: string; figures: string }>(
    `SELECT business_date AS day, figures::text AS figures FROM morning_day
     WHERE version = $1 AND business_date BETWEEN $2 AND $3 ORDER BY business_date`,
    [FIGURES_VERSION, formatDay(from), formatDay(to)],
  );
  return new Map(rows.map(({ day, figures }) => [parseDay(day)!, JSON.parse(figures, exact)]));
}

/** The days whose first instalments are known; what is known of them goes into `firstOpen`. */
export async function readFirstOpen(
  client: pg.Client,
  { from, to }: Range,
  firstOpen: FirstOpen,
): Promise<Set<EpochDay>> {
  const days = new Set<EpochDay>();
  const { rows } = await client.query<{ day: string; found: string[][] }>(
    `SELECT business_date AS day,
       json_build_array(open_1::text[], open_7::text[], open_30::text[]) AS found
     FROM morning_first WHERE version = $1 AND business_date BETWEEN $2 AND $3`,
    [FIGURES_VERSION, formatDay(from), formatDay(to)],
  );
  for (const { day, found } of rows) {
    days.add(parseDay(day)!);
    found.forEach((loans, place) => {
      for (const loan of loans) firstOpen[place]!.add(Number(loan));
    });
  }
  return days;
}

/** Keeps days; what another report has kept meanwhile is the same. */
export async function keepDays(client: pg.Client, days: readonly MadeDay[]): Promise<void> {
  await inTransaction(client, async () => {
    for (const { day, firstOpen, kept } of days) {
      const key = [formatDay(day), FIGURES_VERSION];
      await client.query(
        `INSERT INTO morning_first (business_date, version, open_1, open_7, open_30)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
        [...key, ...firstOpen],
      );
      if (kept === null) continue;
      await client.query(
        `INSERT INTO morning_day (business_date, version, figures) VALUES ($1, $2, $3)
         ON CONFLICT DO NOTHING`,
        [...key, JSON.stringify(kept, asText)],
      );
    }
  });
}

const EXACT = /^-?[0-9]+n$/;

function asText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value;
}

function exact(_key: string, value: unknown): unknown {
  return typeof value === 'string' && EXACT.test(value) ? BigInt(value.slice(0, -1)) : value;
}
