import type pg from 'pg';
import { formatDay, parseDay } from '../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../accounting/money/units.js';
import { maskText } from '../../files/mask.js';
import { dayTable } from '../day/day-table.js';
import { type Break, listBreaks } from '../reconcile/breaks.js';

/** Rows of a table on the page; the command lists them all. */
export const ROWS_MAX = 200;

export interface HeldRow {
  readonly loanNo: string;
  readonly since: string;
  readonly reason: string;
}

export interface RejectRow {
  /** `event`: taken in and rejected by the close; else the kind of the file with bad rows. */
  readonly source: string;
  readonly name: string;
  readonly rows: number;
}

/** What a night left to be done. */
export interface LeftBehind {
  readonly held: { readonly count: number; readonly rows: readonly HeldRow[] };
  readonly breaks: { readonly opened: readonly EpochDay[]; readonly rows: readonly Break[] };
  readonly rejects: readonly RejectRow[];
}

/** `isSealed`: the day has tables of its own. */
export async function leftBehind(
  client: pg.Client,
  day: EpochDay,
  isSealed: boolean,
): Promise<LeftBehind> {
  const date = formatDay(day);
  const breaks = (await listBreaks(client, {})).filter(({ since }) => since <= date);
  const opened = breaks.map(({ since }) => parseDay(since)!);
  const rejects = isSealed ? await rejectedEvents(client, day) : [];
  return {
    held: await heldLoans(client, date),
    breaks: { opened, rows: breaks.slice(0, ROWS_MAX) },
    rejects: [...rejects, ...(await rejectedRows(client, date))],
  };
}

async function heldLoans(client: pg.Client, day: string): Promise<LeftBehind['held']> {
  const { rows: counts } = await client.query<{ count: number }>(
    'SELECT count(*) AS count FROM held_loan WHERE business_date = $1',
    [day],
  );
  const { rows } = await client.query<HeldRow>(
    `SELECT l.loan_no AS "loanNo", h.held_since AS since, h.reason
     FROM held_loan h JOIN loan l ON l.bucket = h.bucket AND l.loan_id = h.loan_id
     WHERE h.business_date = $1 ORDER BY h.held_since, l.loan_no COLLATE "C" LIMIT $2`,
    [day, ROWS_MAX],
  );
  const masked = rows.map((row) => ({ ...row, reason: maskText(row.reason) }));
  return { count: counts[0]!.count, rows: masked };
}

async function rejectedEvents(client: pg.Client, day: EpochDay): Promise<RejectRow[]> {
  const { rows } = await client.query<{ name: string; rows: number }>(
    `SELECT rule AS name, count(*) AS rows FROM ${dayTable('event_outcome', day)}
     WHERE rule <> '' GROUP BY rule ORDER BY count(*) DESC, rule COLLATE "C" LIMIT $1`,
    [ROWS_MAX],
  );
  return rows.map((row) => ({ source: 'event', ...row }));
}

/** Files that came in while the day was the open one. */
async function rejectedRows(client: pg.Client, day: string): Promise<RejectRow[]> {
  const { rows } = await client.query<RejectRow>(
    `SELECT f.kind AS source, f.name, f.rows_rejected AS rows FROM imported_file f
     WHERE f.rows_rejected > 0 AND f.cancelled_at IS NULL
       AND f.imported_at > coalesce((SELECT max(sealed_at) FROM sealed_day
         WHERE business_date < $1), '-infinity')
       AND f.imported_at <= coalesce((SELECT sealed_at FROM sealed_day
         WHERE business_date = $1), 'infinity')
     ORDER BY f.import_id LIMIT $2`,
    [day, ROWS_MAX],
  );
  return rows.map((row) => ({ ...row, name: maskText(row.name) }));
}
