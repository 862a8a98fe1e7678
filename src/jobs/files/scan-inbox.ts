import { setImmediate as breathe } from 'node:timers/promises';
import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { Refusal } from '../../accounting/money/refusal.js';
import type { EpochDay } from '../../accounting/money/units.js';
import { EXIT, LoanbookError } from '../../errors.js';
import type { Instant } from '../../operations/clock/instant.js';
import {
  type FileRow,
  type FileRule,
  type FileState,
  hasLeft,
  type SeenFile,
} from '../../operations/files/file-row.js';
import { type MissingFile, missingFiles } from '../../operations/files/missing-files.js';
import { filesToRead, scanFiles } from '../../operations/files/scan-files.js';
import { openDate } from '../book/open-day.js';
import type { FilesInForce } from './files-in-force.js';
import { type FolderFile, type FolderLook, isSystemError, readFolder } from './folder.js';
import { KeptNames, NamesOfLook } from './kept-names.js';
import { hashFile, pathOf, readControl } from './read-content.js';
import { filesHere, filesTaken, instantNow, lookRow, withFilesLock } from './register.js';
import { finishReleases } from './release-out.js';
import { finishTakings } from './take-file.js';

export interface ScanOptions {
  /** The moment of the look; the clock of the database when left out. */
  readonly now?: Instant | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What one look at the inbox found. */
export interface InboxLook {
  readonly at: Instant;
  /** YYYY-MM-DD */
  readonly openDate: string;
  /** Regular files, those of transfers under way and control files too. */
  readonly files: number;
  /** Of these, whose content was read. */
  readonly hashed: number;
  /** How many lie there, by state; what vanished is not counted. */
  readonly states: Readonly<Partial<Record<FileState, number>>>;
  /** Rows that are new or another than before. */
  readonly changed: readonly FileRow[];
  readonly missing: readonly MissingFile[];
  /** What is no regular file, or may not be read: it is not looked at. */
  readonly others: FolderLook['others'];
  /** Control files that say nothing that can be read: their files wait. */
  readonly unreadableControls: readonly string[];
  /** Files that were being taken or released when a process ended, and are gone on with now. */
  readonly finished: readonly string[];
}

/** Control files between which others get their turn. */
const BATCH = 1000;
const UNREADABLE = 'not to be read by this user';

/**
 * Looks at the inbox and keeps what it finds, by the rules in force. Nothing is kept unless the
 * look came to its end. Throws LoanbookError `folder_unusable` (1), `no_book`, and
 * `calendar_year_missing` (2) where a rule asks for a day that the calendar does not have.
 */
export async function scanInbox(
  client: pg.Client,
  inForce: FilesInForce,
  { now, signal }: ScanOptions = {},
): Promise<InboxLook> {
  const { folders, rules } = inForce;
  return withFilesLock(client, async () => {
    const finished = [
      ...(await finishTakings(client, inForce)),
      ...(await finishReleases(client, folders)),
    ];
    const at = now ?? (await instantNow(client));
    const day = await openDate(client);
    const look = await readFolder('inbox', folders.inbox, signal);
    const names = await NamesOfLook.of(new KeptNames(folders.work), look.files);
    const here = names.seen(await filesHere(client, names.kept));
    const { seen, unreadable } = await withControls(folders.inbox, look.files, rules);
    const toRead = new Set(filesToRead(rules, here, { at, openDate: day, files: seen }));
    const { files, locked } = await withHashes(folders.inbox, look.files, seen, toRead, signal);
    const scan = { at, openDate: day, files };
    const known = withKnown(files, here).map((file) => ({
      ...file,
      name: names.keptOf(file.name),
    }));
    const left = names.seen(await filesTaken(client, known, formatDay(day)));
    const rows = scanFiles(rules, [...left, ...here], scan);
    const changed = changedRows(here, rows).map((row) => names.ofRegister(row));
    const values = [
      ...[new Date(at), formatDay(day)],
      JSON.stringify(changed.map((row) => lookRow(row, formatDay))),
      pairedNames(here, rows).map((name) => names.keptOf(name)),
    ];
    await client.query('SELECT keep_look($1, $2, $3, $4)', values);
    return {
      at,
      openDate: formatDay(day),
      files: look.files.length,
      hashed: files.filter(({ sha256 }) => sha256 !== null).length,
      states: statesOf(rows),
      changed,
      missing: missingOf(rules, rows, scan),
      others: [...look.others, ...locked.map((name) => ({ name, is: UNREADABLE }))],
      unreadableControls: unreadable,
      finished,
    };
  });
}

/** Of each control file what it says; one that cannot be read yet is not there. */
async function withControls(
  folder: string,
  files: readonly FolderFile[],
  rules: readonly FileRule[],
): Promise<{ seen: SeenFile[]; unreadable: string[] }> {
  const endings = new Set(rules.flatMap(({ control }) => control ?? []));
  const names = new Set(files.map(({ name }) => name));
  const unreadable: string[] = [];
  const seen: SeenFile[] = [];
  let count = 0;
  for (const { name, raw, size, mtime } of files) {
    const file = { name, size, mtime, sha256: null };
    const isControl = [...endings].some(
      (ending) => name.endsWith(ending) && names.has(name.slice(0, -ending.length)),
    );
    if (!isControl) {
      seen.push(file);
      continue;
    }
    const says = saidIn(pathOf(folder, raw));
    if (says === undefined) unreadable.push(name);
    else seen.push({ ...file, says });
    count += 1;
    if (count % BATCH === 0) await breathe();
  }
  return { seen, unreadable };
}

function saidIn(path: Buffer): SeenFile['says'] {
  try {
    return readControl(path);
  } catch (error) {
    if (isLocked(error)) return undefined;
    throw error;
  }
}

function isLocked(error: unknown): boolean {
  return isSystemError(error) && ['EACCES', 'EPERM'].includes(error.code ?? '');
}

/**
 * The files with the hashes of those that have to be read; one that changes meanwhile has none.
 * One that may not be read has none either, and does not stop the others.
 */
async function withHashes(
  folder: string,
  files: readonly FolderFile[],
  seen: readonly SeenFile[],
  toRead: ReadonlySet<string>,
  signal?: AbortSignal,
): Promise<{ files: SeenFile[]; locked: string[] }> {
  const raws = new Map(files.map(({ name, raw }) => [name, raw]));
  const read: SeenFile[] = [];
  const locked: string[] = [];
  for (const file of seen) {
    if (!toRead.has(file.name)) {
      read.push(file);
      continue;
    }
    const path = pathOf(folder, raws.get(file.name)!);
    const content = await hashFile(path, signal).catch((error: unknown) => {
      if (!isLocked(error)) throw error;
      locked.push(file.name);
      return undefined;
    });
    // Another size or time than that of the look is told of by the next one.
    const isIt = content?.size === file.size && content.mtime === file.mtime;
    read.push({ ...file, sha256: isIt ? content.sha256 : null });
    signal?.throwIfAborted();
  }
  return { files: read, locked };
}

/** Names with the contents that are known of them. */
function withKnown(files: readonly SeenFile[], here: readonly FileRow[]) {
  const known = new Map(here.map(({ name, sha256 }) => [name, sha256]));
  return files.map(({ name, sha256 }) => ({ name, sha256: sha256 ?? known.get(name) ?? null }));
}

function changedRows(before: readonly FileRow[], after: readonly FileRow[]): FileRow[] {
  const known = new Map(before.map((row) => [row.name, row]));
  return after.filter((row) => !hasLeft(row) && !isSame(known.get(row.name), row));
}

/** Names that have no row any more: control files whose file has come. */
function pairedNames(before: readonly FileRow[], after: readonly FileRow[]): string[] {
  const names = new Set(after.filter((row) => !hasLeft(row)).map(({ name }) => name));
  return before.flatMap(({ name }) => (names.has(name) ? [] : [name]));
}

const KEYS = [
  ...(['file', 'date', 'state', 'since', 'size', 'mtime', 'unchangedSince', 'sha256'] as const),
  ...(['reason', 'of', 'isLate', 'readySha256', 'releasedSha256'] as const),
];

function isSame(before: FileRow | undefined, after: FileRow): boolean {
  return before !== undefined && KEYS.every((key) => before[key] === after[key]);
}

function statesOf(rows: readonly FileRow[]): Partial<Record<FileState, number>> {
  const states: Partial<Record<FileState, number>> = {};
  for (const row of rows) {
    if (hasLeft(row) || row.state === 'gone') continue;
    states[row.state] = (states[row.state] ?? 0) + 1;
  }
  return states;
}

/** Files of a business date that are due and have not come. Throws as `scanInbox` does. */
export function missingOf(
  rules: readonly FileRule[],
  rows: readonly FileRow[],
  scan: { readonly at: Instant; readonly openDate: EpochDay },
): MissingFile[] {
  return askingCalendar(scan.openDate, () => missingFiles(rules, rows, scan));
}

/** Whether a file of the rule is due for a business date. Throws as `scanInbox` does. */
export function isDueOn(rule: FileRule, day: EpochDay): boolean {
  return askingCalendar(day, () => rule.isDueOn(day));
}

function askingCalendar<T>(day: EpochDay, fn: () => T): T {
  try {
    return fn();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new LoanbookError(error.code, `A rule of the inbox: ${error.message}`, {
      exitCode: EXIT.usage,
      evidence: { openDate: formatDay(day), ...error.evidence },
      next: 'Load the year: `loanbook calendar apply`.',
      cause: error,
    });
  }
}
