import type pg from 'pg';
import { CLASS_NAMES, STATUS_NAMES } from '../../../accounting/fold/position.js';
import { CopySink } from '../../../db/copy/copy-stream.js';
import { TupleWriter } from '../../../db/copy/tuple-writer.js';
import { readSql } from '../../../db/sql-file.js';
import { minorUnits } from '../../../files/layout/forms/amount-form.js';
import type { LayoutDocument } from '../../../files/layout/layout-document.js';
import { type LayoutRow, layoutRows } from '../../../files/layout/layout-rows.js';
import { SHARED } from '../../../funding/plan/plan.js';
import type { RejectedLine } from '../files/open-file.js';

const AMOUNTS = [
  ...SHARED,
  ...SHARED.map((name) => `before_${name}`),
  ...SHARED.map((name) => `flow_${name}`),
];
/** Our fields of a snapshot, in the order in which they are read. */
const FIELDS = ['loan_no', 'status', 'class', ...AMOUNTS];
const COLUMNS = ['line', 'loan_no', 'readable', 'status', 'class', ...AMOUNTS];
const ROOM = 1 << 20;
/** Lines that are shown of those that cannot be read. */
const SHOWN = 10;
const NULL = -1;

export interface StagedSnapshot {
  readonly rows: number;
  /** Of total_of, in minor units; undefined: the file says none. */
  readonly total: bigint | undefined;
  readonly lastLine: number;
  readonly rejected: number;
  readonly first: readonly RejectedLine[];
}

/**
 * Reads a whole snapshot into the temporary table `their_loan`. A loan that is there twice is a
 * break, and no line that fails. Throws as `layoutRows` does.
 */
export async function stageSnapshot(
  client: pg.Client,
  path: string,
  layout: LayoutDocument,
  minorDigits: number,
  signal?: AbortSignal,
): Promise<StagedSnapshot> {
  await client.query(readSql(import.meta.url, 'stage'));
  const has = new Set(layout.columns.flatMap(({ from }) => from ?? []));
  const writer = new SnapshotWriter(has, minorDigits);
  const sink = new CopySink(client, 'their_loan', COLUMNS);
  const first: RejectedLine[] = [];
  let rejected = 0;
  const reading = layoutRows(
    path,
    { ...layout, key: [] },
    {
      ...{ fields: FIELDS, minorDigits, signal, isStrict: true },
    },
  );
  try {
    for (;;) {
      const step = await reading.next();
      if (step.done) {
        await sink.finish();
        await client.query('ANALYZE their_loan');
        const { counted: rows, total, lastLine } = step.value;
        return { rows, total, lastLine, rejected, first };
      }
      for (const row of step.value.rows) {
        const problem = row.problem ?? writer.take(row);
        if (problem === undefined) continue;
        writer.reject(row);
        rejected += 1;
        const { field: column, rule } = problem;
        if (first.length < SHOWN) first.push({ line: row.line, column, rule });
      }
      await writer.flush(sink);
    }
  } catch (error) {
    // A COPY left open would keep the connection from ever answering the ROLLBACK.
    await sink.finish().catch(() => undefined);
    throw error;
  }
}

/** Writes rows of `their_loan`; fields that the layout has not are null. */
class SnapshotWriter {
  readonly #writer = new TupleWriter(ROOM);
  readonly #null = Buffer.alloc(4);
  readonly #true = Buffer.from([0, 0, 0, 1, 1]);
  readonly #false = Buffer.from([0, 0, 0, 1, 0]);
  readonly #has: ReadonlySet<string>;
  readonly #minorDigits: number;

  constructor(has: ReadonlySet<string>, minorDigits: number) {
    this.#null.writeInt32BE(NULL);
    this.#has = has;
    this.#minorDigits = minorDigits;
  }

  /** What is wrong with a row that the layout has read; it is not written then. */
  take({ line, fields }: LayoutRow): { readonly field: string; readonly rule: string } | undefined {
    const [loanNo = '', status = '', className = ''] = fields;
    if (loanNo === '') return { field: 'loan_no', rule: 'missing' };
    const codes = [STATUS_NAMES.indexOf(status as never), CLASS_NAMES.indexOf(className as never)];
    for (const [at, field] of ['status', 'class'].entries()) {
      if (this.#has.has(field) && codes[at] === -1) return { field, rule: 'unknown_word' };
    }
    this.#begin(line, loanNo, this.#true);
    for (const code of codes) {
      if (code === -1) this.#writer.raw(this.#null);
      else this.#writer.int2(code!);
    }
    for (const [at, name] of AMOUNTS.entries()) {
      const text = fields[3 + at] ?? '';
      if (!this.#has.has(name) || text === '') this.#writer.raw(this.#null);
      else this.#writer.int8(Number(minorUnits(text, this.#minorDigits)));
    }
    return undefined;
  }

  reject({ line, fields }: LayoutRow): void {
    this.#begin(line, fields[0] ?? '', this.#false);
    for (let left = 2 + AMOUNTS.length; left > 0; left -= 1) this.#writer.raw(this.#null);
  }

  async flush(sink: CopySink): Promise<void> {
    const bytes = this.#writer.take();
    if (bytes.length > 0) await sink.write(bytes, () => this.#writer.recycle(bytes));
  }

  #begin(line: number, loanNo: string, readable: Buffer): void {
    this.#writer.tuple(COLUMNS.length);
    this.#writer.int4(line);
    this.#writer.text(loanNo);
    this.#writer.raw(readable);
  }
}
