import type pg from 'pg';
import { EXIT, LoanbookError } from '../../errors.js';
import { evidenceOf, type WaitsFor } from './in-the-way.js';
import { type Job, LEASE_SECONDS } from './lease.js';
import type { Patience } from './waiting.js';

/**
 * The order in which everything here is locked, so that nobody waits in a circle:
 *
 *   1. the run of the instance: taken and committed before anything else is locked
 *   2. the lock of the job (below): imports follow one another, and so on
 *   3. the open day, the row of `book`: shared by whoever brings something into the day, taken
 *      alone by a close that begins, and by the seal
 *   4. the run again, by the phase's fence; then rows and tables
 *
 * Before all of them the register of files (jobs/files): nobody who holds one of these asks for it.
 *
 * Each of them is held until its transaction ends. A job that needs a day whose close is under way
 * rolls back and waits without any lock.
 */
export const JOB_LOCKS = {
  import: 5_262_666_002,
  period: 5_262_666_003,
  reconcile: 5_262_666_004,
  impairment: 5_262_666_005,
} as const;

/** Who may hold the open day. */
export const OPEN_DAY_JOBS: readonly Job[] = ['eod', 'import', 'reconcile', 'impairment', 'period'];

/** Takes the lock of a job until the transaction ends. Throws `isRunning` when patience is over. */
export async function takeJobLock(
  client: pg.Client,
  job: keyof typeof JOB_LOCKS,
  patience: Patience,
): Promise<void> {
  await patience.until(client, {
    jobs: [job],
    attempt: async () => {
      const { rows } = await client.query<{ taken: boolean }>(
        'SELECT pg_try_advisory_xact_lock($1) AS taken',
        [JOB_LOCKS[job]],
      );
      return rows[0]?.taken === true ? true : undefined;
    },
    over: (waitsFor) => isRunning(job, waitsFor),
  });
}

const SAYS: Readonly<Record<Job, readonly [code: string, message: string]>> = {
  eod: ['day_is_being_closed', 'another process is closing this day'],
  import: ['import_is_running', 'Another import into this book is under way.'],
  reconcile: ['reconciliation_is_running', 'Another reconciliation is under way.'],
  impairment: ['impairment_is_running', 'Another run of impairment is under way.'],
  period: ['period_is_running', 'Another process is closing a period.'],
};

/** Exit 75: another process is at the job, and was so until there was no time left to wait. */
export function isRunning(
  job: Job,
  waitsFor: WaitsFor,
  evidence: Readonly<Record<string, string>> = {},
): LoanbookError {
  const [code, message] = SAYS[job];
  return new LoanbookError(code, message, {
    exitCode: EXIT.locked,
    evidence: { ...evidence, ...evidenceOf(waitsFor) },
    next:
      `Run the same again when it has ended, or with a longer --wait: one that stands still is ` +
      `replaced when its lease of ${LEASE_SECONDS} s has run out.`,
  });
}
