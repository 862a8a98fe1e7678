import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import { Refusal } from '../../../accounting/money/refusal.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { connect, destroyClient, sqlStateOf } from '../../../db/connect.js';
import type { DatabaseTarget } from '../../../db/target.js';
import { type Evidence, EXIT, type ExitCode, LoanbookError } from '../../../errors.js';
import { type Book, bookFromData } from '../../book/book.js';
import { FoldBuffers } from '../../day/fold-buffers.js';
import { MissingRule } from '../../day/rows/missing-rule.js';
import type { FoldTask } from '../../runs/claim.js';
import { keepSession } from '../../runs/sessions.js';
import { ClaimLost, runFoldTask, type TaskSession } from '../stream/fold-task.js';
import { readSharedBook, type SharedBook } from './shared-book.js';

/** What crosses into a worker thread: the database, the book's parameters, a task. No row. */
export interface WorkerJob {
  readonly target: DatabaseTarget;
  readonly book: SharedBook;
  readonly task: FoldTask;
  /** Of the run. */
  readonly token: string;
}

/** What comes back, for progress. */
export interface WorkerSuccess {
  readonly ok: true;
  readonly read: number;
  readonly written: number;
  readonly held: number;
}

/** An error as plain data: classes do not survive the way between threads. */
export interface WorkerFailure {
  readonly ok: false;
  readonly code: string;
  readonly message: string;
  readonly sqlState: string | undefined;
  readonly evidence: Evidence;
  readonly next: string | undefined;
  readonly exitCode: ExitCode;
}

export type WorkerResult = WorkerSuccess | WorkerFailure;

/** A thread keeps its sessions and the book's parameters while tasks of one run come in. */
interface Session extends TaskSession {
  readonly book: Book;
  readonly token: string;
}

/** The sessions that no task is using: a thread folds more than one task at a time. */
const idle: Session[] = [];

/** Settings of a session that reads positions: one task, straight off the index, nothing clever. */
const READ_SETTINGS = {
  max_parallel_workers_per_gather: '0',
  synchronize_seqscans: 'off',
};

/** Answers once the thread has loaded its modules. */
export function isLoaded(): true {
  return true;
}

/** Entry of the worker thread: folds one task, over two connections that the thread owns. */
export async function foldInWorker(job: WorkerJob): Promise<WorkerResult> {
  let session: Session | undefined;
  try {
    session = await sessionFor(job);
    const counts = await runFoldTask(session, session.book, job.task, new AbortController().signal);
    idle.push(session);
    return { ok: true, read: counts.read, written: counts.written, held: counts.held };
  } catch (error) {
    if (session !== undefined) drop(session);
    return failureOf(error, job.task.date);
  }
}

/** Code of a failure: the step of the task is somebody else's now, or it is done. */
export const CLAIM_LOST = 'claim_lost';

/** SQLSTATE class: a full disk, no memory. */
const OUT_OF_RESOURCES = '53';

function failureOf(error: unknown, date: EpochDay): WorkerFailure {
  const sqlState = sqlStateOf(error);
  const message = error instanceof Error ? error.message : String(error);
  const said = { evidence: {}, next: undefined, exitCode: EXIT.failed };
  const failure = { ok: false as const, message, sqlState, ...said };
  if (error instanceof LoanbookError) {
    const { code, evidence, next, exitCode } = error;
    return { ...failure, code, evidence, next, exitCode };
  }
  if (error instanceof ClaimLost) return { ...failure, code: CLAIM_LOST, exitCode: EXIT.locked };
  if (error instanceof MissingRule) {
    const { movement, balance, accruing } = error;
    // A ledger document cannot come into force on a day of which loans are folded already.
    const day = formatDay(date);
    const next =
      `\`loanbook eod discard --date ${day} --reason "a rule is missing"\`, \`loanbook ledger ` +
      `apply FILE\` with the rule and \`effective_from: ${day}\`, then close again`;
    return { ...failure, code: 'no_posting_rule', evidence: { movement, balance, accruing }, next };
  }
  if (error instanceof Refusal) {
    return { ...failure, code: error.code, evidence: error.evidence };
  }
  if (sqlState === undefined) return { ...failure, code: 'fold_failed' };
  // As the report of any other command says it.
  const code = sqlState.startsWith(OUT_OF_RESOURCES) ? 'server_out_of_resources' : 'database_error';
  return { ...failure, code };
}

async function sessionFor(job: WorkerJob): Promise<Session> {
  const { token } = job;
  const session = idle.pop();
  if (session?.token === token) return session;
  const opened = session ?? (await openSession(job));
  try {
    const run = { runId: job.task.runId, token };
    await Promise.all([opened.read, opened.write].map((client) => keepSession(client, run)));
  } catch (error) {
    drop(opened);
    throw error;
  }
  return { ...opened, book: bookOf(job), token };
}

async function openSession(job: WorkerJob): Promise<TaskSession> {
  const name = 'loanbook fold';
  const read = await connect(job.target, { applicationName: name, settings: READ_SETTINGS });
  const write = await connect(job.target, { applicationName: name }).catch((error: unknown) => {
    destroyClient(read);
    throw error;
  });
  const opened = { read, write, buffers: new FoldBuffers() };
  for (const client of [read, write]) client.once('end', () => forget(client));
  return opened;
}

/** A session that ended while nothing used it, as all do when the server is started again. */
function forget(client: pg.Client): void {
  const at = idle.findIndex(({ read, write }) => read === client || write === client);
  if (at >= 0) idle.splice(at, 1).forEach(drop);
}

function bookOf(job: WorkerJob): Book {
  return bookFromData(readSharedBook(job.book));
}

/** A session whose COPY did not end cleanly is of no use any more. */
function drop({ read, write }: TaskSession): void {
  destroyClient(read);
  destroyClient(write);
}
