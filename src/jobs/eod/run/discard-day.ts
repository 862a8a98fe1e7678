import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { inTransaction, retrying, sqlStateOf } from '../../../db/connect.js';
import { EXIT, LoanbookError } from '../../../errors.js';
import { inTheWay } from '../../runs/in-the-way.js';

/**
 * Drops what an unfinished close of the open day has written; the events stay and are folded again.
 * Returns the discarded run, undefined when none was begun. Throws LoanbookError
 * `day_is_being_closed` (75), `day_not_open`, `reason_missing` (2).
 */
export async function discardDay(
  client: pg.Client,
  date: EpochDay,
  reason: string,
): Promise<number | undefined> {
  if (reason.trim() === '') {
    throw new LoanbookError('reason_missing', 'a discarded day needs a reason', {
      exitCode: EXIT.usage,
      next: 'say why with --reason; it is kept in the audit table',
    });
  }
  // Whoever lost its lease, or died on this machine, keeps no lock on the tables.
  await inTheWay(client, ['eod']);
  try {
    return await retrying(
      () =>
        inTransaction(client, async () => {
          await client.query("SET LOCAL lock_timeout = '2s'");
          const { rows } = await client.query<{ run: number | null }>(
            'SELECT discard_day($1, $2) AS run',
            [formatDay(date), reason],
          );
          return rows[0]?.run ?? undefined;
        }),
      { isOneSession: true },
    );
  } catch (error) {
    throw discardError(error, date);
  }
}

function discardError(error: unknown, date: EpochDay): unknown {
  const evidence = { business_date: formatDay(date) };
  switch (sqlStateOf(error)) {
    case 'LB001':
      return new LoanbookError('day_not_open', 'only the open day can be discarded', {
        evidence,
        next: 'loanbook eod status names the open day; a sealed day stays',
        cause: error,
      });
    case 'LB005':
      return new LoanbookError('day_is_being_closed', 'this day is being closed right now', {
        exitCode: EXIT.locked,
        evidence,
        next: 'stop the close first (interrupt it), then discard',
        cause: error,
      });
    default:
      return error;
  }
}
