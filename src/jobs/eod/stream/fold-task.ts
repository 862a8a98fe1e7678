import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { TupleReader } from '../../../db/copy/copy-tuple.js';
import type { Book } from '../../book/book.js';
import type { EventDigest } from '../../day/event-digest.js';
import type { FoldBuffers } from '../../day/fold-buffers.js';
import type { ItemRows } from '../../day/joint/item-rows.js';
import type { NewContracts } from '../../day/new-contracts.js';
import { CARRIED_COLUMNS } from '../../day/position-row.js';
import { readPositions } from '../../day/task-input.js';
import { barrier } from '../../runs/barrier.js';
import type { FoldTask } from '../../runs/claim.js';
import { type ControlTotals, storedTotals } from './control-totals.js';
import { pastOf } from './damaged-loan.js';
import { loadInput, loadLeftLoans, type TaskInput } from './load-input.js';
import { TaskFold } from './task-fold.js';
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
  /** Of each of its tables. */
  readonly hashes: readonly Buffer[];
  readonly eventsOfDay: EventDigest;
  readonly bornToday: number;
  readonly contracts: NewContracts;
  readonly items: ItemRows;
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
  const lookUp = async () => {
    const { damaged } = fold;
    if (damaged === null) {
      fold.left = await stream.pauseFor((client) => loadLeftLoans(client, task, input));
    } else fold.holdDamaged(await stream.pauseFor((client) => pastOf(client, damaged)));
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
          while (!fold.foldRow(reader.view, reader.at, reader.bytes)) await lookUp();
          if (stream.isFull) await stream.flush();
        }
      }
      reader.finish();
    });
  }
  while (!(await foldRest(fold, stream, signal))) await lookUp();
  const hashes = await stream.end();
  const counts = countsOf(fold, input, hashes, task.date);
  await writeHeld(session.write, task, fold);
  await writeLeft(session.write, task, fold);
  await fold.contracts.write(session.write);
  await finishStep(session.write, task, counts);
  await barrier('eod.fold');
  await session.write.query('COMMIT');
  return counts;
}

/** Loans behind the last row of yesterday, flushed on the way. False: as of `foldRow`. */
async function foldRest(fold: TaskFold, stream: TaskStream, signal: AbortSignal): Promise<boolean> {
  for (let id = fold.nextBirthId; id < Number.POSITIVE_INFINITY; id = fold.nextBirthId) {
    if (!fold.foldUpTo(id + 1)) return false;
    if (!stream.isFull) continue;
    signal.throwIfAborted();
    await stream.flush();
  }
  return fold.foldUpTo(Number.POSITIVE_INFINITY);
}

function countsOf(
  fold: TaskFold,
  input: TaskInput,
  hashes: readonly Buffer[],
  date: EpochDay,
): TaskCounts {
  return {
    read: fold.rowsRead,
    written: fold.loan.positions.rows,
    born: fold.born,
    returned: fold.returned,
    closed: fold.leaving.length,
    held: fold.held.length,
    events: input.events.size + fold.born,
    eventsRejected: fold.loan.totals.eventsRejected,
    totals: fold.loan.totals.totals(),
    hashes,
    eventsOfDay: input.events.digest(date),
    bornToday: input.births.ofToday,
    contracts: fold.contracts,
    items: fold.loan.side.items,
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
  const { eventsOfDay, contracts, items } = counts;
  const did = {
    rows_read: counts.read,
    rows_written: counts.written,
    loans_born: counts.born,
    loans_returned: counts.returned,
    loans_closed: counts.closed,
    loans_held: counts.held,
    events_read: counts.events,
    events_rejected: counts.eventsRejected,
    events: eventsOfDay.count + counts.bornToday,
    contracts: contracts.count,
    items: items.count,
  };
  const { rows } = await client.query<{ done: boolean }>(
    'SELECT finish_task($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) AS done',
    [
      task.runId,
      task.task,
      task.token,
      JSON.stringify(did),
      storedTotals(counts.totals),
      Buffer.concat(counts.hashes),
      eventsOfDay.hash(),
      eventsOfDay.marks(),
      contracts.hash(),
      items.hash.digest(),
    ],
  );
  if (rows[0]?.done !== true) throw new ClaimLost('the claim of this task was lost');
}
