import type pg from 'pg';
import { formatDay } from '../../accounting/epoch-day.js';
import { BALANCE, DayFlow, MOVEMENT } from '../../accounting/flow.js';
import { blankPosition } from '../../accounting/position.js';
import type { EpochDay } from '../../accounting/units.js';
import { inTransaction } from '../../db/connect.js';
import { CopySink } from '../../db/copy-stream.js';
import { readSql } from '../../db/sql-file.js';
import type { Book } from '../book/book.js';
import type { ControlTotals, GroupFlow } from './control-totals.js';
import { dayTable } from './day-table.js';
import { DAY_TASK, SideRows } from './side-rows.js';
import { taskHash } from './task-stream.js';

/**
 * Posts accrual and due once for each accounting group, from the tasks' control totals, and writes
 * the day's turnover and balance of every account. One transaction; a second call does nothing.
 */
export async function postGroups(
  client: pg.Client,
  book: Book,
  runId: number,
  date: EpochDay,
): Promise<void> {
  await inTransaction(client, async () => {
    const { rows } = await client.query<{ totals: ControlTotals }>(
      `SELECT totals FROM step WHERE run_id = $1 AND phase = 'fold' ORDER BY task`,
      [runId],
    );
    const step = await client.query(
      `UPDATE step SET status = 'done', started_at = coalesce(started_at, clock_timestamp()),
         ended_at = clock_timestamp()
       WHERE run_id = $1 AND phase = 'post' AND status <> 'done'`,
      [runId],
    );
    if (step.rowCount === 0) return;
    const side = groupEntries(book, date, sumGroups(rows.map((row) => row.totals.groups)));
    await side.flush(async (table, bytes) => {
      const sink = new CopySink(client, dayTable(table.parent, date), table.columns);
      await sink.write(bytes);
      await sink.finish();
    });
    await client.query(`UPDATE step SET hash = $2 WHERE run_id = $1 AND phase = 'post'`, [
      runId,
      taskHash(side.digests()),
    ]);
    const sql = readSql('gl-balance').replaceAll(':journal', dayTable('journal_line', date));
    await client.query(sql, [formatDay(date)]);
  });
}

/** The entries of whole groups as journal rows, in order of group, state and kind. */
export function groupEntries(book: Book, date: EpochDay, groups: readonly GroupFlow[]): SideRows {
  const side = new SideRows(book.postingRules, date, DAY_TASK);
  const flow = new DayFlow();
  const position = blankPosition();
  for (const group of groups) {
    flow.reset();
    position.groupId = group.groupId;
    const { accruing } = group;
    flow.move(MOVEMENT.accrual, BALANCE.interestAccrued, accruing, group.interestAccrued, 0);
    flow.move(MOVEMENT.accrual, BALANCE.penalty, accruing, group.penaltyAccrued, 0);
    flow.move(MOVEMENT.accrual, BALANCE.compound, accruing, group.compoundAccrued, 0);
    flow.move(MOVEMENT.due, BALANCE.interestDue, accruing, group.interestBilled, 0);
    side.add(position, flow);
  }
  return side;
}

export function sumGroups(tasks: readonly (readonly GroupFlow[])[]): GroupFlow[] {
  const sums = new Map<number, GroupFlow>();
  for (const groups of tasks) {
    for (const group of groups) {
      const key = 2 * group.groupId + (group.accruing ? 1 : 0);
      const sum = sums.get(key);
      if (sum === undefined) {
        sums.set(key, { ...group });
        continue;
      }
      sum.interestAccrued += group.interestAccrued;
      sum.penaltyAccrued += group.penaltyAccrued;
      sum.compoundAccrued += group.compoundAccrued;
      sum.interestBilled += group.interestBilled;
    }
  }
  return [...sums.entries()].sort((a, b) => a[0] - b[0]).map((entry) => entry[1]);
}
