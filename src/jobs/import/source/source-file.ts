import { EXIT, LoanbookError } from '../../../errors.js';
import { requireCharset } from '../../../files/charset.js';
import { type CsvBatch, csvBatches, nulField } from '../../../files/csv-reader.js';
import { type FileContent, inspectFile } from '../../../files/file-content.js';
import { CsvRejectLines } from '../../../files/rejects/csv-reject-lines.js';
import { isFileOfRejects } from '../../../files/rejects/file-of-rejects.js';
import { REJECT_COLUMNS } from '../../../files/rejects/reject-columns.js';
import type { RejectLines } from '../../../files/rejects/reject-lines.js';
import { readTextFile } from '../../../files/text-file.js';
import type { TotalsLine } from '../documents/file-rules.js';
import { type MappingDocument, parseMappingDocument } from '../documents/mapping-document.js';
import { FileProof, type SenderSays } from './file-proof.js';
import { openByLayout } from './layout-source.js';
import { type ColumnSpec, type RowProblem, SourceColumns } from './source-columns.js';

/** Records of a stretch of a source file, none of them its header. */
export interface SourceBatch extends CsvBatch {
  /** What is wrong with a record as a whole, where its reader says so. */
  problemOf?(at: number): RowProblem | undefined;
}

/** Where our columns are in the records of a file; plain data, for threads to make them of. */
export interface ColumnPlan {
  readonly file: string;
  readonly header: readonly string[];
  readonly mapping: MappingDocument | undefined;
}

/** A file whose columns are known to be right. */
export interface SourceFile {
  readonly content: FileContent;
  readonly header: readonly string[];
  readonly plan: ColumnPlan;
  readonly columns: SourceColumns;
  readonly trailer: TotalsLine | undefined;
  readonly proof: FileProof;
  /** How its rows are copied into a reject file. */
  readonly rejectLines: RejectLines;
  /** Its records; may be asked for again. */
  rows(signal?: AbortSignal): AsyncGenerator<SourceBatch>;
}

export interface SourceOptions {
  readonly file: string;
  readonly minorDigits: number;
  readonly says?: SenderSays;
  /** Path of a column mapping document. */
  readonly mapping?: string;
  /** Path or name of a layout, in the place of a mapping. */
  readonly layout?: string;
  readonly signal?: AbortSignal;
}

/**
 * Finds our columns in the header of a file, or of the rejected rows of one. Throws LoanbookError
 * `file_missing`, `file_unreadable`, `file_empty`, `file_truncated`, `wrong_header`,
 * `wrong_charset`, and `invalid_document` for a wrong mapping, and as `openByLayout` does.
 */
export async function openSource(
  kind: MappingDocument['kind'],
  specs: readonly ColumnSpec[],
  options: SourceOptions,
): Promise<SourceFile> {
  if (options.layout !== undefined) return await openByLayout(kind, specs, options, options.layout);
  const { file, mapping, minorDigits, says, signal } = options;
  const names = specs.map((column) => column.name);
  const document =
    mapping === undefined
      ? undefined
      : parseMappingDocument(await readTextFile(mapping), mapping, kind, names);
  const content = await inspectFile(file, signal);
  // What stands around the rows of a whole file is not among the rejected ones.
  const isOfRejects = await isFileOfRejects(file);
  const trailer = isOfRejects ? undefined : document?.trailer;
  const control = isOfRejects ? undefined : document?.control;
  const { unterminated } = document ?? {};
  const rules = { control, unterminated, totals: trailer, minorDigits };
  const proof = await FileProof.open(content, rules, says);
  const found = await readHeader(file);
  const header = isOfRejects ? found.slice(REJECT_COLUMNS.length) : found;
  const titles = Object.values(document?.columns ?? {}).map(({ from = '' }) => from);
  await requireCharset(file, header.join(','), titles, 'utf-8');
  const plan = { file, header, mapping: document };
  const columns = new SourceColumns(file, header, specs, document);
  const rejectLines = new CsvRejectLines(header, file, isOfRejects);
  const rows = (ending?: AbortSignal) =>
    isOfRejects ? rowsBehindColumns(file, ending) : rowsBelow(file, ending);
  return { content, header, plan, columns, trailer, proof, rejectLines, rows };
}

/** The records below the header. */
async function* rowsBelow(file: string, signal?: AbortSignal): AsyncGenerator<SourceBatch> {
  let isHeader = true;
  for await (const batch of csvBatches(file, signal)) {
    if (isHeader && batch.lines.length > 0) {
      isHeader = false;
      const { records, lines, texts, ...seen } = batch;
      const below = { records: records.slice(1), lines: lines.slice(1), ...seen };
      yield texts === undefined ? below : { ...below, texts: texts.slice(1) };
    } else {
      yield batch;
    }
  }
}

/** The same of a file of rejected rows, without its own columns. */
async function* rowsBehindColumns(file: string, signal?: AbortSignal): AsyncGenerator<SourceBatch> {
  for await (const { texts: _, records, ...batch } of rowsBelow(file, signal)) {
    yield { ...batch, records: records.map((row) => row.slice(REJECT_COLUMNS.length)) };
  }
}

async function readHeader(file: string): Promise<readonly string[]> {
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

/** What is wrong with a row as a whole: too few fields or too many, or a NUL character in one. */
export function shapeProblem(
  { columns, header }: SourceFile,
  row: readonly string[],
  hasNul: boolean,
): RowProblem | null {
  if (row.length !== columns.width) {
    const value = `${row.length} instead of ${columns.width}`;
    return { field: '', rule: 'column_count', value };
  }
  const nul = hasNul ? nulField(row) : -1;
  if (nul < 0) return null;
  return { field: columns.fieldOf(header[nul] ?? ''), rule: 'nul_character', value: row[nul]! };
}

/** A last line without its line end: fields are missing, or the last one is cut off. */
export function isIncomplete(
  { content, columns }: SourceFile,
  row: readonly string[] | undefined,
  problem: RowProblem | null | undefined,
): boolean {
  if (content.endsWithNewline || row === undefined || !problem) return false;
  return row.length < columns.width || columns.isLast(problem.field);
}
