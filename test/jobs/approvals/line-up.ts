import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '../../../src/db/connect.js';
import type { DatabaseTarget } from '../../../src/db/target.js';

/** Sessions that wait for this one's lock, or behind one that does, in this database. */
const WAITING = `SELECT count(DISTINCT pid) AS waiting FROM pg_locks WHERE NOT granted AND (
    transactionid = pg_current_xact_id_if_assigned()::xid
    OR database = (SELECT oid FROM pg_database WHERE datname = current_database()))`;
const POLL_MS = 5;
const POLLS_MAX = 2000;

/**
 * Starts a race behind a lock that all of its runners need, and lets it go once so many of them wait
 * for it: none is done before the others have begun.
 */
export async function lineUp<T>(
  target: DatabaseTarget,
  { lock, runners }: { readonly lock: string; readonly runners: number },
  start: () => Promise<T>,
): Promise<T> {
  const holder = await connect(target, { role: 'owner' });
  try {
    await holder.query('BEGIN');
    await holder.query(lock);
    const race = start();
    for (let poll = 0; ; poll += 1) {
      const { rows } = await holder.query<{ waiting: number }>(WAITING);
      if (rows[0]!.waiting >= runners) break;
      if (poll === POLLS_MAX)
        throw new Error(`${rows[0]!.waiting} of ${runners} wait for the lock`);
      await sleep(POLL_MS);
    }
    await holder.query('COMMIT');
    return await race;
  } finally {
    await holder.end();
  }
}
