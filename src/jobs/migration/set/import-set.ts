import type pg from 'pg';
import { cancelImports } from '../../import/cancel-import.js';
import { currencyOfBook } from '../../import/import-file.js';
import type { DeltaOutcome } from '../../import/import-outcome.js';
import { agreeSet } from './agree-set.js';
import type { CountedPart } from './count-part.js';
import type { PartKind } from './file-kinds.js';
import type { FileSet, SetFile, SetPart } from './file-set.js';
import { type ImportPartOptions, importPart, type PartOutcome } from './import-part.js';
import { type ReplacedImport, replacedImports } from './replaced-imports.js';
import { type StandingImport, standingImports } from './standing-imports.js';

export interface SetOptions extends Omit<ImportPartOptions, 'onProgress'> {
  /** Hold the files to the manifest, and let nothing in. */
  readonly dryRun?: boolean;
  readonly onProgress?: (file: string, bytesDone: number, bytesTotal: number) => void;
}

/** What became of a file of a set. */
export interface SetLine {
  readonly kind: PartKind;
  /** As the manifest names it. */
  readonly file: string;
  /** `passed_by`: it had gone in before. `taken_back`: of the set before, its rows are gone. */
  readonly outcome: 'imported' | 'passed_by' | 'agreed' | 'taken_back';
  readonly read: number;
  /** Rows that went in, of a second file loans that took theirs; null: nothing was asked. */
  readonly taken: number | null;
  readonly rejected: number | null;
  /** Minor units; null where rows have no amount. */
  readonly amount: bigint | null;
  readonly importId: number | null;
  readonly sha256: string;
  readonly rejectedByRule: Readonly<Record<string, number>>;
  readonly rejectFile: string | null;
  /** The command that imports that file; null: there is none. */
  readonly next: string | null;
  /** Null: it is no delta, or did not go in now. */
  readonly delta: DeltaOutcome | null;
}

export interface SetOutcome {
  readonly name: string;
  readonly lines: readonly SetLine[];
  readonly minorDigits: number;
  readonly dryRun: boolean;
}

/** What is to be done with a set. */
interface SetPlan {
  readonly minorDigits: number;
  /** Imports of the set before that this one replaces. */
  readonly replaced: readonly ReplacedImport[];
  readonly standing: ReadonlyMap<SetFile, StandingImport>;
  readonly counted: ReadonlyMap<SetPart, CountedPart>;
}

/** Holds a set to its manifest and to the book, which is only read. Throws `manifest_differs`. */
export async function planSet(
  client: pg.Client,
  set: FileSet,
  signal?: AbortSignal,
): Promise<SetPlan> {
  const { minorDigits } = await currencyOfBook(client);
  const replaced = await replacedImports(client, set);
  const gone = new Set(replaced.map(({ file, standing }) => `${file.kind}/${standing.importId}`));
  const all = await standingImports(client, set.files);
  const standing = new Map(
    [...all].filter(([{ kind }, { importId }]) => !gone.has(`${kind}/${importId}`)),
  );
  const counted = await agreeSet(client, set, standing, { minorDigits, signal });
  return { minorDigits, replaced, standing, counted };
}

/**
 * Imports the files of a migration in the order that they need, once all of them are what the
 * manifest says. Each goes in by the import of its kind; one that stands in the book with this
 * content is passed by, so that a set that was stopped goes on when it is run again. Where it comes
 * after another set, what that one had otherwise is taken back first, all of it or nothing. Throws
 * `manifest_differs` before anything is written, `import_in_use` where a close has folded what is
 * to be taken back, and what the imports throw: what went in before that stays.
 */
export async function importSet(
  client: pg.Client,
  set: FileSet,
  options: SetOptions,
): Promise<SetOutcome> {
  const { dryRun = false, signal, onProgress, ...others } = options;
  const { minorDigits, replaced, standing, counted } = await planSet(client, set, signal);
  if (replaced.length > 0) {
    const importIds = replaced.map((one) => one.standing.importId);
    await cancelImports(client, { importIds, reason: `replaced by set ${set.name}`, dryRun });
  }
  const lines: SetLine[] = replaced.map(takenBackLine);
  for (const file of set.files) {
    const earlier = standing.get(file);
    if (earlier !== undefined) {
      lines.push(...linesOf(file, counted, 'passed_by', earlier));
      continue;
    }
    if (dryRun) {
      lines.push(...linesOf(file, counted, 'agreed'));
      continue;
    }
    signal?.throwIfAborted();
    const { named } = file.main;
    const outcome = await importPart(client, file, {
      ...{ ...others, signal },
      onProgress: (done, total) => onProgress?.(named, done, total),
    });
    lines.push(...linesOf(file, counted, 'imported', outcome));
  }
  return { name: set.name, lines, minorDigits, dryRun };
}

function takenBackLine({ file, standing }: ReplacedImport): SetLine {
  const { importId, read, amount } = standing;
  return {
    ...{ kind: file.kind, file: file.main.named, outcome: 'taken_back', importId },
    ...{ read, taken: null, rejected: null, amount },
    ...{ sha256: file.main.sha256 ?? '', ...NO_REJECTS, delta: null },
  };
}

const NO_REJECTS = { rejectedByRule: {}, rejectFile: null, next: null } as const;

type Imported = Partial<PartOutcome> | StandingImport;

function linesOf(
  { main, second }: SetFile,
  counted: ReadonlyMap<SetPart, CountedPart>,
  outcome: SetLine['outcome'],
  imported: Imported = {},
): SetLine[] {
  const said: Partial<PartOutcome> = imported;
  const { importId = null, read, taken = null, rejected = null, amount = null } = said;
  const { rejectedByRule = {}, rejectFile = null, next = null } = said;
  const { secondTaken = null, delta = null } = said;
  const of = ({ kind, named: file }: SetPart) => ({ kind, file, outcome, importId });
  const own = counted.get(main)!;
  const line: SetLine = {
    ...of(main),
    ...{ read: read ?? own.rows, taken, rejected, amount },
    ...{ sha256: own.sha256, rejectedByRule, rejectFile, next, delta },
  };
  if (second === null) return [line];
  const { rows, sha256 } = counted.get(second)!;
  const none = { ...NO_REJECTS, rejected: null, amount: null, delta: null };
  return [line, { ...of(second), ...none, read: rows, taken: secondTaken, sha256 }];
}
