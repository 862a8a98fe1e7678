import type pg from 'pg';
import { baseDay, knowingDay } from '../../accounting/backdating/base-day.js';
import type { DatedEvent } from '../../accounting/backdating/dated-event.js';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../accounting/money/units.js';
import { copyRows } from '../../db/copy/copy-stream.js';
import { readDate, readInt8 } from '../../db/copy/copy-tuple.js';
import { dayTable } from './day-table.js';
import { POSITION_COLUMNS, POSITION_FIELDS } from './position-row.js';

/** Where a loan is folded again from: the close of a day, by its row; null: from birth. */
export interface Base {
  readonly on: EpochDay;
  readonly row: Buffer | null;
}

export function idList(loanIds: readonly number[]): string {
  return `unnest('{${loanIds.join(',')}}'::bigint[]) AS u (loan_id)`;
}

export const SAME_LOAN = (table: string) =>
  `${table}.bucket = (u.loan_id >> 32)::smallint AND ${table}.loan_id = u.loan_id`;

/**
 * The nearest row from which each loan can be folded again, given the day it was born and all its
 * events. A loan that was out of the book or held for some days has no row of them to fold from:
 * then it is an earlier one, of a day that again knew everything.
 */
export async function loadBases(
  client: pg.Client,
  bornOn: ReadonlyMap<number, EpochDay>,
  eventsOfLoan: (loanId: number) => readonly DatedEvent[],
  today: EpochDay,
): Promise<Map<number, Base>> {
  const bases = new Map<number, Base>();
  let searched = new Map<number, EpochDay>();
  for (const loanId of bornOn.keys()) {
    searched.set(loanId, baseDay(eventsOfLoan(loanId), today));
  }
  while (searched.size > 0) {
    const rows = await loadRows(client, bornOn, searched);
    const missing = new Map<number, EpochDay>();
    for (const [loanId, on] of searched) {
      const row = rows.get(loanId) ?? null;
      if (row === null && on >= bornOn.get(loanId)!) missing.set(loanId, on);
      else bases.set(loanId, { on, row });
    }
    searched = new Map();
    const kept = missing.size === 0 ? missing : await lastKeptDays(client, bornOn, missing);
    for (const loanId of missing.keys()) {
      const day = kept.get(loanId) ?? bornOn.get(loanId)! - 1;
      searched.set(loanId, knowingDay(eventsOfLoan(loanId), day));
    }
  }
  return bases;
}

/** The last row of each loan that left the book before `today`; loans without any are left out. */
export async function loadLastRows(
  client: pg.Client,
  bornOn: ReadonlyMap<number, EpochDay>,
  today: EpochDay,
): Promise<Map<number, Buffer>> {
  if (bornOn.size === 0) return new Map();
  const lastOn = await lastDaysOfLeft(client, [...bornOn.keys()], today);
  const unknown = new Map<number, EpochDay>();
  for (const loanId of bornOn.keys()) if (!lastOn.has(loanId)) unknown.set(loanId, today - 1);
  if (unknown.size > 0) {
    const searched = await lastKeptDays(client, bornOn, unknown);
    for (const [loanId, day] of searched) lastOn.set(loanId, day);
  }
  return loadRows(client, bornOn, lastOn);
}

/** The last day with a row of each loan that left before `today`, as the close noted it. */
async function lastDaysOfLeft(
  client: pg.Client,
  loanIds: readonly number[],
  today: EpochDay,
): Promise<Map<number, EpochDay>> {
  const found = new Map<number, EpochDay>();
  const select = `SELECT u.loan_id, max(l.last_on) FROM ${idList(loanIds)}
      JOIN left_loan l ON ${SAME_LOAN('l')} AND l.left_on < '${formatDay(today)}'
    GROUP BY u.loan_id`;
  await copyRows(client, select, 2, (view, at) => {
    found.set(readInt8(view, at + 4), readDate(view, at + 16));
  });
  return found;
}

/** A loan was mostly away for a few days: this many are looked through first. */
const RECENT_DAYS = 31;

/** The last day up to the given one of which each loan has a row. */
async function lastKeptDays(
  client: pg.Client,
  bornOn: ReadonlyMap<number, EpochDay>,
  until: ReadonlyMap<number, EpochDay>,
): Promise<Map<number, EpochDay>> {
  const found = new Map<number, EpochDay>();
  const to = Math.max(...until.values());
  const recent = Math.min(...until.values()) - RECENT_DAYS;
  for (const from of [recent, Math.min(...bornOn.values())]) {
    const left = [...until].filter(([loanId]) => !found.has(loanId));
    if (left.length === 0) break;
    const ids = left.map(([loanId]) => loanId).join(',');
    const days = left.map(([, day]) => formatDay(day)).join(',');
    // The bounds of the day are constants: partitions outside of them are never opened.
    const select = `SELECT u.loan_id, max(p.business_date)
      FROM unnest('{${ids}}'::bigint[], '{${days}}'::date[]) AS u (loan_id, until)
        JOIN position p ON ${SAME_LOAN('p')} AND p.business_date <= u.until
          AND p.folded_on = p.business_date
      WHERE p.business_date BETWEEN '${formatDay(from)}' AND '${formatDay(to)}'
      GROUP BY u.loan_id`;
    await copyRows(client, select, 2, (view, at) => {
      found.set(readInt8(view, at + 4), readDate(view, at + 16));
    });
  }
  return found;
}

/** The rows of the given days; none where a loan has none, or was held and only carried over. */
async function loadRows(
  client: pg.Client,
  bornOn: ReadonlyMap<number, EpochDay>,
  days: ReadonlyMap<number, EpochDay>,
): Promise<Map<number, Buffer>> {
  const byDay = new Map<EpochDay, number[]>();
  for (const [loanId, day] of days) {
    if (day < bornOn.get(loanId)!) continue;
    const loanIds = byDay.get(day);
    if (loanIds === undefined) byDay.set(day, [loanId]);
    else loanIds.push(loanId);
  }
  const found = new Map<number, Buffer>();
  for (const [day, loanIds] of byDay) {
    const columns = POSITION_COLUMNS.map((column) => `p.${column}`).join(', ');
    const select = `SELECT ${columns} FROM ${idList(loanIds)}
      JOIN ${dayTable('position', day)} p ON ${SAME_LOAN('p')} AND p.folded_on = p.business_date`;
    await copyRows(client, select, POSITION_FIELDS, (view, at, bytes, end) => {
      found.set(readInt8(view, at + 4), Buffer.from(bytes.subarray(at, end)));
    });
  }
  return found;
}
