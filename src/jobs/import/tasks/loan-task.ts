import type pg from 'pg';
import { bucketOf } from '../../../accounting/fold/loan-bucket.js';
import { CopySink } from '../../../db/copy/copy-stream.js';
import { TupleWriter } from '../../../db/copy/tuple-writer.js';
import { readSql } from '../../../db/sql-file.js';
import { LoanIntake, type LoanRules } from '../loan-intake.js';
import { type LoanInBook, LoanNumbers } from '../loan-numbers.js';
import type { LoanScene } from '../row-intake.js';
import { isCleanText } from '../source/field-text.js';
import { LOAN_SCHEDULE_COLUMNS, LOAN_STAGE_COLUMNS } from '../source/loan-columns.js';
import type { SourceColumns } from '../source/source-columns.js';
import { BALANCE_COLUMNS, type BirthNumbers, EVENT_COLUMNS, LoanBirths } from './loan-births.js';
import { TaskSchedules } from './own-schedule-rows.js';
import { bucketOfPacked, unpackRow } from './packed-row.js';
import type { LoanTask } from './share-out-rows.js';
import { readBlocks } from './spill-file.js';
import { putReject, REJECT_COLUMNS, rejectOf } from './task-rejects.js';

const SCHEDULE_ROOM = 1 << 19;
const ROW_ROOM = 1 << 18;
/** Rows between two looks at whether the server keeps up. */
const SLICE_ROWS = 256;

/** What the tasks of a file need to know, the same for all of them. */
export interface TaskScene {
  readonly client: pg.Client;
  readonly scene: LoanScene;
  readonly rules: LoanRules;
  readonly columns: SourceColumns;
  /** Of the file of schedules; null: there is none. */
  readonly scheduleColumns: SourceColumns | null;
  /** The file that holds the rows of the tasks. */
  readonly fd: number;
  /** The tasks write balances and events as well; null: they do not. */
  readonly births: BirthNumbers | null;
  /** The last ordinal given, by bucket. */
  readonly ordinals: readonly number[];
  /** The book has loans. */
  readonly hasLoans: boolean;
  /** A row takes the place of a loan that no close has folded. */
  readonly isDelta: boolean;
}

