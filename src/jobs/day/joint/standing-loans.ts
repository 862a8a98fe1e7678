import type pg from 'pg';
import type { Position } from '../../../accounting/fold/position.js';
import type { EpochDay, Fen, LoanId } from '../../../accounting/money/units.js';
import { copyRows } from '../../../db/copy/copy-stream.js';
import { dayTable } from '../day-table.js';
import { idList, SAME_LOAN } from '../kept-position.js';
import { POSITION_COLUMNS, PositionRow } from '../position-row.js';

/** How many loans are asked for in one statement. */
const ASKED_AT_ONCE = 10_000;

/**
 * Loans as they stand at the close of a day, with their lifetime totals; position and totals are
 * used again for the next one. A loan that has left the book is passed over.
 */
export async function eachStanding(
  client: pg.Client,
  date: EpochDay,
  loanIds: readonly LoanId[],
  take: (position: Position, totals: readonly Fen[]) => void,
): Promise<void> {
  const columns = POSITION_COLUMNS.map((column) => `p.${column}`).join(', ');
  const row = new PositionRow();
  for (let from = 0; from < loanIds.length; from += ASKED_AT_ONCE) {
    const select = `SELECT ${columns} FROM ${idList(loanIds.slice(from, from + ASKED_AT_ONCE))}
      JOIN ${dayTable('position', date)} p ON ${SAME_LOAN('p')}`;
    await copyRows(client, select, POSITION_COLUMNS.length, (view, at, bytes) => {
      row.read(view, at, bytes);
      take(row.position, row.openTotals());
    });
  }
}
