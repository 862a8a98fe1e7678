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
import { type FolderFile, type FolderLook, readFolder } from './folder.js';
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
  /** What is no regular file: it is not looked at. */
  readonly others: FolderLook['others'];
  /** Control files that say nothing that can be read: their files wait. */
  readonly unreadableControls: readonly string[];
  /** Files that were being taken or released when a process ended, and are gone on with now. */
  readonly finished: readonly string[];
}

/** Control files between which others get their turn. */
const BATCH = 1000;

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
    const here = await filesHere(
      client,
      look.files.map(({ name }) => name),
    );
    const { seen, unreadable } = await withControls(folders.inbox, look.files, rules);
    const toRead = new Set(filesToRead(rules, here, { at, openDate: day, files: seen }));
    const files = await withHashes(folders.inbox, look.files, seen, toRead, signal);
    const scan = { at, openDate: day, files };
    const left = await filesTaken(client, withKnown(files, here), formatDay(day));
    const rows = scanFiles(rules, [...left, ...here], scan);
    const changed = changedRows(here, rows);
    const kept = changed.map((row) => lookRow(row, formatDay));
    const values = [new Date(at), formatDay(day), JSON.stringify(kept), pairedNames(here, rows)];
    await client.query('SELECT keep_look($1, $2, $3, $4)', values);
    return {
      at,
      openDate: formatDay(day),
      files: look.files.length,
      hashed: files.filter(({ sha256 }) => sha256 !== null).length,
      states: statesOf(rows),
      changed,
      missing: missingOf(rules, rows, scan),
      others: look.others,
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
    const says = readControl(pathOf(folder, raw));
    if (says === undefined) unreadable.push(name);
    else seen.push({ ...file, says });
    count += 1;
    if (count % BATCH === 0) await breathe();
  }
  return { seen, unreadable };
}

/** The files with the hashes of those that have to be read; one that changes meanwhile has none. */
async function withHashes(
  folder: string,
  files: readonly FolderFile[],
  seen: readonly SeenFile[],
  toRead: ReadonlySet<string>,
  signal?: AbortSignal,
): Promise<SeenFile[]> {
  const raws = new Map(files.map(({ name, raw }) => [name, raw]));
  const read: SeenFile[] = [];
  for (const file of seen) {
    if (!toRead.has(file.name)) {
      read.push(file);
      continue;
    }
    const content = await hashFile(pathOf(folder, raws.get(file.name)!), signal);
    // Another size or time than that of the look is told of by the next one.
    const isIt = content?.size === file.size && content.mtime === file.mtime;
    read.push({ ...file, sha256: isIt ? content.sha256 : null });
    signal?.throwIfAborted();
  }
  return read;
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

function missingOf(
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
