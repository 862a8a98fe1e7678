import { type MappingDocument, parseMappingDocument } from '../../documents/mapping-document.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { csvBatches } from '../../files/csv-reader.js';
import { type FileContent, inspectFile } from '../../files/file-content.js';
import { readTextFile } from '../../files/text-file.js';
import { type ColumnSpec, type RowProblem, SourceColumns } from './source-columns.js';

/** A CSV file whose header is known to be right. */
export interface SourceFile {
  readonly content: FileContent;
  readonly header: readonly string[];
  readonly columns: SourceColumns;
}

export interface SourceOptions {
  readonly file: string;
  /** Path of a column mapping document. */
  readonly mapping?: string;
  readonly signal?: AbortSignal;
}

/**
 * Finds our columns in the header of a file. Throws LoanbookError `file_missing`,
 * `file_unreadable`, `file_empty`, `wrong_header`, and `invalid_document` for a wrong mapping.
 */
export async function openSource(
  kind: MappingDocument['kind'],
  specs: readonly ColumnSpec[],
  { file, mapping, signal }: SourceOptions,
): Promise<SourceFile> {
  const names = specs.map((column) => column.name);
  const document =
    mapping === undefined
      ? undefined
      : parseMappingDocument(await readTextFile(mapping), mapping, kind, names);
  const content = await inspectFile(file, signal);
  const header = await readHeader(file);
  return { content, header, columns: new SourceColumns(file, header, specs, document) };
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

/** What is wrong with a row that has too few fields or too many. */
export function widthProblem(columns: SourceColumns, row: readonly string[]): RowProblem | null {
  if (row.length === columns.width) return null;
  const value = `${row.length} instead of ${columns.width}`;
  return { field: '', rule: 'column_count', value };
}

/** A last line without its newline: fields are missing, or the last one is cut off. */
export function isIncomplete(
  { content, columns }: SourceFile,
  row: readonly string[] | undefined,
  problem: RowProblem | null | undefined,
): boolean {
  if (content.endsWithNewline || row === undefined || !problem) return false;
  return row.length < columns.width || columns.isLast(problem.field);
}
