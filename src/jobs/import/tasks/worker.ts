import type pg from 'pg';
import type { EpochDay } from '../../../accounting/money/units.js';
import { destroyClient, inTransaction, sqlStateOf } from '../../../db/connect.js';
import type { DatabaseTarget } from '../../../db/target.js';
import { type Evidence, EXIT, type ExitCode, LoanbookError } from '../../../errors.js';
import type { RunClaim } from '../../runs/lease.js';
import { requireHeld } from '../../runs/lease.js';
import { connectForRun } from '../../runs/sessions.js';
import type { ColumnPlan } from '../source/source-file.js';
import type { BirthNumbers } from './loan-births.js';
import { runLoanTask, type TaskScene } from './loan-task.js';
import { sceneOfTasks } from './scene-of-tasks.js';
import type { LoanTask } from './share-out-rows.js';

/** What the tasks of one file have in common, as it crosses into a thread. No row. */
export interface TasksPlan {
  readonly columns: ColumnPlan;
  readonly scheduleColumns: ColumnPlan | null;
  /** Number of the open file of the process that holds the rows. */
  readonly fd: number;
  /** The tasks write balances and events as well, by these numbers; null: they do not. */
  readonly births: BirthNumbers | null;
  /** Rows take the place of loans that no close has folded. */
  readonly isDelta: boolean;
  /** Given where it is not the clock's. */
  readonly today: EpochDay;
}

export interface WorkerJob {
  readonly target: DatabaseTarget;
  readonly claim: RunClaim;
  readonly plan: TasksPlan;
  readonly task: LoanTask;
}

/** An error as plain data: classes do not survive the way between threads. */
export interface TaskFailure {
  readonly code: string | undefined;
  readonly message: string;
  readonly sqlState: string | undefined;
  readonly evidence: Evidence;
  readonly next: string | undefined;
  readonly exitCode: ExitCode;
}

/** A thread keeps its session while tasks of one run come in. */
let session: { readonly token: string; readonly on: TaskScene } | undefined;

/** Entry of the thread: does one task in one transaction of a session that the thread owns. */
export async function taskInWorker(job: WorkerJob): Promise<TaskFailure | null> {
  try {
    const { on } = await sessionFor(job);
    await inTransaction(on.client, async () => {
      await runLoanTask(on, job.task);
      await requireHeld(on.client, job.claim);
    });
    return null;
  } catch (error) {
    if (session !== undefined) destroyClient(session.on.client);
    session = undefined;
    return failureOf(error);
  }
}

/** Ends the thread's session. */
export async function endSession(): Promise<void> {
  const client = session?.on.client;
  session = undefined;
  await client?.end().catch(() => undefined);
}

async function sessionFor({ target, claim, plan }: WorkerJob) {
  if (session !== undefined) return session;
  const settings = { synchronous_commit: 'off' };
  const options = { applicationName: 'loanbook import task', settings };
  const client = await connectForRun(target, claim, options);
  session = { token: claim.token, on: await openScene(client, plan) };
  return session;
}

async function openScene(client: pg.Client, plan: TasksPlan): Promise<TaskScene> {
  try {
    return await sceneOfTasks(client, plan);
  } catch (error) {
    destroyClient(client);
    throw error;
  }
}

function failureOf(error: unknown): TaskFailure {
  const message = error instanceof Error ? error.message : String(error);
  const sqlState = sqlStateOf(error);
  const said = { message, sqlState, evidence: {}, next: undefined, exitCode: EXIT.failed };
  if (!(error instanceof LoanbookError)) return { ...said, code: undefined };
  const { code, evidence, next, exitCode } = error;
  return { ...said, code, evidence, next, exitCode };
}
