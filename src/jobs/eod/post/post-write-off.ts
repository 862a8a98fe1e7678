import type pg from 'pg';
import type { EpochDay, Fen } from '../../../accounting/money/units.js';
import { MOVEMENT } from '../../../accounting/posting/flow.js';
import type { Book } from '../../book/book.js';
import { accountOfRole } from '../../book/documents/ledger-roles.js';
import { dayTable } from '../../day/day-table.js';
import type { SideRows } from '../../day/side-rows.js';
import { WRITE_OFF_LOSS_KIND } from '../../ledger/entry.js';

interface Lacking {
  readonly bucket: number;
  readonly loan_id: number;
  readonly group_id: number;
  readonly event_id: number;
  readonly amount: Fen;
}

/**
 * What the day's write-offs took out of the allowance beyond what the last run of impairment had
 * measured for the loan is a loss of the same day (核销补提; practice case E8): a voucher a loan,
 * once the loans' own entries stand in the journal. A book that never ran impairment has no
 * allowance to compare with, and posts nothing. A write-off that is reversed on a later day leaves
 * it to the next run to release what was posted.
 */
export async function addWriteOffLosses(
  client: pg.Client,
  side: SideRows,
  book: Book,
  date: EpochDay,
): Promise<void> {
  const idOf = new Map(book.accounts.map(({ code, accountId }) => [code, accountId]));
  if (!(await mayLack(client, date))) return;
  const allowance = idOf.get(accountOfRole(book.roles, 'allowance'))!;
  const { rows } = await client.query<Lacking>(
    `SELECT w.bucket, w.loan_id, w.group_id, w.event_id,
       (w.amount - coalesce(i.allowance, 0))::bigint AS amount
     FROM (
       SELECT bucket, loan_id, group_id, max(event_id) AS event_id, sum(amount) AS amount
       FROM ${dayTable('journal_line', date)} WHERE account_id = $1 AND kind = $2
       GROUP BY bucket, loan_id, group_id
     ) AS w
     CROSS JOIN (SELECT max(as_of) AS as_of FROM impairment_run) AS r
     LEFT JOIN impairment_loan i
       ON i.as_of = r.as_of AND i.bucket = w.bucket AND i.loan_id = w.loan_id
     WHERE r.as_of IS NOT NULL AND w.amount > coalesce(i.allowance, 0)
     ORDER BY w.bucket, w.loan_id`,
    [allowance, MOVEMENT.writeOff],
  );
  for (const { bucket, loan_id: loanId, group_id: groupId, event_id: eventId, amount } of rows) {
    const loss = idOf.get(accountOfRole(book.roles, 'impairment_loss'))!;
    const lines = [
      { accountId: loss, amount },
      { accountId: allowance, amount: 0 - amount },
    ];
    side.addVoucher(lines, { bucket, loanId, groupId }, eventId, WRITE_OFF_LOSS_KIND);
  }
}

/** There were runs of impairment, and the day has write-offs. */
async function mayLack(client: pg.Client, date: EpochDay): Promise<boolean> {
  const { rows } = await client.query<{ may: boolean }>(
    `SELECT EXISTS (SELECT FROM impairment_run) AND EXISTS (
       SELECT FROM ${dayTable('journal_line', date)} WHERE kind = movement_write_off()) AS may`,
  );
  return rows[0]?.may === true;
}
