import type pg from 'pg';
import { CopySink } from '../../db/copy/copy-stream.js';
import { TupleWriter } from '../../db/copy/tuple-writer.js';
import { readSql } from '../../db/sql-file.js';
import type { Reject } from '../../files/rejects/reject-columns.js';
import { exactTotal, type ImportOutcome, type Replacing } from './import-outcome.js';
import { rejectStaged } from './late-rejects.js';
import type { ImportRejects } from './rejects/import-rejects.js';
import type { ImportScene, RowIntake, SecondFile, StagedFile } from './row-intake.js';
import type { ProvedBy } from './source/file-proof.js';
import { RowCount } from './source/row-count.js';
import type { ColumnSpec, RowProblem, SourceColumns } from './source/source-columns.js';
import { type SourceFile, shapeProblem } from './source/source-file.js';

const WRITER_ROOM = 1 << 20;
/**
 * Rows that are looked up together: what they need is in memory twice, for the next ones are looked
 * up while these are at work. What the server says of so many loans fits what a socket holds, so it
 * does not wait for us in between.
 */
const LOOK_AHEAD_ROWS = 200;

/** A file on its way into the book. */
export interface ImportFile extends SourceFile {
  readonly rejects: ImportRejects;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((bytesDone: number, bytesTotal: number) => void) | undefined;
  /** Throws where the rest need not be read. */
  readonly check?: (intake: { readonly entersOpenDay: boolean }) => void;
}

/** A kind of file that is staged in one temporary table, by one thread. */
export interface TableKind<Intake extends RowIntake = RowIntake> {
  readonly columns: readonly ColumnSpec[];
  readonly stageColumns: readonly string[];
  /** Statement (a file of the folder `sql`) that makes the temporary table `stage`. */
  readonly stageSql: string;
  /** Statements that make the temporary table `rejected` (line, problem) out of `stage`. */
  readonly rejectSql: readonly string[];
  /** Adds to `rejected` what no statement can judge, after the first of `rejectSql`. */
  judge?(client: pg.Client): Promise<void>;
  /** Field and rule of `problem` 1, 2 ... in `rejected`. */
  readonly problems: readonly (readonly [field: string, rule: string])[];
  /** The column of `stage` whose sum is the file's control total. */
  readonly totalColumn: string;
  openIntake(scene: ImportScene): Promise<Intake>;
  /** Of a delta: takes out of `stage` what the book has just so, and counts what it replaces. */
  settle?(client: pg.Client): Promise<Replacing>;
  /** What this kind adds to the outcome; `stage` holds what can go in. */
  outcome?(client: pg.Client, intake: Intake): Promise<Pick<ImportOutcome, 'schedules' | 'ages'>>;
  /** Moves `stage` into the book; the row of line n gets event firstEventId + n - 1. */
  store(client: pg.Client, importId: number, firstEventId: number): Promise<void>;
}

interface Read {
  /** What the intake found missing from the file counts as read, and was rejected. */
  readonly rowsRead: number;
  readonly lastLine: number;
  readonly provedBy: ProvedBy;
}

/** Reads the whole file into the temporary table `stage`; rows that can't go in are rejected. */
export async function stageInTable<Intake extends RowIntake>(
  scene: ImportScene,
  kind: TableKind<Intake>,
  file: ImportFile,
): Promise<StagedFile> {
  const { client } = scene;
  await client.query(readSql(import.meta.url, kind.stageSql));
  const intake = await kind.openIntake(scene);
  const read = await copyRows(scene, kind, intake, file);
  const unclaimed = await rejectUnclaimed(intake, file);
  await rejectStaged(client, kind, file);
  const delta = await kind.settle?.(client);
  const { rows } = await client.query<{ rows: number; amount: bigint }>(
    `SELECT count(*) AS rows, coalesce(sum(${kind.totalColumn}), 0) AS amount FROM stage`,
  );
  const taken = rows[0]!.rows;
  return {
    ...read,
    rowsRead: read.rowsRead + unclaimed,
    rows: taken,
    amount: exactTotal(rows[0]!.amount),
    entersOpenDay: intake.entersOpenDay,
    events: read.lastLine,
    outcome: {
      ...(await kind.outcome?.(client, intake)),
      ...(delta === undefined ? {} : { delta: { added: taken - delta.replaced, ...delta } }),
    },
    async store(importId, firstEventId) {
      await kind.store(client, importId, firstEventId);
      return false;
    },
  };
}

