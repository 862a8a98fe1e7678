import type { FileContent } from '../../files/file-content.js';
import type { DifferingAge } from './balances/balance-intake.js';
import type { EarlierImport } from './import-record.js';
import type { ShownReject } from './rejects/import-rejects.js';
import type { ImportKindName } from './row-intake.js';
import type { ProvedBy } from './source/file-proof.js';

export interface ImportOutcome {
  readonly kind: ImportKindName;
  readonly file: string;
  readonly sha256: string;
  /** What shows that the file is whole. */
  readonly provedBy: ProvedBy;
  /** Null for a dry run, and for a file without rows. */
  readonly importId: number | null;
  readonly rowsRead: number;
  readonly rowsTaken: number;
  readonly rowsRejected: number;
  /** By the rule that they broke; left out where there are none. */
  readonly rejectedByRule?: Readonly<Record<string, number>>;
  /** The first of them, without anything personal; left out where there are none. */
  readonly rejects?: readonly ShownReject[];
  /** Control total of the rows taken, in minor units; a BigInt where a number is not exact. */
  readonly amount: number | bigint;
  readonly minorDigits: number;
  /** Null when nothing was rejected. */
  readonly rejectFile: string | null;
  /** The command that imports the reject file once it is corrected; left out without one. */
  readonly next?: string;
  readonly dryRun: boolean;
  /** The same file was imported before: the counts are those of then, and nothing went in now. */
  readonly doneBefore?: true;
  /** Of loans that came with a file of their own schedules, or of positions with instalments. */
  readonly schedules?: SchedulesOutcome;
  /** Of positions: where days past due or class are not what the file says. */
  readonly ages?: { readonly differing: number; readonly first: readonly DifferingAge[] };
  /** Of a delta. */
  readonly delta?: DeltaOutcome;
}

/** What a delta finds of its rows in the book, and takes out of it. */
export interface Replacing {
  /** Rows taken in the place of earlier ones. */
  readonly replaced: number;
  /** Rows that the book has just so: left as they are, and not taken. */
  readonly unchanged: number;
  /** What other imports had brought for the loans that are replaced. */
  readonly positionsDropped: number;
  readonly eventsDropped: number;
}

export interface DeltaOutcome extends Replacing {
  /** Rows taken that the book had not. */
  readonly added: number;
}

export interface SchedulesOutcome {
  readonly file: string;
  readonly sha256: string;
  readonly read: number;
  /** Loans that went in with a schedule of their own. */
  readonly taken: number;
}

/** A BigInt where a number is not exact. */
export function exactTotal(sum: bigint): number | bigint {
  const total = Number(sum);
  return Number.isSafeInteger(total) ? total : sum;
}

/** What is said of a file that went in before, as by a command that did not come to its end. */
export function outcomeOfThen(
  kind: ImportKindName,
  content: FileContent,
  earlier: EarlierImport,
  minorDigits: number,
): ImportOutcome {
  return {
    kind,
    file: content.path,
    sha256: content.sha256,
    // The content is that of the file that went in, which was proved then.
    provedBy: ['sha256'],
    importId: earlier.import_id,
    rowsRead: earlier.rows_read,
    rowsTaken: earlier.rows_taken,
    rowsRejected: earlier.rows_rejected,
    amount: exactTotal(earlier.amount),
    minorDigits,
    rejectFile: null,
    dryRun: false,
    doneBefore: true,
    ...(earlier.delta === null
      ? {}
      : { delta: { added: earlier.rows_taken - earlier.delta.replaced, ...earlier.delta } }),
  };
}
