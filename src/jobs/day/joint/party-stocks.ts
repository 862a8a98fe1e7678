import type pg from 'pg';
import { BUCKET_COUNT, type EpochDay, type Fen } from '../../../accounting/money/units.js';
import { copyRows } from '../../../db/copy/copy-stream.js';
import type { LoanShares } from '../../../funding/shares/loan-shares.js';
import { dayTable } from '../day-table.js';
import { POSITION_COLUMNS, PositionRow } from '../position-row.js';
import type { JointGroups } from './joint-stocks.js';
import { partyStocks } from './stock.js';

/** What each party of a loan has, in the plan's order, by SHARED_BALANCES. */
export type TakeParties = (
  shares: LoanShares,
  stocks: readonly (readonly Fen[])[],
  groupId: number,
) => void;

/** Every party's shares of the loans of some accounting groups that have a row of a sealed day. */
export async function eachPartyStock(
  client: pg.Client,
  date: EpochDay,
  { groupIds, loans }: JointGroups,
  take: TakeParties,
): Promise<void> {
  if (groupIds.length === 0) return;
  const row = new PositionRow();
  const select = `SELECT ${POSITION_COLUMNS.join(', ')} FROM ${dayTable('position', date)}
    WHERE group_id IN (${groupIds.join(', ')}) AND bucket BETWEEN 0 AND ${BUCKET_COUNT - 1}`;
  await copyRows(client, select, POSITION_COLUMNS.length, (view, at, bytes) => {
    row.read(view, at, bytes);
    const { position } = row;
    const joint = loans.on(position, date);
    if (joint === undefined) return;
    const { shares } = joint;
    take(shares, partyStocks(shares, position, row.openTotals()), position.groupId);
  });
}