async function copyRows(
  scene: ImportScene,
  kind: TableKind,
  intake: RowIntake,
  file: ImportFile,
): Promise<Read> {
  const sink = new StageSink(scene, kind, intake.second !== undefined);
  let read: Read | undefined;
  let failure: unknown;
  try {
    const count = new RowCount(file, kind.totalColumn, scene.minorDigits);
    read = await writeRows(sink, intake, file, count);
  } catch (error) {
    failure = error;
  }
  // A COPY left open would keep the connection from ever answering the ROLLBACK.
  await sink.finish();
  if (read === undefined) throw failure;
  return read;
}

/** One COPY for the whole file; one a batch where the intake asks the database in between. */
class StageSink {
  readonly #scene: ImportScene;
  readonly #kind: TableKind;
  readonly #onePerBatch: boolean;
  #copy: CopySink | undefined;

  constructor(scene: ImportScene, kind: TableKind, onePerBatch: boolean) {
    this.#scene = scene;
    this.#kind = kind;
    this.#onePerBatch = onePerBatch;
  }

  async write(bytes: Buffer): Promise<void> {
    this.#copy ??= new CopySink(this.#scene.client, 'stage', this.#kind.stageColumns);
    await this.#copy.write(bytes);
    if (this.#onePerBatch) await this.finish();
  }

  async finish(): Promise<void> {
    const copy = this.#copy;
    this.#copy = undefined;
    await copy?.finish();
  }
}

/** Looks up what the rows of a batch need, a page ahead of them. */
class LookAhead {
  readonly #second: SecondFile;
  readonly #columns: SourceColumns;
  readonly #records: readonly (readonly string[])[];
  #at = 0;
  #coming: Promise<() => void>;

  constructor(second: SecondFile, columns: SourceColumns, records: readonly (readonly string[])[]) {
    this.#second = second;
    this.#columns = columns;
    this.#records = records;
    this.#coming = this.#fetch();
  }

  /** What the next page needs is there behind it. */
  async turn(): Promise<void> {
    const take = await this.#coming;
    take();
    if (this.#at >= this.#records.length) return;
    this.#coming = this.#fetch();
    // It may fail before anybody waits for it.
    this.#coming.catch(() => undefined);
  }

  #fetch(): Promise<() => void> {
    const page = this.#records.slice(this.#at, this.#at + LOOK_AHEAD_ROWS);
    this.#at += LOOK_AHEAD_ROWS;
    const { column } = this.#second;
    return this.#second.fetch(page.map((row) => this.#columns.textOf(column, row)));
  }
}

async function writeRows(
  sink: StageSink,
  intake: RowIntake,
  file: ImportFile,
  count: RowCount,
): Promise<Read> {
  const { content, columns, rejects } = file;
  const writer = new TupleWriter(WRITER_ROOM);
  const fields: string[] = [];
  for await (const batch of file.rows(file.signal)) {
    const ahead = intake.second && new LookAhead(intake.second, columns, batch.records);
    for (let i = 0; i < batch.records.length; i += 1) {
      if (i % LOOK_AHEAD_ROWS === 0) await ahead?.turn();
      const row = batch.records[i]!;
      const line = batch.lines[i]!;
      if (count.isTrailer(row, line)) continue;
      const problem =
        batch.problemOf?.(i) ??
        shapeProblem(file, row, batch.hasNul) ??
        columns.read(row, fields) ??
        intake.take(fields, line, writer);
      count.add(row, line, problem);
      if (problem === undefined) continue;
      await rejects.add(rejectOf(problem, line, columns), row, line);
    }
    if (writer.length > 0) await sink.write(writer.take());
    file.check?.(intake);
    file.onProgress?.(batch.bytesRead, content.bytes);
  }
  return { rowsRead: count.rows, lastLine: count.lastLine, provedBy: count.end() };
}

/** Rejects what the second file brings for no row of this one; returns how much. */
async function rejectUnclaimed({ second }: RowIntake, file: ImportFile): Promise<number> {
  if (second === undefined) return 0;
  const { columns, rejects } = file;
  let count = 0;
  for await (const { key, problem } of second.unclaimed()) {
    const row = columns.recordOf(second.column, key);
    await rejects.add(rejectOf(problem, 0, columns), row);
    count += 1;
  }
  return count;
}

/** A problem of another file than the row's names its own line and column. */
function rejectOf(problem: RowProblem, line: number, columns: SourceColumns): Reject {
  if (problem.line !== undefined) return { ...problem, line: problem.line };
  return { ...problem, line, field: columns.nameOf(problem.field) };
}
