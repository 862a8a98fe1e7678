import type pg from 'pg';
import { EVENT_NAMES } from './event-queue.js';
import { POSITION_COLUMNS } from './position-row.js';
import { ALLOCATION, JOURNAL, OUTCOME, SCHEDULE } from './side-tables.js';

/** Columns of each table of a day in the order in which the day's hash reads them. */
export interface HashedColumns {
  readonly position: readonly string[];
  readonly allocation: readonly string[];
  readonly event_outcome: readonly string[];
  readonly journal_line: readonly string[];
  readonly schedule: readonly string[];
  /** Undefined: of a run from before events were hashed. */
  readonly event?: readonly string[];
}

/** Those of the engine that runs: what a new run is written with. */
export const HASHED_COLUMNS: HashedColumns = {
  position: POSITION_COLUMNS,
  allocation: ALLOCATION.columns,
  event_outcome: OUTCOME.columns,
  journal_line: JOURNAL.columns,
  schedule: SCHEDULE.columns,
  event: EVENT_NAMES,
};

/**
 * Those that a run was begun with: a day keeps its hash when later engines add columns, because it
 * is still read by the columns that were there when it was sealed. Undefined: what the run says are
 * no columns of these tables.
 */
export async function hashedColumnsOf(
  client: pg.Client,
  runId: number,
): Promise<HashedColumns | undefined> {
  const { rows } = await client.query<{ columns: HashedColumns; there: Record<string, string[]> }>(
    `SELECT hashed_columns AS columns, (SELECT jsonb_object_agg(name, (
         SELECT jsonb_agg(attname) FROM pg_attribute
         WHERE attrelid = to_regclass(name) AND attnum > 0 AND NOT attisdropped))
       FROM unnest($2::text[]) AS name) AS there
     FROM run WHERE run_id = $1`,
    [runId, Object.keys(HASHED_COLUMNS)],
  );
  const { columns, there } = rows[0] ?? {};
  if (columns === undefined || there === undefined) return undefined;
  const tables = Object.entries(columns) as [string, unknown][];
  const isRead = ([table, names]: [string, unknown]) =>
    Array.isArray(names) && names.every((name) => there[table]?.includes(String(name)) === true);
  const needed = Object.keys(HASHED_COLUMNS).filter((table) => table !== 'event');
  if (!needed.every((table) => table in columns)) return undefined;
  return tables.every(isRead) ? columns : undefined;
}
