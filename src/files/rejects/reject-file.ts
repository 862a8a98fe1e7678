import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { EXIT, LoanbookError } from '../../errors.js';
import { NewFile, requireRegularTarget } from '../new-file.js';
import type { Reject } from './reject-columns.js';
import type { RejectLines } from './reject-lines.js';
import { BESIDE, type RejectPlace } from './reject-place.js';

const BATCH_ROWS = 1000;
/** Rows of customers: nobody else on the machine reads them. */
const MODE = 0o600;

interface Rejected {
  readonly reject: Reject;
  readonly row: readonly string[];
  /** On which it begins in the source; 0: it is not in it. */
  readonly rowLine: number;
}

/**
 * Rejected rows: line, field, rule and value, then the row as it came; once it is corrected the
 * file is imported as its source was. The file appears whole when it is closed; one of an earlier
 * attempt is removed. Throws LoanbookError `file_not_regular` (2), `reject_file_unwritable`.
 */
export class RejectFile {
  readonly path: string;
  readonly #lines: RejectLines;
  readonly #place: RejectPlace;
  #hash = createHash('sha256');
  #rows: Rejected[] = [];
  #file: NewFile | undefined;
  #count = 0;
  readonly #byRule = new Map<string, number>();

  constructor(path: string, lines: RejectLines, place: RejectPlace = BESIDE) {
    requireRegularTarget(path);
    this.path = path;
    this.#lines = lines;
    this.#place = place;
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
    await this.#attempt(() => this.#flush());
    try {
      await this.#place.appears(this.path, this.#hash.digest('hex'));
    } finally {
      // Rows that nobody has elsewhere are worth more than the day on which they go.
      await this.#attempt(async () => this.#file?.publish());
      await this.#lines.close();
    }
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
    await this.#lines.close();
    await this.#file?.discard();
    this.#file = undefined;
  }

  async #flush(): Promise<void> {
    const rows = this.#rows;
    this.#rows = [];
    if (this.#file === undefined) {
      await this.#place.begins(this.path);
      this.#file = await NewFile.create(this.path, MODE);
      this.#hash = createHash('sha256');
      await this.#write(this.#file, await this.#lines.titles());
    }
    for (const { reject, row, rowLine } of rows) {
      await this.#write(this.#file, await this.#lines.line(reject, row, rowLine));
    }
  }

  async #write(file: NewFile, bytes: Buffer): Promise<void> {
    this.#hash.update(bytes);
    await file.write(bytes);
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
