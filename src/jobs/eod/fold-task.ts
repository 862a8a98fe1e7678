import { createHash } from 'node:crypto';
import type pg from 'pg';
import { formatDay } from '../../accounting/epoch-day.js';
import { CopySink } from '../../db/copy-stream.js';
import { TupleReader } from '../../db/copy-tuple.js';
import type { Book } from '../book/book.js';
import type { ControlTotals } from './control-totals.js';
import { dayTable } from './day-table.js';
import { changesThePast, type EventQueue, loadEvents, mayNeedFile } from './event-queue.js';
import { type DeepLoan, loadDeepLoans } from './loan-past.js';
import { POSITION_COLUMNS, POSITION_FIELDS } from './position-row.js';
import type { SideTable } from './side-tables.js';
import { POSITION_ROOM, TaskFold, type TaskInput } from './task-fold.js';
import {
  type Birth,
  loadBirths,
  loadHeld,
  loadNextInstallments,
  NextInstallments,
  positionStream,
  type TaskScope,
} from './task-input.js';

/** Allocations, outcomes and journal lines wait in memory up to this many bytes. */
const SIDE_ROOM = 16 << 20;

/** One task of a run, with the token of its claim. */
export interface FoldTask extends TaskScope {
  readonly runId: number;
  readonly task: number;
  readonly token: string;
}

/** The two sessions that a worker owns: one streams yesterday out, one takes today in. */
export interface TaskClients {
  readonly read: pg.Client;
  readonly write: pg.Client;
}

/** What a task did, as its step's row has it. */
export interface TaskCounts {
  readonly read: number;
  readonly written: number;
  readonly born: number;
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
 * caller must destroy both clients: a COPY may be left open.
 */
export async function runFoldTask(
  clients: TaskClients,
  book: Book,
  task: FoldTask,
  signal: AbortSignal,
): Promise<TaskCounts> {
  const first = task.date === book.firstBusinessDate;
  const input = await loadInput(clients.read, book, task, first);
  const fold = new TaskFold(book, task.date, task.task, input);
  const stream = new TaskStream(clients.write, task, fold);
  await clients.write.query('BEGIN');
  await stream.begin();
  if (!first) {
    const reader = new TupleReader(POSITION_FIELDS);
    for await (const chunk of positionStream(clients.read, task)) {
      signal.throwIfAborted();
      reader.push(chunk);
      while (reader.next()) {
        fold.foldRow(reader.view, reader.at, reader.bytes);
        if (stream.isFull) await stream.flush();
      }
    }
    reader.finish();
  }
  await foldRest(fold, input.births, stream, signal);
  const hash = await stream.end();
  const counts = countsOf(fold, input, hash);
  await writeHeld(clients.write, task, fold);
  await finishStep(clients.write, task, counts);
  await clients.write.query('COMMIT');
  return counts;
}

async function loadInput(
  read: pg.Client,
  book: Book,
  task: FoldTask,
  first: boolean,
): Promise<TaskInput> {
  const events = await loadEvents(read, task);
  const today = await loadBirths(read, task);
  if (first) {
    return {
      events,
      next: new NextInstallments(),
      births: today,
      held: new Map(),
      deep: new Map(),
    };
  }
  const next = await loadNextInstallments(read, task);
  const held = await loadHeld(read, task);
  const unborn: Birth[] = [];
  for (const loan of held.values()) if (!loan.hasPosition) unborn.push(loan.birth);
  const births = unborn.length === 0 ? today : [...unborn, ...today];
  if (unborn.length > 0) births.sort((a, b) => a.loanId - b.loanId);
  return { events, next, births, held, deep: await loadDeep(read, book, task, events) };
}

/** Loans with an event that may look up a schedule or change the past; mostly few. */
async function loadDeep(
  read: pg.Client,
  book: Book,
  task: FoldTask,
  events: EventQueue,
): Promise<Map<number, DeepLoan>> {
  const products = [...book.products.values()];
  const mayPayAhead = products.some((terms) => terms.allocation.earlyPayment !== 'hold');
  const wanted = events.loansWith((event) => mayNeedFile(event, mayPayAhead));
  const recalculating = await loansThatRecalculate(read, book, task);
  const loanIds = [...new Set([...wanted, ...recalculating])];
  if (loanIds.length === 0) return new Map();
  return loadDeepLoans(read, task, loanIds, events.loansWith(changesThePast));
}

/** Loans whose interest follows their payments: every close may lay their schedule again. */
async function loansThatRecalculate(
  read: pg.Client,
  book: Book,
  task: FoldTask,
): Promise<number[]> {
  const groups = [...book.groups.entries()].filter(
    ([, { productId }]) => book.products.get(productId)?.interest.recalculation !== null,
  );
  if (groups.length === 0) return [];
  const { rows } = await read.query<{ loan_id: number }>(
    `SELECT loan_id FROM ${dayTable('position', task.date - 1)}
     WHERE bucket BETWEEN $1 AND $2 AND group_id = ANY($3) ORDER BY bucket, loan_id`,
    [task.bucketFrom, task.bucketTo, groups.map(([groupId]) => groupId)],
  );
  return rows.map(({ loan_id: loanId }) => loanId);
}

/** Births behind the last row of yesterday, flushed on the way. */
async function foldRest(
  fold: TaskFold,
  births: readonly Birth[],
  stream: TaskStream,
  signal: AbortSignal,
): Promise<void> {
  for (const birth of births) {
    if (birth.loanId < fold.nextBirthId) continue;
    fold.foldUpTo(birth.loanId + 1);
    if (!stream.isFull) continue;
    signal.throwIfAborted();
    await stream.flush();
  }
  fold.foldUpTo(Number.POSITIVE_INFINITY);
}

/** Moves what a fold has produced into the day's tables, a bounded buffer at a time. */
class TaskStream {
  readonly #client: pg.Client;
  readonly #task: FoldTask;
  readonly #fold: TaskFold;
  readonly #hash = createHash('sha256');
  #sink: CopySink | undefined;

