import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { connect, inTransaction, retrying } from '../../../db/connect.js';
import { isSessionLost } from '../../../db/outage.js';
import type { Retry } from '../../../db/retry.js';
import type { DatabaseTarget } from '../../../db/target.js';
import { EXIT, LoanbookError } from '../../../errors.js';
import { bookFromData } from '../../book/book.js';
import { loadBookData } from '../../book/load-book.js';
import { openDate } from '../../book/open-day.js';
import type { CheckResult } from '../../day/check-result.js';
import { requireIntactSeal } from '../../day/proof/intact-seal.js';
import { barrier } from '../../runs/barrier.js';
import { Heartbeat } from '../../runs/heartbeat.js';
import { endExecution, settleRun, takeRun } from '../../runs/instance.js';
import { type HeldRun, isLost, requireHeld } from '../../runs/lease.js';
import { keepParameters } from '../../runs/run-parameters.js';
import { Patience, SLICED, type Waits } from '../../runs/waiting.js';
import { giveUp, lossBehind } from '../../runs/with-run.js';
import { postGroups } from '../post/post-groups.js';
import { requireFewHeld } from './few-held.js';
import { gateDay, requireChecks, sealDay, tidyDay } from './finish-day.js';
import type { FoldPool } from './fold-pool.js';
import { foldTasks } from './fold-tasks.js';
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
  readonly waits?: Waits;
  /** Who closes, for the audit. */
  readonly by?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
  /** The database was away; the close goes on in a moment. */
  readonly onRetry?: (retry: Retry) => void;
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

/** How often a close is begun in one process: for about half a minute while the server is away. */
const ATTEMPTS_MAX = 9;

/** What is known of a close when its sessions are lost and it is gone on with. */
interface Memory {
  readonly began: number;
  readonly patience: Patience;
  /** What was held before the sessions were lost. */
  run?: HeldRun;
  /** Of a day whose seal was asked for; whether it arrived only the database can tell. */
  sealing?: Sealing;
}

interface Sealing {
  readonly run: HeldRun;
  readonly date: EpochDay;
  readonly checks: readonly CheckResult[];
  readonly milliseconds: Omit<ClosedDay['milliseconds'], 'seal'>;
  readonly since: number;
}

/**
 * Closes the open business day: folds its tasks in worker threads, posts, tidies, checks and seals.
 * An interrupted close is resumed by calling it again; one that lost its sessions resumes itself.
 * Throws LoanbookError: `day_is_being_closed`, `run_lost` (75), `checks_failed`, `seal_broken` (3),
 * `too_many_held`, `no_posting_rule`, `other_parameters`, `interrupted` (130).
 */
export async function runDay(
  target: DatabaseTarget,
  pool: FoldPool,
  options: RunDayOptions = {},
): Promise<ClosedDay> {
  const memory: Memory = { began: performance.now(), patience: new Patience(options.waits) };
  const { onRetry, signal } = options;
  const only = (error: unknown) => isSessionLost(error) && signal?.aborted !== true;
  return retrying(() => closeOnce(target, pool, options, memory), {
    attemptsMax: ATTEMPTS_MAX,
    only,
    onRetry,
  });
}

/** Phases of a close, in the order in which `runs show` has them. */
export const CLOSE_PHASES = ['fold', 'post', 'tidy', 'check', 'seal'] as const;

async function closeOnce(
  target: DatabaseTarget,
  pool: FoldPool,
  options: RunDayOptions,
  memory: Memory,
): Promise<ClosedDay> {
  const settings = { 'loanbook.by': options.by ?? '' };
  const control = await connect(target, { applicationName: 'loanbook eod', settings });
  try {
    // Before anything else: another process may have ended the sessions to go on with the close.
    if (memory.run !== undefined) await requireHeld(control, memory.run);
    const date = await openDate(control);
    if (memory.sealing?.date === date - 1) return await conclude(control, memory, memory.sealing);
    if (options.date !== undefined && options.date !== date) throw movedOn(options.date, date);
    const tasks = options.tasks ?? tasksFor(await loansToFold(control, date));
    const { workers } = pool;
    const instance = { job: 'eod', date, phases: CLOSE_PHASES, tasks, workers } as const;
    const run = await takeRun(control, instance, memory.patience, memory.run);
    memory.run = run;
    const heartbeat = new Heartbeat(target, run);
    try {
      return await closeHeld({ control, target, pool, options, memory, date, heartbeat }, run);
    } catch (error) {
      const failure = await lossBehind(control, run, error);
      if (!isLost(failure)) await giveUp(control, run, options.signal?.aborted === true, failure);
      throw failure;
    } finally {
      await heartbeat.stop();
    }
  } finally {
    await control.end();
  }
}

