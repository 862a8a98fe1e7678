import type pg from 'pg';
import type { EpochDay } from '../../accounting/money/units.js';
import type { TupleWriter } from '../../db/copy/tuple-writer.js';
import type { BoundsOn } from '../book/policy-bounds.js';
import type { ImportOutcome } from './import-outcome.js';
import type { ColumnSpec, RowProblem } from './source/source-columns.js';

/** What of a second file no row of the first asks for, and why it cannot stay out silently. */
export interface Unclaimed {
  readonly key: string;
  readonly problem: RowProblem;
}

/** A second file, staged before, that rows of the first one need. */
export interface SecondFile {
  /** Our column by which a row asks for its part. */
  readonly column: string;
  /** Makes the parts of the coming rows ready. No COPY into `stage` is under way then. */
  fetch(keys: readonly string[]): Promise<void>;
  unclaimed(): AsyncIterable<Unclaimed>;
}

/** Checks one row after the other and stages those that can go in. */
export interface RowIntake {
  /** A staged row belongs to the open day. */
  readonly entersOpenDay: boolean;
  readonly second?: SecondFile;
  /** `fields` are our columns in order; writes one tuple, or says why not. */
  take(fields: readonly string[], line: number, writer: TupleWriter): RowProblem | undefined;
}

/** What the intake of a file needs to know of the book. */
export interface ImportScene {
  readonly client: pg.Client;
  readonly openDay: EpochDay;
  readonly minorDigits: number;
  readonly currency: string;
  /** By the calendar of the book. */
  readonly today: EpochDay;
  readonly boundsOn: BoundsOn;
}

/** What a file brings; it is kept with the import. */
export type ImportKindName = 'loans' | 'repayments' | 'events' | 'balances';

/** What a kind of file adds to the common way of importing. */
export interface ImportKind<Intake extends RowIntake = RowIntake> {
  readonly kind: ImportKindName;
  readonly columns: readonly ColumnSpec[];
  readonly stageColumns: readonly string[];
  /** Digest of a second file that comes along. */
  readonly secondSha256?: string;
  /** Statement (a file of the folder `sql`) that makes the temporary table `stage`. */
  readonly stageSql: string;
  /** Statements that make the temporary table `rejected` (line, problem) out of `stage`. */
  readonly rejectSql: readonly string[];
  /** Adds to `rejected` what no statement can judge, after the first of `rejectSql`. */
  judge?(client: pg.Client): Promise<void>;
  /** Field and rule of `problem` 1, 2 ... in `rejected`. */
  readonly problems: readonly (readonly [field: string, rule: string])[];
  /** The column of `stage` whose sum is the file's control total. */
  readonly totalColumn: string;
  /** Function of the schema that takes statistics of the tables written. */
  readonly analyze: 'analyze_loans' | 'analyze_events' | 'analyze_balances';
  openIntake(scene: ImportScene): Promise<Intake>;
  /** What this kind adds to the outcome; `stage` holds what can go in. */
  outcome?(client: pg.Client, intake: Intake): Promise<Pick<ImportOutcome, 'schedules' | 'ages'>>;
  /** Moves `stage` into the book; the row of line n gets event firstEventId + n - 1. */
  store(client: pg.Client, intake: Intake, importId: number, firstEventId: number): Promise<void>;
}
