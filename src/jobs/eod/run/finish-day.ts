import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { inTransaction } from '../../../db/connect.js';
import type { DatabaseTarget } from '../../../db/target.js';
import { EXIT, LoanbookError } from '../../../errors.js';
import type { CheckResult } from '../../day/check-result.js';
import { dayTable } from '../../day/day-table.js';
import { hashOfHashes } from '../../day/hash-of-hashes.js';
import { barrier } from '../../runs/barrier.js';
import { type HeldRun, inOwnWords, requireHeld } from '../../runs/lease.js';
import { OPEN_DAY_JOBS } from '../../runs/lock-order.js';
import { connectForRun, withRunClient } from '../../runs/sessions.js';
import { type Patience, SLICED } from '../../runs/waiting.js';
import {
  bucketShares,
  CHECK_NAMES,
  type CheckName,
  gateSchedules,
  runCheck,
  SCHEDULE_CHECK,
} from '../checks/checks.js';
import { sumInto } from '../checks/sum-overflow.js';
import { sealRefused } from './seal-refused.js';

const DAY_PARENTS = ['position', 'allocation', 'event_outcome', 'journal_line'] as const;

async function stepIsDone(client: pg.Client, runId: number, phase: string): Promise<boolean> {
  const done = await client.query(
    `SELECT FROM step WHERE run_id = $1 AND phase = $2 AND status = 'done'`,
    [runId, phase],
  );
  return done.rowCount === 1;
}

/**
 * Vacuums, analyses and indexes the day's tables. VACUUM needs their owner, so this session acts as
 * the owner role; without it the next day reads 2.5 times slower and writes twice the WAL.
 */
export async function tidyDay(
  target: DatabaseTarget,
  run: HeldRun,
  date: EpochDay,
  patience: Patience,
): Promise<void> {
  const { runId } = run;
  const session = { role: 'owner', applicationName: `loanbook tidy ${runId}` } as const;
  const owner = await connectForRun(target, run, session);
  const waiting = (work: () => Promise<unknown>) =>
    patience.forTransaction(owner, { jobs: [], work });
  try {
    await requireHeld(owner, run);
    if (await stepIsDone(owner, runId, 'tidy')) return;
    // The plans of a close need few statistics; a tenth of the sample is a tenth of the sorting.
    await owner.query(`SET default_statistics_target = 10; SET lock_timeout = '1s'`);
    for (const parent of DAY_PARENTS) {
      const table = dayTable(parent, date);
      await waiting(() => owner.query(`VACUUM (FREEZE, ANALYZE) ${table}`));
    }
    await waiting(() =>
      inTransaction(owner, async () => {
        await requireHeld(owner, run);
        await owner.query('SELECT index_day($1)', [formatDay(date)]);
        await owner.query('SELECT finish_phase($1, $2, $3)', [runId, run.token, 'tidy']);
        await barrier('eod.tidy');
      }),
    );
  } finally {
    await owner.end();
  }
}

/**
 * A check scans the whole day once: with its hash table in memory, and with more than one process,
 * which the planner's own costs let it do without while the other core has run out of work.
 */
export const CHECK_SETTINGS = {
  work_mem: '256MB',
  max_parallel_workers_per_gather: '2',
  parallel_setup_cost: '0',
  parallel_tuple_cost: '0',
};

const SCHEDULE_SESSIONS_MAX = 8;

/**
 * Runs the named checks that gate the close and returns what each of them found. That of schedules
 * waits until the day is `tidied`, since it goes by its index, and takes as many sessions as there
 * are workers, within reason: those of the fold are still open. None of them has helpers, each of
 * which would read all schedules of the share.
 */
