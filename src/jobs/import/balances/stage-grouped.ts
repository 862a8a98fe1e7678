import { CopySink } from '../../../db/copy/copy-stream.js';
import { TupleWriter } from '../../../db/copy/tuple-writer.js';
import { readSql } from '../../../db/sql-file.js';
import type { ImportScene } from '../row-intake.js';
import { isCleanText } from '../source/field-text.js';
import { RowCount } from '../source/row-count.js';
import type { RowProblem } from '../source/source-columns.js';
import { shapeProblem } from '../source/source-file.js';
import type { ScheduleFile } from '../tasks/own-schedule-rows.js';

const WRITER_ROOM = 1 << 20;

/** Rows of one loan as they come. */
export interface LoanRows {
  readonly loanNo: string;
  /** A row that cannot be read: the loan's rows cannot be taken. The first one is reported. */
  spoil(problem: RowProblem, line: number): void;
  /** Adds a row; `fields` are our columns in order. */
  add(fields: readonly string[], line: number): void;
  put(writer: TupleWriter, ordinal: number, nameOf: (column: string) => string): void;
}

/** What a file of rows that stand together by loan is staged as. */
export interface GroupedKind {
  /** The temporary table, and the statement that makes it. */
  readonly table: string;
  readonly stageSql: string;
  readonly stageColumns: readonly string[];
  readonly begin: (loanNo: string, line: number) => LoanRows;
  readonly nameOf: (column: string) => string;
}

/**
 * Reads a file whose rows of one loan stand together into a temporary table, one row a loan;
 * returns how many. No more than the rows of one loan are in memory: what is wrong with one is
 * kept with its loan. The amount of the file is `principal`.
 */
export async function stageGrouped(
  scene: ImportScene,
  file: ScheduleFile,
  kind: GroupedKind,
): Promise<number> {
  const { table } = kind;
  await scene.client.query(readSql(import.meta.url, kind.stageSql));
  const sink = new CopySink(scene.client, table, kind.stageColumns);
  const stager = new GroupStager(file, scene.minorDigits, kind);
  let failure: unknown;
  try {
    await stager.writeRows(sink);
  } catch (error) {
    failure = error;
  }
  // A COPY left open would keep the connection from ever answering the ROLLBACK.
  await sink.finish();
  if (failure !== undefined) throw failure;
  await scene.client.query(`CREATE INDEX ON ${table} (loan_no)`);
  await scene.client.query(`ANALYZE ${table}`);
  return stager.count;
}

class GroupStager {
  count = 0;
  readonly #file: ScheduleFile;
  readonly #minorDigits: number;
  readonly #writer = new TupleWriter(WRITER_ROOM);
  readonly #fields: string[] = [];
  readonly #kind: GroupedKind;
  #group: LoanRows | undefined;
  /** A row whose loan cannot be told, behind the last row of the loan before. */
  #stray: { readonly problem: RowProblem; readonly line: number } | undefined;

  constructor(file: ScheduleFile, minorDigits: number, kind: GroupedKind) {
    this.#kind = kind;
    this.#file = file;
    this.#minorDigits = minorDigits;
  }

  async writeRows(sink: CopySink): Promise<void> {
    const { content, signal, onProgress } = this.#file;
    const count = new RowCount(this.#file, 'principal', this.#minorDigits);
    for await (const batch of this.#file.rows(signal)) {
      for (const [at, row] of batch.records.entries()) {
        const line = batch.lines[at]!;
        if (count.isTrailer(row, line)) continue;
        const problem = batch.problemOf?.(at) ?? shapeProblem(this.#file, row, batch.hasNul);
        count.add(row, line, this.#take(row, line, problem));
      }
      if (this.#writer.length > 0) await sink.write(this.#writer.take());
      onProgress?.(batch.bytesRead, content.bytes);
    }
    count.end();
    // Nothing but rows of no loan.
    if (this.#group === undefined && this.#stray !== undefined) this.#begin('', this.#stray.line);
    this.#close();
    if (this.#writer.length > 0) await sink.write(this.#writer.take());
  }

  /** Adds a row to the schedule of its loan; returns what was seen to be wrong with it alone. */
  #take(row: readonly string[], line: number, shape: RowProblem | null): RowProblem | null {
    const { columns } = this.#file;
    const loanNo = columns.textOf('loan_no', row);
    const problem = shape ?? columns.read(row, this.#fields) ?? null;
    if (loanNo === '' || !isCleanText(loanNo)) {
      const unknown = { field: 'loan_no', rule: 'malformed_text', value: loanNo };
      this.#spoilBothSides(problem ?? unknown, line);
      return problem;
    }
    if (this.#group?.loanNo === loanNo) this.#stray = undefined;
    else this.#begin(loanNo, line);
    if (problem === null) this.#group?.add(this.#fields, line);
    else this.#group?.spoil(problem, line);
    return problem;
  }

  #begin(loanNo: string, line: number): void {
    this.#close();
    this.#group = this.#kind.begin(loanNo, line);
    if (this.#stray !== undefined) this.#group.spoil(this.#stray.problem, this.#stray.line);
    this.#stray = undefined;
  }

  #close(): void {
    if (this.#group === undefined) return;
    this.count += 1;
    this.#group.put(this.#writer, this.count, this.#kind.nameOf);
    this.#group = undefined;
  }

  /** It may be of the loan before it or of the one behind it: neither can be trusted. */
  #spoilBothSides(problem: RowProblem, line: number): void {
    this.#group?.spoil(problem, line);
    this.#stray ??= { problem, line };
  }
}
