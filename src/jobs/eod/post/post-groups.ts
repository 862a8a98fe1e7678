import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import { blankPosition } from '../../../accounting/fold/position.js';
import { safeParts } from '../../../accounting/money/total.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { BALANCE, DayFlow, MOVEMENT } from '../../../accounting/posting/flow.js';
import { inTransaction } from '../../../db/connect.js';
import { CopySink } from '../../../db/copy/copy-stream.js';
import type { Book } from '../../book/book.js';
import { dayTable } from '../../day/day-table.js';
import { DAY_TASK, SideRows } from '../../day/side-rows.js';
import { ENTRY_KIND, ENTRY_SOURCES, type EntrySource } from '../../ledger/entry.js';
import { barrier } from '../../runs/barrier.js';
import { type HeldRun, requireHeld } from '../../runs/lease.js';
import { sumInto } from '../checks/sum-overflow.js';
import { type GroupFlow, readTotals, type StoredTotals } from '../stream/control-totals.js';
import { POSTERS } from './posters.js';

/**
 * Posts accrual and due once for each accounting group, from the tasks' control totals, and writes
 * the day's turnover and balance of every account. One transaction; a second call does nothing.
 */
export async function postGroups(
  client: pg.Client,
  book: Book,
  run: HeldRun,
  date: EpochDay,
): Promise<void> {
  const { runId } = run;
  await inTransaction(client, async () => {
    await requireHeld(client, run);
    const { rows } = await client.query<{ totals: StoredTotals }>(
      `SELECT totals FROM step WHERE run_id = $1 AND phase = 'fold' ORDER BY task`,
      [runId],
    );
    const waiting = await client.query(
      `SELECT FROM step WHERE run_id = $1 AND phase = 'post' AND status <> 'done'`,
      [runId],
    );
    if (waiting.rowCount === 0) return;
    const tasks = rows.map((row) => readTotals(row.totals).groups);
    const side = groupEntries(book, date, sumGroups(tasks));
    await addWaitingEntries(client, side, date);
    const flush = (): Promise<void> =>
      side.flush(async (table, bytes) => {
        const sink = new CopySink(client, dayTable(table.parent, date), table.columns);
        await sink.write(bytes);
        await sink.finish();
      });
    await flush();
    for (const post of POSTERS) await post(client, side, book, date);
    await flush();
    const hashes = Buffer.concat(side.digests());
    const facts = [formatDay(date), runId, run.token, hashes];
    await sumInto('gl_balance', date, () =>
      client.query('SELECT finish_post($1, $2, $3, $4)', facts),
    );
    await barrier('eod.post');
  });
}

interface WaitingLine {
  entry_id: number;
  source: EntrySource;
  bucket: number;
  loan_id: number;
  group_id: number;
  account_id: number;
  amount: number;
}

/** The entries that were made for the day, in order of arrival: a voucher each. */
async function addWaitingEntries(client: pg.Client, side: SideRows, date: EpochDay): Promise<void> {
  const { rows } = await client.query<WaitingLine>(
    `SELECT e.entry_id, e.source, e.bucket, e.loan_id, e.group_id, l.account_id, l.amount
     FROM entry e JOIN entry_line l USING (entry_id)
     WHERE e.business_date = $1 ORDER BY e.entry_id, l.line`,
    [formatDay(date)],
  );
  for (let from = 0; from < rows.length; ) {
    const first = rows[from]!;
    let to = from + 1;
    while (rows[to]?.entry_id === first.entry_id) to += 1;
    const lines = rows.slice(from, to).map((row) => ({
      accountId: row.account_id,
      amount: row.amount,
    }));
    const { bucket, loan_id: loanId, group_id: groupId } = first;
    const kind = ENTRY_KIND + ENTRY_SOURCES.indexOf(first.source);
    side.addVoucher(lines, { bucket, loanId, groupId }, first.entry_id, kind);
    from = to;
  }
}

/** The entries of whole groups as journal rows, in order of group, state and kind. */
export function groupEntries(book: Book, date: EpochDay, groups: readonly GroupFlow[]): SideRows {
  const side = new SideRows(book.postingRulesOf, date, DAY_TASK);
  const flow = new DayFlow();
  const position = blankPosition();
  for (const group of groups) {
    flow.reset();
    position.groupId = group.groupId;
    const { accruing, own } = group;
    // A line of the journal is a safe integer; what a whole group accrues need not be one.
    const move = (kind: number, balance: number, amount: bigint) => {
      for (const part of safeParts(amount)) flow.move(kind, balance, accruing, part, 0);
    };
    const moveOthers = (balance: number, amount: bigint) => {
      for (const partner of safeParts(amount)) {
        if (partner === 0) continue;
        const others = { accruing, amount: 0, eventId: 0, own: 0, partner };
        flow.movements.push({ kind: MOVEMENT.accrual, balance, ...others });
      }
    };
    const accrue = (balance: number, all: bigint, share: bigint | undefined) => {
      move(MOVEMENT.accrual, balance, share ?? all);
      if (share !== undefined) moveOthers(balance, all - share);
    };
    accrue(BALANCE.interestAccrued, group.interestAccrued, own?.interestAccrued);
    accrue(BALANCE.penalty, group.penaltyAccrued, own?.penaltyAccrued);
    accrue(BALANCE.compound, group.compoundAccrued, own?.compoundAccrued);
    move(MOVEMENT.due, BALANCE.interestDue, own?.interestBilled ?? group.interestBilled);
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
      const sumOf = (of: (flow: GroupFlow) => bigint) => of(group) + (sum ? of(sum) : 0n);
      sums.set(key, {
        groupId: group.groupId,
        accruing: group.accruing,
        interestAccrued: sumOf((flow) => flow.interestAccrued),
        penaltyAccrued: sumOf((flow) => flow.penaltyAccrued),
        compoundAccrued: sumOf((flow) => flow.compoundAccrued),
        interestBilled: sumOf((flow) => flow.interestBilled),
        own: sumOwn(group, sum),
      });
    }
  }
  return [...sums.entries()].sort((a, b) => a[0] - b[0]).map((entry) => entry[1]);
}

/** The lender's shares; a group has them in all its tasks or in none. */
function sumOwn({ own }: GroupFlow, sum: GroupFlow | undefined): GroupFlow['own'] {
  const before = sum?.own ?? null;
  if (own === null || before === null) return own ?? before;
  return {
    interestAccrued: own.interestAccrued + before.interestAccrued,
    penaltyAccrued: own.penaltyAccrued + before.penaltyAccrued,
    compoundAccrued: own.compoundAccrued + before.compoundAccrued,
    interestBilled: own.interestBilled + before.interestBilled,
  };
}
