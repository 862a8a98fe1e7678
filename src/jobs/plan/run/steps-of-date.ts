import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { readSql } from '../../../db/sql-file.js';

const SQL = readSql(import.meta.url, 'steps-of-date');

/** A job of a plan at a business date, by its last attempt. */
export interface StepOfDate {
  readonly plan: string;
  /** Null: the night has not begun, and the state is that of the night. */
  readonly job: string | null;
  readonly state: string;
  readonly why: string | null;
  /** ISO 8601, UTC, as all times. */
  readonly due: string;
  readonly began: string | null;
  readonly ended: string | null;
  readonly seconds: number | null;
  /** Seconds, the median of the ten nights before in which it was done. */
  readonly usual: number | null;
}

/** What every plan did for a business date, in the order in which they were due. */
export async function stepsOfDate(client: pg.Client, day: EpochDay): Promise<StepOfDate[]> {
  const { rows } = await client.query<StepOfDate>(SQL, [formatDay(day)]);
  return rows;
}
