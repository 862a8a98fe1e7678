import { CopySink } from '../../db/copy/copy-stream.js';
import { TupleWriter } from '../../db/copy/tuple-writer.js';
import { csvBatches } from '../../files/csv-reader.js';
import type { Reject, RejectFile } from '../../files/reject-file.js';
import type { ImportKind, ImportScene, RowIntake } from './row-intake.js';
import type { ProvedBy } from './source/file-proof.js';
import { RowCount } from './source/row-count.js';
import type { RowProblem, SourceColumns } from './source/source-columns.js';
import { type SourceFile, shapeProblem } from './source/source-file.js';

const WRITER_ROOM = 1 << 20;
/** Rows that are looked up together: what they need is in memory at a time. */
const LOOK_AHEAD_ROWS = 1000;

/** A file on its way into the book. */
export interface ImportFile extends SourceFile {
  readonly rejects: RejectFile;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((bytesDone: number, bytesTotal: number) => void) | undefined;
  /** Throws where the rest need not be read. */
  readonly check?: (intake: RowIntake) => void;
}

export interface Staged {
  /** What the intake found missing from the file counts as read, and was rejected. */
  readonly rowsRead: number;
  /** Line on which the last row begins. */
  readonly lastLine: number;
  readonly provedBy: ProvedBy;
}

/** Reads the whole file into the temporary table `stage`; rows that can't go in are rejected. */
export async function stageFile(
  scene: ImportScene,
  kind: ImportKind,
  intake: RowIntake,
  file: ImportFile,
): Promise<Staged> {
  const sink = new StageSink(scene, kind, intake.second !== undefined);
  let staged: Staged | undefined;
  let failure: unknown;
  try {
    const count = new RowCount(file, kind.totalColumn, scene.minorDigits);
    staged = await writeRows(sink, intake, file, count);
  } catch (error) {
    failure = error;
  }
  // A COPY left open would keep the connection from ever answering the ROLLBACK.
  await sink.finish();
  if (staged === undefined) throw failure;
  const unclaimed = await rejectUnclaimed(intake, file);
  return { ...staged, rowsRead: staged.rowsRead + unclaimed };
}

/** One COPY for the whole file; one a batch where the intake asks the database in between. */
class StageSink {
  readonly #scene: ImportScene;
  readonly #kind: ImportKind;
  readonly #onePerBatch: boolean;
  #copy: CopySink | undefined;

  constructor(scene: ImportScene, kind: ImportKind, onePerBatch: boolean) {
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

async function writeRows(
  sink: StageSink,
  intake: RowIntake,
  file: ImportFile,
  count: RowCount,
): Promise<Staged> {
  const { content, columns, rejects } = file;
  const writer = new TupleWriter(WRITER_ROOM);
  const fields: string[] = [];
  let isHeader = true;
  for await (const batch of csvBatches(content.path, file.signal)) {
    let askedTo = 0;
    for (let i = 0; i < batch.records.length; i += 1) {
      if (isHeader) {
        isHeader = false;
        continue;
      }
      if (intake.second !== undefined && i >= askedTo) {
        askedTo = i + LOOK_AHEAD_ROWS;
        const { column } = intake.second;
        const rows = batch.records.slice(i, askedTo);
        await intake.second.fetch(rows.map((row) => columns.textOf(column, row)));
      }
      const row = batch.records[i]!;
      const line = batch.lines[i]!;
      if (count.isTrailer(row, line)) continue;
      const problem =
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
