import type pg from 'pg';
import { formatDay } from '../../accounting/epoch-day.js';
import type { EpochDay } from '../../accounting/units.js';
import { connect } from '../../db/connect.js';
import type { DatabaseTarget } from '../../db/target.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { bookFromData } from '../book/book.js';
import { loadBookData } from '../book/load-book.js';
import type { CheckResult } from './checks.js';
import { endExecution, HEARTBEAT_MS, type HeldRun, renewRun, takeRun } from './claim.js';
import { gateDay, requireChecks, sealDay, tidyDay } from './finish-day.js';
import type { FoldPool } from './fold-pool.js';
import { foldTasks } from './fold-tasks.js';
import { postGroups } from './post-groups.js';
import { shareBook } from './shared-book.js';
import { loansToFold, tasksFor } from './task-count.js';

/** More held loans than this keep a day from being sealed. */
export const DEFAULT_MAX_HELD = 10;

export interface RunDayOptions {
  /** The day expected to be open; another process may have closed it meanwhile. */
  readonly date?: EpochDay;
  readonly workers?: number;
  readonly tasks?: number;
  readonly maxHeld?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** What one close did, by phase in milliseconds. */
export interface ClosedDay {
  readonly businessDate: string;
  readonly runId: number;
  readonly loans: number;
  readonly born: number;
  readonly returned: number;
  readonly closed: number;
  readonly held: number;
  readonly events: number;
  readonly eventsRejected: number;
  readonly contentHash: string;
  readonly chainHash: string;
  readonly resumed: boolean;
  readonly checks: readonly CheckResult[];
  /** The whole close, from taking the run to its end. */
  readonly totalMilliseconds: number;
  readonly milliseconds: { fold: number; post: number; tidyAndCheck: number; seal: number };
}

/**
 * Closes the open business day: folds its tasks in worker threads, posts, tidies, checks and seals.
 * An interrupted close is resumed by calling it again. Throws LoanbookError: `day_is_being_closed`
 * (75), `checks_failed` (3), `too_many_held`, `no_posting_rule`, `interrupted` (130).
 */
export async function runDay(
  target: DatabaseTarget,
  pool: FoldPool,
  options: RunDayOptions = {},
): Promise<ClosedDay> {
  const began = performance.now();
  const control = await connect(target, { applicationName: 'loanbook eod' });
  try {
    const data = await loadBookData(control);
    const book = bookFromData(data);
    const date = book.businessDate;
    if (options.date !== undefined && options.date !== date) throw movedOn(options.date, date);
    const tasks = options.tasks ?? tasksFor(await loansToFold(control, date));
    const run = await takeRun(control, date, tasks, pool.workers);
    const heartbeat = await beat(target, run);
    try {
      await control.query('SELECT open_day($1)', [formatDay(date)]);
      const started = performance.now();
      await foldTasks(control, target, pool, run, shareBook(data), options, heartbeat.lost);
      const folded = performance.now();
      await requireFewHeld(control, run, date, options.maxHeld ?? DEFAULT_MAX_HELD);
      await postGroups(control, book, run.runId, date);
      const posted = performance.now();
      const tidied = tidyDay(target, run.runId, date);
      const gate = gateDay(target, run.runId, date, pool.workers, tidied);
      const [checks] = await Promise.all([gate, tidied]);
      requireChecks(checks, date);
      const tied = performance.now();
      const hashes = await sealDay(control, run, date);
      const sealed = performance.now();
      await endExecution(control, run, 'done', '');
      return {
        ...(await summary(control, run, date)),
        contentHash: hashes.content,
        chainHash: hashes.chain,
        checks,
        totalMilliseconds: Math.round(performance.now() - began),
        milliseconds: {
          fold: Math.round(folded - started),
          post: Math.round(posted - folded),
          tidyAndCheck: Math.round(tied - posted),
          seal: Math.round(sealed - tied),
        },
      };
    } catch (error) {
      const outcome = options.signal?.aborted ? 'interrupted' : 'failed';
      const message = error instanceof Error ? error.message : String(error);
      await endExecution(control, run, outcome, message).catch(() => undefined);
      throw error;
    } finally {
      await heartbeat.stop();
    }
  } finally {
    await control.end();
  }
}

function movedOn(expected: EpochDay, open: EpochDay): LoanbookError {
  return new LoanbookError('day_moved_on', 'the open day is not the one expected', {
    exitCode: EXIT.locked,
    evidence: { expected: formatDay(expected), open_day: formatDay(open) },
    next: 'loanbook eod status',
  });
}

/**
 * Renews the run's lease while the close goes on; `lost` fires when somebody else took the run. It
 * has a session of its own: the other one is in the midst of a transaction as often as not.
 */
async function beat(
  target: DatabaseTarget,
  run: HeldRun,
): Promise<{ lost: AbortSignal; stop: () => Promise<void> }> {
  const lost = new AbortController();
  const client = await connect(target, { applicationName: `loanbook lease ${run.runId}` });
  const timer = setInterval(() => {
    renewRun(client, run).then(
      (held) => {
        if (!held) lost.abort(new LoanbookError('run_lost', 'another process took this run over'));
      },
      (error: unknown) => lost.abort(error),
    );
  }, HEARTBEAT_MS);
  timer.unref();
  const stop = async (): Promise<void> => {
    clearInterval(timer);
    await client.end();
  };
  return { lost: lost.signal, stop };
}

async function requireFewHeld(
  control: pg.Client,
  run: HeldRun,
  date: EpochDay,
  maxHeld: number,
): Promise<void> {
  const { rows } = await control.query<{ loan_no: string; reason: string; held: number }>(
    `SELECT l.loan_no, h.reason, count(*) OVER () AS held
     FROM held_loan h JOIN loan l ON l.bucket = h.bucket AND l.loan_id = h.loan_id
     WHERE h.business_date = $1 ORDER BY h.bucket, h.loan_id LIMIT 3`,
    [formatDay(date)],
  );
  const held = rows[0]?.held ?? 0;
  if (held <= maxHeld) return;
  const evidence: Record<string, string | number> = {
    business_date: formatDay(date),
    run: run.runId,
    held,
    max_held: maxHeld,
  };
  for (const row of rows) evidence[`loan ${row.loan_no}`] = row.reason;
  throw new LoanbookError('too_many_held', 'too many loans could not be folded', {
    exitCode: EXIT.failed,
    evidence,
    next: `loanbook runs show ${run.runId} lists them; --max-held raises the cap`,
  });
}

type Counts = Pick<
  ClosedDay,
  | 'businessDate'
  | 'runId'
  | 'loans'
  | 'born'
  | 'returned'
  | 'closed'
  | 'held'
  | 'events'
  | 'eventsRejected'
> & { resumed: boolean };

async function summary(control: pg.Client, run: HeldRun, date: EpochDay): Promise<Counts> {
  const { rows } = await control.query<Omit<Counts, 'businessDate' | 'runId' | 'resumed'>>(
    `SELECT sum(rows_written)::bigint AS loans, sum(loans_born)::bigint AS born,
       sum(loans_returned)::bigint AS returned, sum(loans_closed)::bigint AS closed,
       sum(loans_held)::bigint AS held, sum(events_read)::bigint AS events,
       sum(events_rejected)::bigint AS "eventsRejected"
     FROM step WHERE run_id = $1 AND phase = 'fold'`,
    [run.runId],
  );
  return {
    businessDate: formatDay(date),
    runId: run.runId,
    resumed: run.resumed,
    ...rows[0]!,
  };
}
