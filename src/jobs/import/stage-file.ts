import { CopySink } from '../../db/copy-stream.js';
import { TupleWriter } from '../../db/copy-tuple.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { csvBatches, fileTruncated } from '../../files/csv-reader.js';
import type { FileContent } from '../../files/file-content.js';
import type { RejectFile } from '../../files/reject-file.js';
import type { ImportKind, ImportScene, RowIntake } from './row-intake.js';
import type { RowProblem, SourceColumns } from './source-columns.js';

const WRITER_ROOM = 1 << 20;

/** A file on its way into the book. */
export interface ImportFile {
  readonly content: FileContent;
  readonly columns: SourceColumns;
  readonly rejects: RejectFile;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((bytesDone: number, bytesTotal: number) => void) | undefined;
}

export interface Staged {
  readonly rowsRead: number;
  /** Line on which the last row begins. */
  readonly lastLine: number;
}

/** The header of a CSV file. Throws LoanbookError `file_empty`. */
export async function readHeader(file: string): Promise<readonly string[]> {
  for await (const batch of csvBatches(file)) {
    const header = batch.records[0];
    if (header !== undefined) return header;
  }
  throw new LoanbookError('file_empty', 'The file is empty.', {
    exitCode: EXIT.failed,
    evidence: { file },
    next: 'It needs a header and rows below it. Nothing was imported.',
  });
}

/** Reads the whole file into the temporary table `stage`; rows that can't go in are rejected. */
export async function stageFile(
  scene: ImportScene,
  kind: ImportKind,
  intake: RowIntake,
  file: ImportFile,
): Promise<Staged> {
  const sink = new CopySink(scene.client, 'stage', kind.stageColumns);
  let staged: Staged | undefined;
  let failure: unknown;
  try {
    staged = await writeRows(sink, intake, file);
  } catch (error) {
    failure = error;
  }
  // A COPY left open would keep the connection from ever answering the ROLLBACK.
  await sink.finish();
  if (staged === undefined) throw failure;
  return staged;
}

async function writeRows(sink: CopySink, intake: RowIntake, file: ImportFile): Promise<Staged> {
  const { content, columns, rejects } = file;
  const writer = new TupleWriter(WRITER_ROOM);
  const fields: string[] = [];
  let rowsRead = -1;
  let lastLine = 1;
  let last: { row: readonly string[]; problem: RowProblem | undefined } | undefined;
  for await (const batch of csvBatches(content.path, file.signal)) {
    for (let i = 0; i < batch.records.length; i += 1) {
      rowsRead += 1;
      if (rowsRead === 0) continue;
      const row = batch.records[i]!;
      lastLine = batch.lines[i]!;
      const problem = takeRow(columns, intake, row, fields, lastLine, writer);
      last = { row, problem };
      if (problem === undefined) continue;
      await rejects.add({ ...problem, line: lastLine, field: columns.nameOf(problem.field) }, row);
    }
    if (writer.length > 0) await sink.write(writer.take());
    file.onProgress?.(batch.bytesRead, content.bytes);
  }
  const isCut = !content.endsWithNewline && isIncomplete(columns, last?.row, last?.problem);
  if (isCut) throw fileTruncated(content.path, lastLine);
  return { rowsRead: Math.max(0, rowsRead), lastLine };
}

function takeRow(
  columns: SourceColumns,
  intake: RowIntake,
  row: readonly string[],
  fields: string[],
  line: number,
  writer: TupleWriter,
): RowProblem | undefined {
  if (row.length !== columns.width) {
    const value = `${row.length} instead of ${columns.width}`;
    return { field: '', rule: 'column_count', value };
  }
  return columns.read(row, fields) ?? intake.take(fields, line, writer);
}

/** A last line without its newline: fields are missing, or the last one is cut off. */
function isIncomplete(
  columns: SourceColumns,
  row: readonly string[] | undefined,
  problem: RowProblem | undefined,
): boolean {
  if (row === undefined || problem === undefined) return false;
  return row.length < columns.width || columns.isLast(problem.field);
}