  constructor(client: pg.Client, task: FoldTask, fold: TaskFold) {
    this.#client = client;
    this.#task = task;
    this.#fold = fold;
  }

  async begin(): Promise<void> {
    const table = dayTable('position', this.#task.date);
    this.#sink = new CopySink(this.#client, table, POSITION_COLUMNS);
  }

  get isFull(): boolean {
    return this.#fold.positions.length > POSITION_ROOM - 4096 || this.#fold.side.length > SIDE_ROOM;
  }

  async flush(): Promise<void> {
    await this.#flushPositions();
    if (this.#fold.side.length <= SIDE_ROOM) return;
    // One session can be in one COPY at a time: the positions pause while the rest is written.
    await this.#sink?.finish();
    await this.#flushSide();
    await this.begin();
  }

  async #flushPositions(): Promise<void> {
    if (this.#fold.positions.length === 0) return;
    const { positions } = this.#fold;
    const rows = positions.take();
    this.#hash.update(rows);
    await this.#sink?.write(rows, () => positions.recycle(rows));
  }

  async #flushSide(): Promise<void> {
    await this.#fold.side.flush(async (table: SideTable, rows: Buffer) => {
      const sink = new CopySink(
        this.#client,
        table.byDay ? dayTable(table.parent, this.#task.date) : table.parent,
        table.columns,
      );
      await sink.write(rows);
      await sink.finish();
    });
  }

  /** Writes what is left; returns the task's hash. */
  async end(): Promise<Buffer> {
    await this.#flushPositions();
    await this.#sink?.finish();
    await this.#flushSide();
    return taskHash([this.#hash.digest(), ...this.#fold.side.digests()]);
  }
}

/** SHA-256 over the hashes of a task's positions, allocations, outcomes, lines and schedules. */
export function taskHash(parts: readonly Buffer[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function countsOf(fold: TaskFold, input: TaskInput, hash: Buffer): TaskCounts {
  return {
    read: fold.rowsRead,
    written: fold.positions.rows,
    born: fold.born,
    closed: fold.closed,
    held: fold.held.length,
    events: input.events.size + fold.born,
    eventsRejected: fold.totals.eventsRejected,
    totals: fold.totals.totals(),
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

async function finishStep(client: pg.Client, task: FoldTask, counts: TaskCounts): Promise<void> {
  const done = await client.query(
    `UPDATE step SET status = 'done', rows_read = $4, rows_written = $5, loans_born = $6,
       loans_closed = $7, loans_held = $8, events_read = $9, events_rejected = $10, totals = $11,
       hash = $12, ended_at = clock_timestamp(), lease_until = NULL
     WHERE run_id = $1 AND phase = 'fold' AND task = $2 AND token = $3 AND status = 'claimed'`,
    [
      task.runId,
      task.task,
      task.token,
      counts.read,
      counts.written,
      counts.born,
      counts.closed,
      counts.held,
      counts.events,
      counts.eventsRejected,
      JSON.stringify(counts.totals),
      counts.hash,
    ],
  );
  if (done.rowCount !== 1) throw new ClaimLost('the claim of this task was lost');
}
