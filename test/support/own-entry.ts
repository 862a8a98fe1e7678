import type pg from 'pg';
import { formatDay } from '../../src/accounting/calendar/epoch-day.js';
import { inTransaction } from '../../src/db/connect.js';
import { openDate } from '../../src/jobs/book/open-day.js';
import type { NewEntry } from '../../src/jobs/ledger/entry.js';

/**
 * Puts an entry into the open day as the owner of the tables: one that stands for nothing which the
 * book has, such as a voucher that nobody brought in.
 */
export async function ownEntry(client: pg.Client, entry: NewEntry): Promise<number> {
  return inTransaction(client, async () => {
    await client.query('SET LOCAL ROLE loanbook_owner');
    const date = await openDate(client);
    const { source, reference, memo, maker, checker, groupId, lines } = entry;
    await client.query(
      `WITH made AS (
         INSERT INTO entry (entry_id, business_date, source, reference, memo, group_id, maker,
           checker) OVERRIDING SYSTEM VALUE
         SELECT coalesce(max(entry_id), 0) + 1, $1::date, $2, $3, $4, $5::integer, $6, $7 FROM entry
         RETURNING entry_id)
       INSERT INTO entry_line (entry_id, line, account_id, amount)
       SELECT entry_id, place, a.account_id, amount
       FROM made, unnest($8::text[], $9::bigint[]) WITH ORDINALITY AS u (code, amount, place)
       JOIN account a USING (code)`,
      [
        ...[formatDay(date), source, reference, memo, groupId ?? 0, maker, checker ?? null],
        lines.map(({ account }) => account),
        lines.map(({ amount }) => amount),
      ],
    );
    return date;
  });
}
