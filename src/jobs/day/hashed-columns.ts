import type pg from 'pg';
import { InvariantError } from '../../accounting/money/refusal.js';
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
 * is still read by the columns that were there when it was sealed.
 */
export async function hashedColumnsOf(client: pg.Client, runId: number): Promise<HashedColumns> {
  const { rows } = await client.query<{ columns: HashedColumns }>(
    'SELECT hashed_columns AS columns FROM run WHERE run_id = $1',
    [runId],
  );
  const columns = rows[0]?.columns;
  if (columns === undefined) throw new InvariantError('a sealed day has no run', { runId });
  const names = Object.values(columns).flat();
  if (names.every((name) => /^[a-z_]+$/.test(String(name)))) return columns;
  throw new InvariantError('hashed columns of a run are no names', { runId });
}
