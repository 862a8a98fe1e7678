import type pg from 'pg';
import type { Position } from '../../../accounting/fold/position.js';
import { BUCKET_COUNT, type EpochDay, type Fen } from '../../../accounting/money/units.js';
import { copyRows } from '../../../db/copy/copy-stream.js';
import { viewOf } from '../../../db/copy/copy-tuple.js';
import { loadAssignedPlans } from '../../book/assigned-plans.js';
import { loadGroups } from '../../book/load-book.js';
import { dayTable } from '../day-table.js';
import { POSITION_COLUMNS, PositionRow } from '../position-row.js';
import { loadAssigned } from './assigned-loans.js';
import { JointLoans } from './joint-loans.js';
import { blankStock, type OwnStock, stockOf } from './stock.js';

/** The accounting groups whose loans others fund as well. */
export interface JointGroups {
  readonly groupIds: readonly number[];
  readonly loans: JointLoans;
}

export async function jointGroups(client: pg.Client): Promise<JointGroups> {
  const groups = new Map(await loadGroups(client));
  const assigned = await loadAssignedPlans(client);
  const loans = new JointLoans({ groups, assigned }, await loadAssigned(client, { assigned }));
  return { groupIds: [...groups.keys()].filter((id) => loans.has(id)), loans };
}

/**
 * The shares of every joint loan that has a row of a day, as the row says now. Position and stock
 * are used again for the next one. Without joint loans nothing is read.
 */
export async function eachJointStock(
  client: pg.Client,
  date: EpochDay,
  { groupIds, loans }: JointGroups,
  take: (position: Position, stock: OwnStock) => void,
  buckets?: { readonly from: number; readonly to: number },
): Promise<void> {
  if (groupIds.length === 0) return;
  const row = new PositionRow();
  const stock = blankStock();
  const select = `SELECT ${POSITION_COLUMNS.join(', ')} FROM ${dayTable('position', date)}
    WHERE group_id IN (${groupIds.join(', ')})
      AND bucket BETWEEN ${buckets?.from ?? 0} AND ${buckets?.to ?? BUCKET_COUNT - 1}
    ORDER BY bucket, loan_id`;
  await copyRows(client, select, POSITION_COLUMNS.length, (view, at, bytes) => {
    row.read(view, at, bytes);
    const joint = loans.on(row.position, date);
    if (joint === undefined) return;
    stockOf(joint.shares, row.position, row.openTotals(), stock);
    take(row.position, stock);
  });
}

/** The columns of a position as one value, for `stockOfRecord`. */
export function positionRecord(table: string): string {
  return `record_send(ROW(${POSITION_COLUMNS.map((name) => `${table}.${name}`).join(', ')}))`;
}

/** A loan as such a value has it. */
export function loanOfRecord(record: Buffer): {
  readonly position: Position;
  readonly totals: readonly Fen[];
} {
  const tuple = tupleOf(record);
  const row = new PositionRow();
  row.read(viewOf(tuple), 0, tuple);
  return { position: row.position, totals: row.openTotals() };
}

/** A loan's shares from such a value; undefined where the lender has all of it. */
export function stockOfRecord(
  loans: JointLoans,
  record: Buffer,
): { readonly position: Position; readonly stock: OwnStock } | undefined {
  const { position, totals } = loanOfRecord(record);
  const joint = loans.on(position, position.businessDate);
  if (joint === undefined) return undefined;
  const stock = blankStock();
  stockOf(joint.shares, position, totals, stock);
  return { position, stock };
}

/** A record has the type of each value before its length, which a tuple of COPY has not. */
function tupleOf(record: Buffer): Buffer {
  const tuple = Buffer.alloc(record.length);
  let from = 4;
  let to = 0;
  while (from < record.length) {
    const length = 4 + Math.max(record.readInt32BE(from + 4), 0);
    to += record.copy(tuple, to, from + 4, from + 4 + length);
    from += 4 + length;
  }
  return tuple.subarray(0, to);
}