interface Close {
  readonly control: pg.Client;
  readonly target: DatabaseTarget;
  readonly pool: FoldPool;
  readonly options: RunDayOptions;
  readonly memory: Memory;
  readonly date: EpochDay;
  readonly heartbeat: Heartbeat;
}

/** The phases of a close whose run is held. */
async function closeHeld(close: Close, run: HeldRun): Promise<ClosedDay> {
  const { control, target, pool, options, memory, date, heartbeat } = close;
  await settleRun(control, run, memory.patience);
  await openTables(control, run, date, memory.patience);
  // Not before: what ended until the run was taken rules the day too.
  const data = await loadBookData(control);
  if (data.businessDate !== date) throw movedOn(date, data.businessDate);
  await keepParameters(control, run, data);
  const book = bookFromData(data);
  if (date > book.firstBusinessDate) await requireIntactSeal(control, date - 1);
  const started = performance.now();
  await foldTasks(control, target, pool, run, shareBook(data), options, heartbeat.lost);
  const folded = performance.now();
  await requireFewHeld(control, run, date, options.maxHeld ?? DEFAULT_MAX_HELD);
  await postGroups(control, book, run, date);
  const posted = performance.now();
  const checks = await tidyAndCheck(target, run, date, pool.workers, memory.patience);
  options.signal?.throwIfAborted();
  heartbeat.lost.throwIfAborted();
  const since = performance.now();
  const milliseconds = {
    fold: Math.round(folded - started),
    post: Math.round(posted - folded),
    tidyAndCheck: Math.round(since - posted),
  };
  memory.sealing = { run, date, checks, milliseconds, since };
  await sealDay(control, run, date, memory.patience);
  return await conclude(control, memory, memory.sealing);
}

async function openTables(
  control: pg.Client,
  run: HeldRun,
  date: EpochDay,
  patience: Patience,
): Promise<void> {
  const work = () =>
    inTransaction(control, async () => {
      await control.query(SLICED);
      await requireHeld(control, run);
      await control.query('SELECT open_day($1)', [formatDay(date)]);
      await barrier('eod.open');
    });
  await patience.forTransaction(control, { jobs: [], work });
}

/** Both come to their end, well or not, before the close is gone on with. */
async function tidyAndCheck(
  target: DatabaseTarget,
  run: HeldRun,
  date: EpochDay,
  workers: number,
  patience: Patience,
): Promise<CheckResult[]> {
  const tidied = tidyDay(target, run, date, patience);
  const gate = gateDay(target, run, date, workers, tidied);
  await Promise.allSettled([gate, tidied]);
  const [checks] = await Promise.all([gate, tidied]);
  requireChecks(checks, date);
  return checks;
}

/** Ends the run of a sealed day, also where the connection was lost right behind the seal. */
async function conclude(control: pg.Client, memory: Memory, sealing: Sealing): Promise<ClosedDay> {
  const { run, date, checks, milliseconds, since } = sealing;
  const { rows } = await control.query<{ content: string; chain: string }>(
    `SELECT encode(content_hash, 'hex') AS content, encode(chain_hash, 'hex') AS chain
     FROM sealed_day WHERE business_date = $1 AND run_id = $2`,
    [formatDay(date), run.runId],
  );
  const hashes = rows[0];
  if (hashes === undefined) throw movedOn(date, date + 1);
  await barrier('eod.end');
  await endExecution(control, run, 'done', '');
  const now = performance.now();
  return {
    ...(await summary(control, run, date)),
    contentHash: hashes.content,
    chainHash: hashes.chain,
    checks,
    totalMilliseconds: Math.round(now - memory.began),
    milliseconds: { ...milliseconds, seal: Math.round(now - since) },
  };
}

function movedOn(expected: EpochDay, open: EpochDay): LoanbookError {
  return new LoanbookError('day_moved_on', 'the open day is not the one expected', {
    exitCode: EXIT.locked,
    evidence: { expected: formatDay(expected), open_day: formatDay(open) },
    next: 'loanbook eod status',
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
