import { CsvError, type Parser, parse } from 'csv-parse';
import { EXIT, LoanbookError } from '../errors.js';
import { fileChunks } from './file-content.js';
import { fieldsOf, type LineBatch, PlainLines } from './plain-lines.js';

/** Where the parser says that its error is; it may not have seen the whole file. */
const AT_LINE = /at line \d+/;

/** Records of one stretch of the file, with the line that each begins on. */
export interface CsvBatch {
  readonly records: readonly (readonly string[])[];
  readonly lines: readonly number[];
  /** The same as lines without quotes, where all of them are; it is quicker not to ask for both. */
  readonly texts?: readonly string[];
  /** Bytes of the file read so far. */
  readonly bytesRead: number;
  /** Some record may hold a NUL character. */
  readonly hasNul: boolean;
  /** Some record may hold a separator of ASCII, RS or US; undefined: not known. */
  readonly hasSeparator?: boolean;
}

const RECORD_SEPARATOR = 0x1e;
const UNIT_SEPARATOR = 0x1f;

/**
 * The records of a CSV file (RFC 4180: commas, double quotes, LF or CRLF, an optional BOM), its
 * header first; blank lines are left out. Memory stays constant. Records keep their own number of
 * fields. Throws LoanbookError `file_truncated` for a quote that the file's end leaves open,
 * `csv_malformed` for a stray quote, `file_missing`, `file_unreadable`.
 */
export async function* csvBatches(path: string, signal?: AbortSignal): AsyncGenerator<CsvBatch> {
  const plain = new PlainLines();
  let parser: BatchParser | undefined;
  let bytesRead = 0;
  let hasNul = false;
  let hasSeparator = false;
  for await (const chunk of fileChunks(path, signal)) {
    bytesRead += chunk.length;
    // A record may begin in the chunk before.
    hasNul ||= chunk.includes(0);
    hasSeparator ||= chunk.includes(RECORD_SEPARATOR) || chunk.includes(UNIT_SEPARATOR);
    const lines = parser === undefined ? plain.push(chunk) : undefined;
    if (lines === undefined) {
      // From the first quote on: a line is no longer a record.
      if (parser === undefined) {
        parser = new BatchParser(path, plain);
        await parser.write(plain.held());
      }
      await parser.write(chunk);
    }
    const seen = { bytesRead, hasNul, hasSeparator };
    const batch = lines === undefined ? { ...parser!.take(), ...seen } : plainBatch(lines, seen);
    if (batch.lines.length > 0) yield batch;
  }
  await parser?.end();
  const seen = { bytesRead, hasNul, hasSeparator };
  yield parser === undefined ? plainBatch(plain.end(), seen) : { ...parser.take(), ...seen };
}

/** Lines are taken apart when their records are asked for. */
function plainBatch(
  { texts, lines }: LineBatch,
  seen: Pick<CsvBatch, 'bytesRead' | 'hasNul' | 'hasSeparator'>,
): CsvBatch {
  let records: string[][] | undefined;
  return {
    texts,
    lines,
    get records() {
      records ??= texts.map(fieldsOf);
      return records;
    },
    ...seen,
  };
}

/** Collects records from the parser's callback, which is quicker than reading its stream. */
class BatchParser {
  readonly #parser: Parser;
  readonly #path: string;
  #records: string[][] = [];
  #lines: number[] = [];
  #endLine = 0;
  /** Lines of the file before what is parsed here. */
  readonly #linesBefore: number;

  constructor(path: string, { linesBefore, lineEnd }: PlainLines) {
    this.#path = path;
    this.#linesBefore = linesBefore;
    this.#parser = parse({
      bom: linesBefore === 0,
      ...(lineEnd === undefined ? {} : { record_delimiter: lineEnd }),
      relax_column_count: true,
      skip_empty_lines: true,
      on_record: (record: string[], context) => {
        this.#add(record, context.lines);
        return null;
      },
    });
    // Errors are taken from the callbacks of write and end.
    this.#parser.on('error', () => undefined);
    this.#parser.resume();
  }

  async write(chunk: Buffer): Promise<void> {
    if (chunk.length === 0) return;
    await new Promise<void>((resolve, reject) => {
      this.#parser.write(chunk, (error) => (error ? reject(this.#explain(error)) : resolve()));
    });
  }

  async end(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#parser.once('error', (error: Error) => reject(this.#explain(error)));
      this.#parser.once('end', resolve);
      this.#parser.end();
    });
  }

  take(): Pick<CsvBatch, 'records' | 'lines'> {
    const batch = { records: this.#records, lines: this.#lines };
    this.#records = [];
    this.#lines = [];
    return batch;
  }

  /** The parser tells the line on which a record ends. */
  #add(record: string[], endLine: number): void {
    let line = endLine;
    if (endLine > this.#endLine + 1) {
      for (const field of record) line -= field.split('\n').length - 1;
    }
    this.#endLine = endLine;
    this.#records.push(record);
    this.#lines.push(line + this.#linesBefore);
  }

  #explain(error: Error): Error {
    if (!(error instanceof CsvError)) return error;
    const line = Number(error.lines) + this.#linesBefore;
    if (error.code === 'CSV_QUOTE_NOT_CLOSED') return fileTruncated(this.#path, line);
    return new LoanbookError('csv_malformed', 'The file is not well-formed CSV.', {
      exitCode: EXIT.failed,
      evidence: { file: this.#path, line, rule: error.message.replace(AT_LINE, `at line ${line}`) },
      next: 'Write a field that holds quotes as "a ""quoted"" word". Nothing was imported.',
    });
  }
}

/** The error of a file whose last line has no end: nobody can tell whether more was to come. */
export function fileTruncated(path: string, line: number): LoanbookError {
  return new LoanbookError('file_truncated', 'The file ends in the middle of a line.', {
    exitCode: EXIT.failed,
    evidence: { file: path, line, rule: 'the last line ends with a line end' },
    next:
      'Fetch the whole file again; nothing was taken. If its sender ends it so, give --rows and ' +
      '--total or a control file, or say --unterminated.',
  });
}

/** Where a record holds a NUL character; -1: nowhere. */
export function nulField(record: readonly string[]): number {
  return record.findIndex((field) => field.includes('\0'));
}