export async function gateDay(
  target: DatabaseTarget,
  run: HeldRun,
  date: EpochDay,
  workers: number,
  tidied: Promise<void>,
): Promise<CheckResult[]> {
  const { runId } = run;
  const applicationName = `loanbook check ${runId}`;
  // One core is at the tidying meanwhile, and one is at this.
  const helpers = { max_parallel_workers_per_gather: String(Math.max(0, workers - 2)) };
  const settings = { ...CHECK_SETTINGS, ...helpers };
  return withRunClient(target, run, { applicationName, settings }, async (client) => {
    await inTransaction(client, async () => {
      await requireHeld(client, run);
      if (await stepIsDone(client, runId, 'check')) return;
      const facts = [formatDay(date), runId, run.token];
      await sumInto('subledger_total', date, () =>
        client.query('SELECT sum_positions($1, $2, $3)', facts),
      );
      await barrier('eod.sums');
    });
    const found = new Map<CheckName, CheckResult>();
    for (const name of CHECK_NAMES) {
      if (name !== SCHEDULE_CHECK) found.set(name, await runCheck(client, name, date, runId));
    }
    await barrier('eod.checks');
    await tidied;
    const alone = { ...CHECK_SETTINGS, max_parallel_workers_per_gather: '0' };
    const shares = await Promise.all(
      bucketShares(Math.min(workers, SCHEDULE_SESSIONS_MAX)).map((share) =>
        withRunClient(target, run, { applicationName, settings: alone }, (session) =>
          gateSchedules(session, date, share),
        ),
      ),
    );
    found.set(SCHEDULE_CHECK, together(shares));
    return CHECK_NAMES.map((name) => found.get(name)!);
  });
}

/** The parts of one check as one: what it took is what the longest took. */
function together(parts: readonly CheckResult[]): CheckResult {
  return {
    ...parts[0]!,
    ok: parts.every((part) => part.ok),
    milliseconds: Math.max(...parts.map((part) => part.milliseconds)),
    differences: parts.flatMap((part) => part.differences).slice(0, 20),
  };
}

/** Fails with every difference in sight when a gate check did not hold. */
export function requireChecks(results: readonly CheckResult[], date: EpochDay): void {
  const failed = results.filter((result) => !result.ok);
  if (failed.length === 0) return;
  const evidence: Record<string, string> = { business_date: formatDay(date) };
  for (const result of failed) {
    evidence[result.name] = result.differences
      .slice(0, 5)
      .map((found) => `${found.place}: expected ${found.expected}, actual ${found.actual}`)
      .join('; ');
  }
  throw new LoanbookError('checks_failed', `${formatDay(date)} does not tie; it stays open`, {
    exitCode: EXIT.difference,
    evidence,
    next: `loanbook eod discard --date ${formatDay(date)} --reason "..." undoes the unsealed day`,
  });
}

/**
 * Seals the day: its tables become partitions, the business date moves on, the hash is chained and
 * the run is done, in one transaction. The open day is taken before the run, as by whoever takes
 * the run over, and waited for: an import for a later day may hold it. Throws `run_lost` (75).
 */
export async function sealDay(
  client: pg.Client,
  run: HeldRun,
  date: EpochDay,
  patience: Patience,
): Promise<void> {
  const { runId, token } = run;
  await requireHeld(client, run);
  const work = () =>
    inTransaction(client, async () => {
      await client.query(SLICED);
      const content = await contentHash(client, runId);
      await inOwnWords(client, run, () =>
        client.query('SELECT seal_day($1, $2, $3, $4)', [formatDay(date), runId, token, content]),
      );
      await barrier('eod.seal');
    });
  const jobs = OPEN_DAY_JOBS.filter((job) => job !== 'eod');
  try {
    await patience.forTransaction(client, { jobs, work });
  } catch (error) {
    throw sealRefused(error, date);
  }
}

/** SHA-256 of the tasks' hashes in order and of the entries of the accounting groups. */
export async function contentHash(client: pg.Client, runId: number): Promise<Buffer> {
  const { rows } = await client.query<{ hash: Buffer }>(
    `SELECT hash FROM step WHERE run_id = $1 AND phase IN ('fold', 'post')
     ORDER BY phase, task`,
    [runId],
  );
  return hashOfHashes(rows.map(({ hash }) => hash));
}
