import type pg from 'pg';
import { CopySink } from '../../db/copy/copy-stream.js';
import { TupleWriter } from '../../db/copy/tuple-writer.js';
import { readSql } from '../../db/sql-file.js';
import type { RejectFile } from '../../files/reject-file.js';
import { exactTotal } from './import-outcome.js';
import { rejectStaged } from './late-rejects.js';
import type { ImportScene, RowIntake, StagedFile } from './row-intake.js';
import type { ProvedBy } from './source/file-proof.js';
import { RowCount } from './source/row-count.js';
import type { ColumnSpec } from './source/source-columns.js';
import { type SourceFile, shapeProblem } from './source/source-file.js';

const WRITER_ROOM = 1 << 20;

/** A file on its way into the book. */
export interface ImportFile extends SourceFile {
  readonly rejects: RejectFile;
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
  /** Moves `stage` into the book; the row of line n gets event firstEventId + n - 1. */
  store(client: pg.Client, importId: number, firstEventId: number): Promise<void>;
}

interface Read {
  readonly rowsRead: number;
  readonly lastLine: number;
  readonly provedBy: ProvedBy;
}

/** Reads the whole file into the temporary table `stage`; rows that can't go in are rejected. */
export async function stageInTable(
  scene: ImportScene,
  kind: TableKind,
  file: ImportFile,
): Promise<StagedFile> {
  const { client } = scene;
  await client.query(readSql(import.meta.url, kind.stageSql));
  const intake = await kind.openIntake(scene);
  const read = await copyRows(scene, kind, intake, file);
  await rejectStaged(client, kind, file);
  const { rows } = await client.query<{ rows: number; amount: bigint }>(
    `SELECT count(*) AS rows, coalesce(sum(${kind.totalColumn}), 0) AS amount FROM stage`,
  );
  return {
    ...read,
    rows: rows[0]!.rows,
    amount: exactTotal(rows[0]!.amount),
    entersOpenDay: intake.entersOpenDay,
    events: read.lastLine,
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
  const sink = new CopySink(scene.client, 'stage', kind.stageColumns);
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

async function writeRows(
  sink: CopySink,
  intake: RowIntake,
  file: ImportFile,
  count: RowCount,
): Promise<Read> {
  const { content, columns, rejects } = file;
  const writer = new TupleWriter(WRITER_ROOM);
  const fields: string[] = [];
  for await (const batch of file.rows(file.signal)) {
    for (let i = 0; i < batch.records.length; i += 1) {
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
      const { field, rule, value } = problem;
      await rejects.add({ line, field: columns.nameOf(field), rule, value }, row, line);
    }
    if (writer.length > 0) await sink.write(writer.take());
    file.check?.(intake);
    file.onProgress?.(batch.bytesRead, content.bytes);
  }
  return { rowsRead: count.rows, lastLine: count.lastLine, provedBy: count.end() };
}
