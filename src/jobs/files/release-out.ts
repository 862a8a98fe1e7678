import { lstatSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type pg from 'pg';
import { inTransaction } from '../../db/connect.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { isPersonal } from '../../files/mask.js';
import { writeWhole } from '../../files/new-file.js';
import { partName } from '../../files/out-folder.js';
import { isUnderWay } from '../../operations/files/file-name.js';
import { writeAudit } from '../approvals/audit.js';
import type { Folders } from './files-in-force.js';
import { folderUnusable, isSystemError, requireFolder, syncFolder } from './folder.js';
import { hashFile } from './read-content.js';
import { withFilesLock } from './register.js';
import { shownName } from './shown-name.js';

/** A file for others that is whole, under the name of a part. */
export interface OutFile {
  /** Its name in the outbox. */
  readonly name: string;
  /** What goes last, under the name with this ending. */
  readonly control?: { readonly suffix: string; readonly text: string } | undefined;
  readonly by: string;
}

export interface ReleasedOut {
  readonly name: string;
  readonly sha256: string;
  readonly size: number;
  /** The version before it; null: it is the first. */
  readonly corrects: string | null;
  /** `unchanged`: the very same was released before. */
  readonly outcome: 'released' | 'unchanged';
}

interface OutRow {
  readonly name: string;
  readonly state: 'begun' | 'released';
  readonly sha256: string;
  readonly control_name: string | null;
  readonly control_text: string | null;
}

/** The longest name that a file system takes, and what is put around one of ours. */
const NAME_BYTES_MAX = 255;
const DIGEST = '.sha256';

/**
 * Checks the path of a file for others before it is written; the outbox is that of the book. Throws
 * LoanbookError `outbox_of_another`, `bad_out_place`, `bad_out_name` (2), `folder_unusable` (1).
 */
export async function requireOutPath(
  folders: Folders,
  outFolder: string,
  path: string,
): Promise<void> {
  const { outbox } = folders;
  const own = outbox === null ? undefined : (await requireFolder('outbox', outbox)) && outbox;
  const name = basename(path);
  if (realpathSync(dirname(path)) !== outFolder) {
    const next = 'Name a file in the outbox itself.';
    throw refused('bad_out_place', 'A file for others lies in no folder below the outbox.', {
      ...{ file: path, next },
    });
  }
  if (own === undefined || realpathSync(own) !== outFolder) {
    throw refused('outbox_of_another', 'The folder is the outbox of another book.', {
      ...{ file: path, outbox },
      next: 'Name a file in the outbox of this book, or elsewhere.',
    });
  }
  requireOutName(name);
}

/** Its SHA-256 and the parts of both have room in a folder. */
const OWN_BYTES_MAX = NAME_BYTES_MAX - DIGEST.length - partName('').length;

function requireOutName(name: string): void {
  const rule = faultOfOutName(name);
  if (rule === undefined) return;
  throw refused('bad_out_name', `The name of a file for others ${rule}.`, {
    file: name,
    next: 'Give the file another name; that of a control file has the ending of its layout.',
  });
}

function faultOfOutName(name: string): string | undefined {
  if (Buffer.byteLength(name) > OWN_BYTES_MAX) return `must have at most ${OWN_BYTES_MAX} bytes`;
  if (isUnderWay(name)) return 'must be no name of a transfer under way';
  if (name.endsWith(DIGEST)) return 'must not end with .sha256';
  if (name.includes('/')) return 'must be a name, without a folder';
  if (shownName(Buffer.from(name)) !== name) return 'must have no hidden characters';
  return isPersonal(name) ? 'must hold no number of a person' : undefined;
}

/**
 * Releases a file that lies in the outbox as a part: it appears under its name, then its SHA-256,
 * the control file last, each of them on the disk before the next. A name that was released is
 * never written again: a correction is a new version, `name.v2.csv`. Killed in the middle, the same
 * again goes on with it. Throws LoanbookError `file_released`, `out_version_gap`, `bad_out_name`,
 * `outbox_occupied` (2), `folder_unusable` (1).
 */
export async function releaseOut(
  client: pg.Client,
  outFolder: string,
  { name, control, by }: OutFile,
): Promise<ReleasedOut> {
  const part = join(outFolder, partName(name));
  try {
    return await withFilesLock(client, async () => {
      const content = await hashFile(Buffer.from(part));
      if (content === undefined) throw folderUnusable('outbox', outFolder, `${part} is not there`);
      const { sha256, size } = content;
      const corrects = await correctedBy(client, name);
      const row = await outRow(client, name);
      const done = { name, sha256, size, corrects };
      if (row !== undefined && (await hasAppeared(client, outFolder, row))) {
        if (row.sha256 !== sha256) throw await released(client, name);
        return { ...done, outcome: row.state === 'released' ? 'unchanged' : 'released' };
      }
      const controlName = control === undefined ? null : name + control.suffix;
      for (const own of [name, controlName]) if (own !== null) requireOutName(own);
      for (const own of [name, name + DIGEST, controlName])
        await requireFree(client, outFolder, own);
      const said = control?.text ?? null;
      const values = [name, size, sha256, controlName, said, corrects, by];
      await client.query('SELECT begin_release($1, $2, $3, $4, $5, $6, $7)', values);
      renameSync(part, join(outFolder, name));
      await syncFolder(outFolder);
      await finish(client, outFolder, (await outRow(client, name))!);
      return { ...done, outcome: 'released' };
    });
  } catch (error) {
    throw isSystemError(error) ? folderUnusable('outbox', outFolder, error) : error;
  } finally {
    rmSync(part, { force: true });
  }
}

/** Ends releases whose file appeared when their process ended; the caller holds the lock. */
export async function finishReleases(client: pg.Client, { outbox }: Folders): Promise<string[]> {
  if (outbox === null) return [];
  const { rows } = await client.query<{ name: string }>(
    `SELECT name FROM outbox_file WHERE state = 'begun' ORDER BY name`,
  );
  const finished: string[] = [];
  for (const { name } of rows) {
    const row = await outRow(client, name);
    if (row !== undefined && (await hasAppeared(client, outbox, row))) finished.push(name);
  }
  return finished;
}

async function outRow(client: pg.Client, name: string): Promise<OutRow | undefined> {
  const { rows } = await client.query<OutRow>(
    `SELECT name, state, sha256, control_name, control_text FROM outbox_file WHERE name = $1`,
    [name],
  );
  return rows[0];
}

/** Whether it was released, or lies there under its name and is released by this. */
async function hasAppeared(client: pg.Client, outFolder: string, row: OutRow): Promise<boolean> {
  if (row.state === 'released') return true;
  const there = await hashFile(Buffer.from(join(outFolder, row.name)));
  if (there?.sha256 !== row.sha256) return false;
  await finish(client, outFolder, row);
  return true;
}

async function finish(client: pg.Client, outFolder: string, row: OutRow): Promise<void> {
  const { name, sha256, control_name, control_text } = row;
  await place(outFolder, name + DIGEST, `${sha256}  ${name}\n`);
  if (control_name !== null) await place(outFolder, control_name, control_text ?? '');
  await inTransaction(client, async () => {
    await client.query('SELECT finish_release($1)', [name]);
    await writeAudit(client, { action: 'files send', subject: name, after: { sha256 } });
  });
}

async function place(outFolder: string, name: string, text: string): Promise<void> {
  const part = join(outFolder, partName(name));
  await writeWhole(part, [text]);
  renameSync(part, join(outFolder, name));
  await syncFolder(outFolder);
}

/** Nothing has the name, nor had it: what a partner took away was released all the same. */
async function requireFree(
  client: pg.Client,
  outFolder: string,
  name: string | null,
): Promise<void> {
  if (name === null) return;
  const path = join(outFolder, name);
  const { rowCount } = await client.query(
    `SELECT FROM outbox_file WHERE control_name = $1 OR (name = $1 AND state = 'released')`,
    [name],
  );
  if (rowCount === 0 && lstatSync(path, { throwIfNoEntry: false }) === undefined) return;
  throw refused('outbox_occupied', 'Something that was never released has this name already.', {
    file: path,
    next: 'Look at what it is, and take it away.',
  });
}

/** `loans.v3.csv` is version 3 of `loans.csv`. */
const VERSION = /^(.+)\.v([1-9][0-9]{0,3})(\.[^.]+)?$/;

/** The version before this one, which was released. */
async function correctedBy(client: pg.Client, name: string): Promise<string | null> {
  const [, stem = '', version = '1', ending = ''] = VERSION.exec(name) ?? [];
  if (Number(version) < 2) return null;
  const before = versionName(`${stem}${ending}`, Number(version) - 1);
  if ((await outRow(client, before))?.state === 'released') return before;
  throw refused('out_version_gap', 'The version before this one was never released.', {
    ...{ file: name, corrects: before },
    next: `Release ${before} first, or give the file a name without a version.`,
  });
}

function versionName(first: string, version: number): string {
  if (version < 2) return first;
  const dot = first.lastIndexOf('.');
  const [stem, ending] = dot > 0 ? [first.slice(0, dot), first.slice(dot)] : [first, ''];
  return `${stem}.v${version}${ending}`;
}

async function released(client: pg.Client, name: string): Promise<LoanbookError> {
  const [, stem, version = '1', ending = ''] = VERSION.exec(name) ?? [];
  const next = versionName(stem === undefined ? name : `${stem}${ending}`, Number(version) + 1);
  const row = await outRow(client, name);
  return refused('file_released', 'A released file is never written again.', {
    ...{ file: name, released: row?.sha256 },
    next: `A correction is a new version: name it ${next}.`,
  });
}

function refused(
  code: string,
  message: string,
  { next, ...evidence }: Record<string, string | null | undefined> & { next: string },
): LoanbookError {
  return new LoanbookError(code, message, { exitCode: EXIT.usage, evidence, next });
}
