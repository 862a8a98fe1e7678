import type pg from 'pg';
import type { EpochDay } from '../../accounting/money/units.js';
import type { TupleWriter } from '../../db/copy/tuple-writer.js';
import type { BoundsOn } from '../book/policy-bounds.js';
import type { RunUnderWay } from '../runs/with-run.js';
import type { ImportOutcome } from './import-outcome.js';
import type { ProvedBy } from './source/file-proof.js';
import type { ColumnSpec, RowProblem } from './source/source-columns.js';
import type { ImportFile } from './stage-file.js';

/** What of a second file no row of the first asks for, and why it cannot stay out silently. */
export interface Unclaimed {
  readonly key: string;
  readonly problem: RowProblem;
}

/** A second file, staged before, that rows of the first one need. */
export interface SecondFile {
  /** Our column by which a row asks for its part. */
  readonly column: string;
  /**
   * Reads the parts of coming rows, while others are still at work with those before; returns what
   * puts them in their place. No COPY into `stage` is under way then.
   */
  fetch(keys: readonly string[]): Promise<() => void>;
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

/** What is asked of the rows of a file, whatever they are. */
export interface LoanScene {
  readonly openDay: EpochDay;
  readonly minorDigits: number;
  readonly currency: string;
  /** By the calendar of the book. */
  readonly today: EpochDay;
  readonly boundsOn: BoundsOn;
}

/** What the intake of a file needs to know of the book. */
export interface ImportScene extends LoanScene {
  readonly client: pg.Client;
}

/** What a file brings; it is kept with the import. */
export type ImportKindName = 'loans' | 'repayments' | 'events' | 'balances';

/** A file that was read and checked; what of it can go in is laid out in the database. */
export interface StagedFile {
  readonly rowsRead: number;
  /** Line on which the last row begins. */
  readonly lastLine: number;
  readonly provedBy: ProvedBy;
  /** Rows that can go in, and the sum of their amounts. */
  readonly rows: number;
  readonly amount: number | bigint;
  /** A row that can go in belongs to the open day. */
  readonly entersOpenDay: boolean;
  /** Event numbers that it takes. */
  readonly events: number;
  /** What it adds to the outcome. */
  readonly outcome?: Pick<ImportOutcome, 'schedules' | 'ages' | 'delta'>;
  /**
   * Moves it into the book; the row of line n gets event firstEventId + n - 1. Returns whether the
   * server has statistics of what was written.
   */
  store(importId: number, firstEventId: number): Promise<boolean>;
}

/** What a kind of file adds to the common way of importing. */
export interface ImportKind {
  readonly kind: ImportKindName;
  readonly columns: readonly ColumnSpec[];
  /** Digest of a second file that comes along. */
  readonly secondSha256?: string;
  /** Its rows take the place of what the book has. */
  readonly isDelta?: boolean;
  /** Function of the schema that takes statistics of the tables written. */
  readonly analyze: 'analyze_loans' | 'analyze_events' | 'analyze_balances';
  /** Reads the file and lays it out; the rows that can't go in are in its reject file. */
  stage(scene: ImportScene, file: ImportFile, run: RunUnderWay): Promise<StagedFile>;
  /** Takes away what staging left outside its transaction, which has ended. */
  clear?(client: pg.Client): Promise<void>;
}
