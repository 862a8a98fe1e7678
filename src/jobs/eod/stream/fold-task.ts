import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import { TupleReader } from '../../../db/copy/copy-tuple.js';
import type { Book } from '../../book/book.js';
import type { FoldBuffers } from '../../day/fold-buffers.js';
import { CARRIED_COLUMNS } from '../../day/position-row.js';
import { type Birth, readPositions } from '../../day/task-input.js';
import { barrier } from '../../runs/barrier.js';
import type { FoldTask } from '../../runs/claim.js';
import { type ControlTotals, storedTotals } from './control-totals.js';
import { loadInput, loadLeftLoans } from './load-input.js';
import { TaskFold, type TaskInput } from './task-fold.js';
import { TaskStream } from './task-stream.js';

/** What a worker owns: a session that streams yesterday out, one that takes today in, buffers. */
export interface TaskSession {
  readonly read: pg.Client;
  readonly write: pg.Client;
  readonly buffers: FoldBuffers;
}

/** What a task did, as its step's row has it. */
export interface TaskCounts {
  readonly read: number;
  readonly written: number;
  readonly born: number;
  readonly returned: number;
  readonly closed: number;
  readonly held: number;
  readonly events: number;
  readonly eventsRejected: number;
  readonly totals: ControlTotals;
  readonly hash: Buffer;
}

/** The claim was lost while the task was folded: somebody else does it now. */
export class ClaimLost extends Error {}

/**
 * Folds one task in one transaction: positions, allocations, outcomes, journal lines, held loans
 * and the step with its control totals and hash commit together, or not at all. On any error the
 * caller must drop the session: a COPY may be left open.
 */
export async function runFoldTask(
  session: TaskSession,
  book: Book,
  task: FoldTask,
  signal: AbortSignal,
): Promise<TaskCounts> {
  const first = task.date === book.firstBusinessDate;
  session.buffers.clear();
  const input = await loadInput(session.read, book, task, first, session.buffers);
  const fold = new TaskFold(book, task.date, task.task, input, session.buffers);
  if (first) fold.left = new Map();
  const stream = new TaskStream(session.write, task.date, fold);
  const lookUpLeft = async () => {
    fold.left = await stream.pauseFor((client) => loadLeftLoans(client, task, input));
  };
  await session.write.query('BEGIN');
  await stream.begin();
  if (!first) {
    await readPositions(session.read, task, async (chunks) => {
      const reader = new TupleReader(CARRIED_COLUMNS.length);
      for await (const chunk of chunks) {
        signal.throwIfAborted();
        reader.push(chunk);
        while (reader.next()) {
          if (!fold.foldRow(reader.view, reader.at, reader.bytes)) {
            await lookUpLeft();
            fold.foldRow(reader.view, reader.at, reader.bytes);
          }
          if (stream.isFull) await stream.flush();
        }
      }
      reader.finish();
    });
  }
  if (!(await foldRest(fold, input.births, stream, signal))) {
    await lookUpLeft();
    await foldRest(fold, input.births, stream, signal);
  }
  const hash = await stream.end();
  const counts = countsOf(fold, input, hash);
  await writeHeld(session.write, task, fold);
  await writeLeft(session.write, task, fold);
  await finishStep(session.write, task, counts);
  await barrier('eod.fold');
  await session.write.query('COMMIT');
  return counts;
}

/** Loans behind the last row of yesterday, flushed on the way. False: `left` is needed first. */
async function foldRest(
  fold: TaskFold,
  births: readonly Birth[],
  stream: TaskStream,
  signal: AbortSignal,
): Promise<boolean> {
  for (const birth of births) {
    if (birth.loanId < fold.nextBirthId) continue;
    if (!fold.foldUpTo(birth.loanId + 1)) return false;
    if (!stream.isFull) continue;
    signal.throwIfAborted();
    await stream.flush();
  }
  return fold.foldUpTo(Number.POSITIVE_INFINITY);
}

function countsOf(fold: TaskFold, input: TaskInput, hash: Buffer): TaskCounts {
  return {
    read: fold.rowsRead,
    written: fold.positions.rows,
    born: fold.born,
    returned: fold.returned,
    closed: fold.leaving.length,
    held: fold.held.length,
    events: input.events.size + fold.born,
    eventsRejected: fold.loan.totals.eventsRejected,
    totals: fold.loan.totals.totals(),
    hash,
  };
}

async function writeHeld(client: pg.Client, task: FoldTask, fold: TaskFold): Promise<void> {
  if (fold.held.length === 0) return;
  await client.query(
    `INSERT INTO held_loan (business_date, bucket, loan_id, held_since, reason)
     SELECT $1, * FROM unnest($2::smallint[], $3::bigint[], $4::date[], $5::text[])`,
    [
      formatDay(task.date),
      fold.held.map((loan) => loan.bucket),
      fold.held.map((loan) => loan.loanId),
      fold.held.map((loan) => formatDay(loan.since)),
      fold.held.map((loan) => loan.reason),
    ],
  );
}

async function writeLeft(client: pg.Client, task: FoldTask, fold: TaskFold): Promise<void> {
  if (fold.leaving.length === 0) return;
  await client.query(
    `INSERT INTO left_loan (bucket, loan_id, left_on, last_on)
     SELECT loan_id >> 32, loan_id, $1, last_on
     FROM unnest($2::bigint[], $3::date[]) AS l (loan_id, last_on)`,
    [
      formatDay(task.date),
      fold.leaving.map((loan) => loan.loanId),
      fold.leaving.map((loan) => formatDay(loan.lastOn)),
    ],
  );
}

async function finishStep(client: pg.Client, task: FoldTask, counts: TaskCounts): Promise<void> {
  const done = await client.query(
    `UPDATE step SET status = 'done', rows_read = $4, rows_written = $5, loans_born = $6,
       loans_returned = $7, loans_closed = $8, loans_held = $9, events_read = $10,
       events_rejected = $11, totals = $12, hash = $13, ended_at = clock_timestamp(),
       lease_until = NULL
     WHERE run_id = $1 AND phase = 'fold' AND task = $2 AND token = $3 AND status = 'claimed'`,
    [
      task.runId,
      task.task,
      task.token,
      counts.read,
      counts.written,
      counts.born,
      counts.returned,
      counts.closed,
      counts.held,
      counts.events,
      counts.eventsRejected,
      storedTotals(counts.totals),
      counts.hash,
    ],
  );
  if (done.rowCount !== 1) throw new ClaimLost('the claim of this task was lost');
}
