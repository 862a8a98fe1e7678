import { rm } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { EXIT, LoanbookError } from '../errors.js';
import { NewFile, requireRegularTarget } from './new-file.js';
import { RawRecords } from './raw-records.js';

/** Why a row was rejected: the field, the rule that it breaks, and the value that breaks it. */
export interface Reject {
  readonly line: number;
  readonly field: string;
  readonly rule: string;
  readonly value: string;
}

export const REJECT_COLUMNS = ['line', 'field', 'rule', 'value'] as const;

const BATCH_ROWS = 1000;
/** Rows of customers: nobody else on the machine reads them. */
const MODE = 0o600;
const BYTE_ORDER_MARK = Buffer.from('\ufeff');

/** How the rows of the source are told; left out: as CSV below a title line. */
export interface RejectShape {
  /** Line of its titles; 0: it has none that a copy can begin with. */
  readonly titlesLine?: number;
  /** A row's fields are what a layout makes of its bytes, whatever the bytes look like. */
  readonly isByLayout?: boolean;
}

interface Rejected {
  readonly reject: Reject;
  readonly row: readonly string[];
  /** On which it begins in the source; 0: it is not in it. */
  readonly rowLine: number;
}

/**
 * Rejected rows as CSV: line, field, rule and value, then the row byte by byte as it came, so that
 * a corrected file is what is left behind the first four columns. The file appears whole when it is
 * closed; one of an earlier attempt is removed. Throws LoanbookError `file_not_regular` (2),
 * `reject_file_unwritable`.
 */
export class RejectFile {
  readonly path: string;
  readonly #header: readonly string[];
  readonly #source: RawRecords;
  readonly #shape: Required<RejectShape>;
  #rows: Rejected[] = [];
  #file: NewFile | undefined;
  #count = 0;
  readonly #byRule = new Map<string, number>();

  /** `source` is the file whose rows are rejected. */
  constructor(path: string, header: readonly string[], source: string, shape: RejectShape = {}) {
    requireRegularTarget(path);
    this.path = path;
    this.#header = header;
    this.#shape = { titlesLine: 1, isByLayout: false, ...shape };
    this.#source = new RawRecords(source);
  }

  get count(): number {
    return this.#count;
  }

  /** How many rows each rule rejected, the rule of most rows first. */
  get byRule(): Readonly<Record<string, number>> {
    const rules = [...this.#byRule].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
    return Object.fromEntries(rules);
  }

  /** `rowLine`: the line of the source on which the row begins, left out where it is not in it. */
  async add(reject: Reject, row: readonly string[], rowLine = 0): Promise<void> {
    this.#count += 1;
    this.#byRule.set(reject.rule, (this.#byRule.get(reject.rule) ?? 0) + 1);
    this.#rows.push({ reject, row, rowLine });
    if (this.#rows.length >= BATCH_ROWS) await this.#attempt(() => this.#flush());
  }

  /** Writes what is left; without any reject there is no file afterwards. */
  async close(): Promise<void> {
    if (this.#count === 0) return this.remove();
    await this.#attempt(async () => {
      await this.#flush();
      await this.#file?.publish();
    });
    await this.#source.close();
  }

  /** For a file that was refused as a whole. */
  async remove(): Promise<void> {
    await this.abandon();
    await this.#attempt(async () => {
      requireRegularTarget(this.path);
      await rm(this.path, { force: true });
    });
  }

  /** Leaves what stands under the name: another process is at the same file. */
  async abandon(): Promise<void> {
    this.#rows = [];
    await this.#source.close();
    await this.#file?.discard();
    this.#file = undefined;
  }

  async #flush(): Promise<void> {
    const rows = this.#rows;
    this.#rows = [];
    if (this.#file === undefined) {
      this.#file = await NewFile.create(this.path, MODE);
      await this.#writeHeader(this.#file);
    }
    for (const { reject, row, rowLine } of rows) {
      const raw = await this.#rawRow(row, rowLine);
      const names = reject.field.includes('\ufffd')
        ? await this.#rawRow(this.#header, this.#shape.titlesLine)
        : '';
      await this.#file.write(
        lineOf(
          [
            byteText(String(reject.line)),
            asItCame(reject.field, names),
            byteText(reject.rule),
            asItCame(reject.value, raw),
          ],
          raw,
        ),
      );
    }
  }

  async #writeHeader(file: NewFile): Promise<void> {
    const raw = await this.#rawRow(this.#header, this.#shape.titlesLine);
    if (await this.#hasByteOrderMark()) await file.write(BYTE_ORDER_MARK);
    await file.write(lineOf([...REJECT_COLUMNS], raw));
  }

  async #hasByteOrderMark(): Promise<boolean> {
    const first = await this.#source.recordAt(1);
    return first?.subarray(0, 3).equals(BYTE_ORDER_MARK) ?? false;
  }

  /** The row's bytes, as text of a character a byte; written anew where they are not its own. */
  async #rawRow(row: readonly string[], line: number): Promise<string> {
    const bytes = line === 0 ? undefined : await this.#source.recordAt(line);
    if (bytes !== undefined) {
      const hasMark = line === 1 && bytes.subarray(0, 3).equals(BYTE_ORDER_MARK);
      const text = bytes.toString('latin1', hasMark ? 3 : 0);
      const isAsRead = this.#shape.isByLayout || fieldsOf(text)?.length === row.length;
      if (isAsRead) return text.endsWith('\n') ? text : `${text}\n`;
    }
    return byteText(stringify([[...row]]));
  }

  async #attempt(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      const reason = reasonOf(error);
      // A read-only folder holds no reject file of an earlier attempt either.
      if (this.#count === 0 && reason !== 'EISDIR') return;
      await this.#file?.discard();
      throw new LoanbookError('reject_file_unwritable', 'The reject file cannot be written.', {
        exitCode: EXIT.failed,
        evidence: { file: this.path, reason },
        next: 'Name another one with --reject-file.',
        cause: error,
      });
    }
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof LoanbookError) return String(error.evidence.reason ?? error.message);
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

/** Text in which each character stands for a byte. */
function byteText(text: string): string {
  return Buffer.from(text).toString('latin1');
}

function lineOf(cells: readonly string[], rawRow: string): Buffer {
  const head = stringify([[...cells]]).trimEnd();
  return Buffer.from(`${head},${rawRow}`, 'latin1');
}

/** What was read as `text`, as the row has it where it is no UTF-8. */
function asItCame(text: string, rawRow: string): string {
  if (!text.includes('\ufffd')) return byteText(text);
  const same = (field: string) => Buffer.from(field, 'latin1').toString() === text;
  return fieldsOf(rawRow)?.find(same) ?? byteText(text);
}

function fieldsOf(rawRow: string): readonly string[] | undefined {
  try {
    const records = parse(rawRow, { relax_column_count: true });
    return records.length === 1 ? records[0] : undefined;
  } catch {
    return undefined;
  }
}
