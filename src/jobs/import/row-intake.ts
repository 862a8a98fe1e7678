import type pg from 'pg';
import type { EpochDay } from '../../accounting/units.js';
import type { TupleWriter } from '../../db/copy-tuple.js';
import type { ColumnSpec, RowProblem } from './source-columns.js';

/** Checks one row after the other and stages those that can go in. */
export interface RowIntake {
  /** A staged row belongs to the open day. */
  readonly entersOpenDay: boolean;
  /** `fields` are our columns in order; writes one tuple, or says why not. */
  take(fields: readonly string[], line: number, writer: TupleWriter): RowProblem | undefined;
}

/** What the intake of a file needs to know of the book. */
export interface ImportScene {
  readonly client: pg.Client;
  readonly openDay: EpochDay;
  readonly minorDigits: number;
}

/** What a file brings; it is kept with the import. */
export type ImportKindName = 'loans' | 'repayments' | 'events';

/** What a kind of file adds to the common way of importing. */
export interface ImportKind<Intake extends RowIntake = RowIntake> {
  readonly kind: ImportKindName;
  readonly columns: readonly ColumnSpec[];
  readonly stageColumns: readonly string[];
  /** Statement (a file of src/db/sql) that makes the temporary table `stage`. */
  readonly stageSql: string;
  /** Statements that make the temporary table `rejected` (line, problem) out of `stage`. */
  readonly rejectSql: readonly string[];
  /** Field and rule of `problem` 1, 2 ... in `rejected`. */
  readonly problems: readonly (readonly [field: string, rule: string])[];
  /** The column of `stage` whose sum is the file's control total. */
  readonly totalColumn: string;
  /** Function of the schema that takes statistics of the tables written. */
  readonly analyze: 'analyze_loans' | 'analyze_events';
  openIntake(scene: ImportScene): Promise<Intake>;
  /** Moves `stage` into the book; the row of line n gets event firstEventId + n - 1. */
  store(client: pg.Client, intake: Intake, importId: number, firstEventId: number): Promise<void>;
}
