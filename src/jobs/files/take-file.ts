import { lstatSync, renameSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { EXIT, LoanbookError } from '../../errors.js';
import type { Instant } from '../../operations/clock/instant.js';
import { endFile, takeFile } from '../../operations/files/file-acts.js';
import { hasLeft } from '../../operations/files/file-row.js';
import type { FilesInForce, Folders } from './files-in-force.js';
import {
  folderUnusable,
  isSystemError,
  makePath,
  readFolder,
  requireFolder,
  syncFolder,
} from './folder.js';
import { isMarked, KeptNames, rawOf } from './kept-names.js';
import { hashFile, pathOf } from './read-content.js';
import { instantNow, type KeptFile, keptFiles, withFilesLock } from './register.js';
import { rawName } from './shown-name.js';

/** A file that was taken: where it lies, and what its content is. */
export interface TakenFile {
  readonly id: number;
  readonly name: string;
  /** In bytes, as its name need not be text. */
  readonly path: Buffer;
  readonly sha256: string;
}

/**
 * Takes a ready file out of the inbox: it is renamed to `work/<sha256>/<name>`, with its control
 * file, and is to be read there. One that was taken before lies there still. Killed in the middle
 * it is gone on with by the next call or look. Throws LoanbookError `file_not_ready` (75),
 * `file_changed` (75) where it is another one by now, and `folder_unusable` (1).
 */
export async function takeReadyFile(
  client: pg.Client,
  files: Pick<FilesInForce, 'folders' | 'rules'>,
  id: number,
  now?: Instant,
): Promise<TakenFile> {
  return withFilesLock(client, async () => {
    const [row] = await keptFiles(client, 'f.file_id = $1', [id]);
    if (row === undefined || (row.state !== 'ready' && !hasLeft(row))) throw notReady(id, row);
    if (row.state === 'ready') {
      const at = now ?? (await instantNow(client));
      const [taken] = takeFile([row], row.name, at);
      await client.query('SELECT take_file($1, $2, $3)', [id, taken!.sha256, new Date(at)]);
    }
    const control = files.rules.find(({ file }) => file === row.file)?.control ?? null;
    if (row.isInWork || (await bringToWork(client, files.folders, row, control))) {
      return takenFile(files.folders, row);
    }
    throw new LoanbookError('file_changed', 'The file is no longer the one that was ready.', {
      exitCode: EXIT.locked,
      evidence: { number: id, file: row.name, expected: row.sha256 },
      next: 'It lies in the inbox as it is now: `loanbook files scan` says what it is.',
    });
  });
}

/** Where a file that was taken lies. */
export function takenFile({ work }: Folders, { id, name, sha256 }: KeptFile): TakenFile {
  return { id, name, path: pathOf(join(work, sha256!), rawName(name)), sha256: sha256! };
}

/**
 * What became of a file that was taken: done, or rejected with a rule; the same again is no error.
 */
export async function endTakenFile(
  client: pg.Client,
  id: number,
  state: 'done' | 'rejected',
  /** `import 12`, or the code of the refusal. */
  says: string,
  now?: Instant,
): Promise<void> {
  const [row] = await keptFiles(client, 'f.file_id = $1', [id]);
  if (row === undefined || row.state === 'done') return;
  const at = now ?? (await instantNow(client));
  // One that was rejected is tried again as what was taken.
  const taken = row.state === 'rejected' ? { ...row, state: 'taken' as const } : row;
  endFile([taken], row.sha256!, { state, at });
  await client.query('SELECT end_file($1, $2, $3, $4)', [id, state, says, new Date(at)]);
}

/**
 * Brings files to work that were being taken when a process ended; the caller holds the lock. One
 * that cannot be is ready again. Their names.
 */
export async function finishTakings(client: pg.Client, files: FilesInForce): Promise<string[]> {
  const open = await keptFiles(client, `f.state = 'taken' AND NOT f.in_work`);
  for (const row of open) {
    const control = files.rules.find(({ file }) => file === row.file)?.control ?? null;
    await bringToWork(client, files.folders, row, control).catch((error: unknown) => {
      if (!(error instanceof LoanbookError)) throw error;
    });
  }
  return open.map(({ name }) => name);
}

/** Whether the file lies in work now with the content that was ready; if not it is ready again. */
async function bringToWork(
  client: pg.Client,
  folders: Folders,
  row: KeptFile,
  control: string | null,
): Promise<boolean> {
  const settle = (isInWork: boolean) =>
    client.query('SELECT settle_taking($1, $2)', [row.id, isInWork]);
  let isInWork = false;
  try {
    isInWork = await rename(folders, row, control);
  } catch (error) {
    // What lies in work already is gone on with from there: in the inbox nobody would find it.
    if (!isRegular(takenFile(folders, row).path)) await settle(false);
    throw error;
  }
  await settle(isInWork);
  return isInWork;
}

async function rename(folders: Folders, row: KeptFile, control: string | null): Promise<boolean> {
  const { name, sha256 } = row;
  await requireFolder('work', folders.work);
  const place = join(folders.work, sha256!);
  const raw = (await rawInInbox(folders, name)) ?? rawName(name);
  const [from, to] = [pathOf(folders.inbox, raw), takenFile(folders, row).path];
  try {
    await makePath(place);
    await requireFolder('work', place);
    if (!isRegular(to)) {
      await requireFolder('inbox', folders.inbox);
      if (!isRegular(from)) return false;
      renameSync(from, to);
    }
    const content = await hashFile(to);
    if (content?.sha256 !== sha256) {
      await putBack({ from, to, name }, join(folders.work, content?.sha256 ?? 'changing'));
      return false;
    }
    if (control !== null) {
      const lies = Buffer.concat([from, Buffer.from(control)]);
      if (isRegular(lies)) renameSync(lies, Buffer.concat([to, Buffer.from(control)]));
    }
    await syncFolder(place);
    await syncFolder(folders.inbox);
    return true;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const isOfWork = ['EXDEV', 'ENOSPC'].includes(error.code ?? '') || error.syscall === 'mkdir';
    const folder = isOfWork ? 'work' : 'inbox';
    throw folderUnusable(folder, folders[folder], error);
  }
}

/** Somebody writes to it still: back it goes, or to its own hash where its name is taken. */
async function putBack(
  { from, to, name }: { readonly from: Buffer; readonly to: Buffer; readonly name: string },
  place: string,
): Promise<void> {
  if (!isThere(from)) {
    renameSync(to, from);
    return;
  }
  await makePath(place);
  await requireFolder('work', place);
  renameSync(to, pathOf(place, rawName(name)));
}

/** The name as it stands in the inbox, of one that the register keeps otherwise. */
async function rawInInbox({ inbox, work }: Folders, name: string): Promise<Buffer | undefined> {
  if (!isMarked(name)) return undefined;
  const { files } = await readFolder('inbox', inbox);
  return rawOf(name, files, new KeptNames(work));
}

function isThere(path: Buffer): boolean {
  return kindAt(path) !== undefined;
}

function isRegular(path: Buffer): boolean {
  return kindAt(path)?.isFile() === true;
}

/** Undefined where nothing is, or a part of the path is no folder. */
function kindAt(path: Buffer): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOTDIR') return undefined;
    throw error;
  }
}

function notReady(id: number, row: KeptFile | undefined): LoanbookError {
  return new LoanbookError('file_not_ready', 'The file is not ready to be taken.', {
    exitCode: EXIT.locked,
    evidence: { number: id, file: row?.name, state: row?.state ?? 'unknown' },
    next: '`loanbook files list` shows what lies in the inbox, and why it waits.',
  });
}