/** Checks the rows of a task and writes them, and what cannot go in, into the staging tables. */
export async function runLoanTask(on: TaskScene, task: LoanTask): Promise<void> {
  const { client, scene, columns, scheduleColumns } = on;
  const own =
    scheduleColumns === null
      ? undefined
      : new TaskSchedules(scheduleColumns, scene.minorDigits, readBlocks(on.fd, task.schedules));
  const rows = rowsOf(on, task);
  const named = namedBy(on, rows, own);
  const inBook = await numbersInBook(on, named.loans);
  const numbers = new LoanNumbers(on.ordinals, inBook);
  const parties = await partiesInBook(client, named.parties);
  const schedules = new TupleWriter(SCHEDULE_ROOM);
  const births = on.births === null ? undefined : new LoanBirths(on.births);
  const staged = new TupleWriter(ROW_ROOM);
  const rejects = new TupleWriter(ROW_ROOM);
  const writers = { schedules, births };
  const intake = new LoanIntake(on.rules, scene, { numbers, parties }, writers, own);
  const fields: string[] = [];
  for (let at = 0; at < rows.length; ) {
    await copy(client, 'import_schedule', LOAN_SCHEDULE_COLUMNS, async (sink) => {
      for (; at < rows.length && births?.isFull !== true; at += 1) {
        const { line, record, problem: whole } = unpackRow(rows[at]!);
        const problem = whole ?? columns.read(record, fields) ?? intake.take(fields, line, staged);
        if (problem !== undefined) {
          const reject = rejectOf(problem, line, columns);
          putReject(rejects, line, 0, { reject, row: record });
        }
        if (at % SLICE_ROWS === 0) await send(sink, schedules);
      }
      await send(sink, schedules);
    });
    if (births !== undefined) await copyBirths(client, births);
  }
  if (own !== undefined) await putUnclaimed(on, own, rejects);
  const counts = { rows: staged.rows, rejected: rejects.rows };
  await copy(client, 'import_row', LOAN_STAGE_COLUMNS, (sink) => send(sink, staged));
  if (rejects.length > 0) {
    await copy(client, 'import_reject', REJECT_COLUMNS, (sink) => send(sink, rejects));
  }
  await client.query(
    `INSERT INTO import_task (task, rows, rejected, enters_open_day, looks, bucket_from, ordinals)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [
      ...[task.task, counts.rows, counts.rejected, intake.entersOpenDay, intake.looks],
      task.bucketFrom,
      numbers.ordinals.slice(task.bucketFrom, task.bucketTo + 1),
    ],
  );
}

async function copyBirths(client: pg.Client, { balances, events }: LoanBirths): Promise<void> {
  await copy(client, 'import_schedule_balance', BALANCE_COLUMNS, (sink) => send(sink, balances));
  await copy(client, 'import_event', EVENT_COLUMNS, (sink) => send(sink, events));
}

/**
 * The packed rows of a task, bucket by bucket, so that loans lie in the order in which the close
 * reads them; within one as the file has them. Taken apart all at once they would be old enough,
 * by the time that they are read, to keep the collector busy.
 */
function rowsOf({ fd }: TaskScene, { loans, bucketFrom, bucketTo }: LoanTask): string[] {
  const buckets = Array.from({ length: bucketTo - bucketFrom + 1 }, (): string[] => []);
  for (const packed of readBlocks(fd, loans)) {
    buckets[bucketOfPacked(packed) - bucketFrom]!.push(packed);
  }
  return buckets.flat();
}

interface Named {
  readonly loans: readonly { readonly loanNo: string }[];
  readonly parties: readonly string[];
}

/** What the rows name that the book may have; their schedules are claimed. */
function namedBy(on: TaskScene, rows: readonly string[], own: TaskSchedules | undefined): Named {
  const { columns, hasLoans } = on;
  const loans: { loanNo: string }[] = [];
  const parties = new Set<string>();
  const hasParties = columns.has('party');
  if (own === undefined && !hasLoans && !hasParties) return { loans, parties: [] };
  for (const packed of rows) {
    const { record } = unpackRow(packed);
    const loanNo = columns.textOf('loan_no', record);
    own?.claim(loanNo);
    if (hasLoans) loans.push({ loanNo });
    if (hasParties) parties.add(columns.textOf('party', record));
  }
  return { loans, parties: [...parties] };
}

/** Those numbers that the book has. */
async function numbersInBook(
  { client, hasLoans, isDelta }: TaskScene,
  rows: readonly { readonly loanNo: string }[],
): Promise<ReadonlyMap<string, LoanInBook>> {
  if (!hasLoans) return new Map();
  const numbers = rows.map(({ loanNo }) => loanNo).filter(isCleanText);
  const found = await client.query<LoanInBook & { loanNo: string }>(
    readSql(import.meta.url, 'numbers-in-book'),
    [numbers.map(bucketOf), numbers, isDelta],
  );
  return new Map(found.rows.map((row) => [row.loanNo, row]));
}

/** Those of the named parties that the book has. */
async function partiesInBook(
  client: pg.Client,
  named: readonly string[],
): Promise<ReadonlySet<string>> {
  const asked = named.filter((party) => party !== '' && isCleanText(party));
  if (asked.length === 0) return new Set();
  const found = await client.query<{ party_no: string }>(
    'SELECT party_no FROM party_key WHERE party_no = ANY ($1)',
    [asked],
  );
  return new Set(found.rows.map(({ party_no }) => party_no));
}

/**
 * Schedules of loans that are not in the first file. Those of loans that the book has are passed
 * over: when rejected loans are sent again, the file of schedules may stay as it is.
 */
async function putUnclaimed(on: TaskScene, own: TaskSchedules, rejects: TupleWriter) {
  const unclaimed = own.unclaimed();
  if (unclaimed.length === 0) return;
  const inBook = await numbersInBook(on, unclaimed);
  const field = own.words.nameOf('loan_no');
  for (const { loanNo, ordinal, line } of unclaimed) {
    if (inBook.has(loanNo)) continue;
    const reject = { line, field, rule: 'loan_not_in_file', value: loanNo };
    putReject(rejects, 0, ordinal, { reject, row: on.columns.recordOf('loan_no', loanNo) });
  }
}

async function copy(
  client: pg.Client,
  table: string,
  columns: readonly string[],
  write: (sink: CopySink) => Promise<void>,
): Promise<void> {
  const sink = new CopySink(client, table, columns);
  let failure: unknown;
  try {
    await write(sink);
  } catch (error) {
    failure = error ?? new Error('the COPY failed');
  }
  // A COPY left open would keep the connection from ever answering the ROLLBACK.
  await sink.finish();
  if (failure !== undefined) throw failure;
}

async function send(sink: CopySink, writer: TupleWriter): Promise<void> {
  if (writer.length === 0) return;
  const bytes = writer.take();
  await sink.write(bytes, () => writer.recycle(bytes));
}
