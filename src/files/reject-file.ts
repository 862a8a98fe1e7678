import { type FileHandle, open, rm } from 'node:fs/promises';
import { stringify } from 'csv-stringify/sync';
import { EXIT, LoanbookError } from '../errors.js';

/** Why a row was rejected: the field, the rule that it breaks, and the value that breaks it. */
export interface Reject {
  readonly line: number;
  readonly field: string;
  readonly rule: string;
  readonly value: string;
}

export const REJECT_COLUMNS = ['line', 'field', 'rule', 'value'] as const;

const BATCH_ROWS = 1000;

/**
 * Rejected rows as CSV: line, field, rule and value, then the row as it came, so that a corrected
 * file is what is left behind the first four columns. The file is made at the first reject; one of
 * an earlier attempt is removed.
 */
export class RejectFile {
  readonly path: string;
  readonly #header: readonly string[];
  #rows: (string | number)[][] = [];
  #handle: FileHandle | undefined;
  #count = 0;

  constructor(path: string, header: readonly string[]) {
    this.path = path;
    this.#header = header;
  }

  get count(): number {
    return this.#count;
  }

  async add(reject: Reject, row: readonly string[]): Promise<void> {
    this.#count += 1;
    this.#rows.push([reject.line, reject.field, reject.rule, reject.value, ...row]);
    if (this.#rows.length >= BATCH_ROWS) await this.#flush();
  }

  /** Writes what is left; without any reject there is no file afterwards. */
  async close(): Promise<void> {
    if (this.#count === 0) return this.remove();
    await this.#flush();
    await this.#handle?.close();
    this.#handle = undefined;
  }

  /** For a file that was refused as a whole. */
  async remove(): Promise<void> {
    this.#rows = [];
    await this.#handle?.close();
    this.#handle = undefined;
    await this.#attempt(() => rm(this.path, { force: true }));
  }

  async #flush(): Promise<void> {
    const rows = this.#rows;
    this.#rows = [];
    await this.#attempt(async () => {
      if (this.#handle === undefined) {
        this.#handle = await open(this.path, 'w');
        rows.unshift([...REJECT_COLUMNS, ...this.#header]);
      }
      await this.#handle.writeFile(stringify(rows));
    });
  }

  async #attempt(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      // A read-only folder holds no reject file of an earlier attempt either.
      if (this.#count === 0 && reason !== 'EISDIR') return;
      throw new LoanbookError('reject_file_unwritable', 'The reject file cannot be written.', {
        exitCode: EXIT.failed,
        evidence: { file: this.path, reason },
        next: 'Name another one with --reject-file.',
      });
    }
  }
}
