import type pg from 'pg';
import { bucketOf } from '../../../accounting/fold/loan-bucket.js';
import { CopySink } from '../../../db/copy/copy-stream.js';
import { TupleWriter } from '../../../db/copy/tuple-writer.js';
import { readSql } from '../../../db/sql-file.js';
import { LOAN_SCHEDULE_COLUMNS, LOAN_STAGE_COLUMNS } from '../loan-columns.js';
import { LoanIntake, type LoanRules } from '../loan-intake.js';
import { LoanNumbers } from '../loan-numbers.js';
import type { LoanScene } from '../row-intake.js';
import { isCleanText } from '../source/field-text.js';
import type { SourceColumns } from '../source/source-columns.js';
import { TaskSchedules } from './own-schedule-rows.js';
import { type PackedRow, unpackRow } from './packed-row.js';
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
  /** The last ordinal given, by bucket. */
  readonly ordinals: readonly number[];
  /** The book has loans. */
  readonly hasLoans: boolean;
}

/** A row of a task with the bucket that it belongs to. */
interface BucketRow {
  readonly row: PackedRow;
  readonly loanNo: string;
  readonly bucket: number;
}

/** Checks the rows of a task and writes them, and what cannot go in, into the staging tables. */
export async function runLoanTask(on: TaskScene, task: LoanTask): Promise<void> {
  const { client, scene, columns, scheduleColumns } = on;
  const own =
    scheduleColumns === null
      ? undefined
      : new TaskSchedules(scheduleColumns, scene.minorDigits, readBlocks(on.fd, task.schedules));
  const rows = rowsOf(on, task, own);
  const inBook = on.hasLoans ? await numbersInBook(client, rows) : new Set<string>();
  const numbers = new LoanNumbers(on.ordinals, inBook);
  const parties = await partiesInBook(client, rows, columns);
  const schedules = new TupleWriter(SCHEDULE_ROOM);
  const staged = new TupleWriter(ROW_ROOM);
  const rejects = new TupleWriter(ROW_ROOM);
  const intake = new LoanIntake(on.rules, scene, { numbers, parties }, schedules, own);
  await copy(client, 'import_schedule', LOAN_SCHEDULE_COLUMNS, async (sink) => {
    const fields: string[] = [];
    for (const [at, { row }] of rows.entries()) {
      const { line, record } = row;
      const problem =
        row.problem ?? columns.read(record, fields) ?? intake.take(fields, line, staged);
      if (problem !== undefined) {
        const reject = rejectOf(problem, line, columns);
        putReject(rejects, line, 0, { reject, row: record });
      }
      if (at % SLICE_ROWS === 0) await send(sink, schedules);
    }
    await send(sink, schedules);
  });
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

/** Bucket by bucket, so that loans lie in the order in which the close reads them. */
function rowsOf(on: TaskScene, task: LoanTask, own: TaskSchedules | undefined): BucketRow[] {
  const rows: BucketRow[] = [];
  for (const packed of readBlocks(on.fd, task.loans)) {
    const row = unpackRow(packed);
    const loanNo = on.columns.textOf('loan_no', row.record);
    own?.claim(loanNo);
    rows.push({ row, loanNo, bucket: bucketOf(loanNo) });
  }
  return rows.sort((a, b) => a.bucket - b.bucket || a.row.line - b.row.line);
}

/** Those numbers that the book has. */
async function numbersInBook(
  client: pg.Client,
  rows: readonly { readonly loanNo: string }[],
): Promise<ReadonlySet<string>> {
  const numbers = rows.map(({ loanNo }) => loanNo).filter(isCleanText);
  const found = await client.query<{ loan_no: string }>(
    readSql(import.meta.url, 'numbers-in-book'),
    [numbers.map(bucketOf), numbers],
  );
  return new Set(found.rows.map(({ loan_no }) => loan_no));
}

/** Those parties that the rows name and the book has. */
async function partiesInBook(
  client: pg.Client,
  rows: readonly BucketRow[],
  columns: SourceColumns,
): Promise<ReadonlySet<string>> {
  const named = new Set(rows.map(({ row }) => columns.textOf('party', row.record)));
  const asked = [...named].filter((party) => party !== '' && isCleanText(party));
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
  const inBook = on.hasLoans ? await numbersInBook(on.client, unclaimed) : new Set<string>();
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
