import { mkdirSync, rmSync } from 'node:fs';
import { readdir, readFile, rename } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { withClient } from '../../db/connect.js';
import { embeddedStatus, startEmbedded } from '../../db/embedded/embedded.js';
import { alone } from '../../db/embedded/scratch-server.js';
import { shareOut } from '../../db/share-out.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { bookFacts } from './book-facts.js';
import {
  copyFile,
  LANES,
  requireSpace,
  spaceTrouble,
  syncFolder,
  writeSafely,
} from './copy-file.js';
import { CONTROL_FILE, type DataFiles, dataFiles } from './data-files.js';
import type { BackedUpFile, Manifest } from './documents/manifest.js';
import { backupName, DATA, makeStore, partOf, removeParts, writeManifest } from './store.js';

export interface BaseOptions {
  readonly bookFolder: string;
  /** The folder that backups are kept in. */
  readonly store: string;
  readonly signal: AbortSignal;
  readonly onBytes?: (bytes: number, total: number) => void;
}

/** Written while the files are copied, beyond what they are now. */
const WAL_BYTES_SPARE = 64 * 1024 * 1024;
const FULL_MODE = 0o700;
const CONTROL_READS_MAX = 100;
const CONTROL_POLL_MS = 10;

/**
 * Takes a base backup of the embedded server of a book while it works, as a folder that appears
 * whole or not at all. pg_basebackup is not among the programs of the package (initdb, pg_ctl and
 * postgres are), so this is its way by functions: pg_backup_start, a copy of the files as they
 * change, pg_backup_stop, and the WAL between the two, which a slot of the session keeps. Stopping
 * the server for a copy would stop the night; one that is down is started, as for every command:
 * what does not start is no backup.
 *
 * Throws LoanbookError `backup_no_space`, `backup_in_data` (2), `backup_is_running` (75),
 * `data_folder_link`, `no_book`.
 */
export async function takeBase(options: BaseOptions): Promise<Manifest> {
  const { bookFolder, store, signal } = options;
  signal.throwIfAborted();
  const target = await startEmbedded(bookFolder);
  const { dataFolder } = await embeddedStatus(bookFolder);
  requireApart(store, dataFolder);
  makeStore(store);
  return alone(store, 'backup', async () => {
    removeParts(store);
    const name = backupName(new Date());
    const part = partOf(store, name);
    try {
      const settings = { role: 'login', applicationName: 'loanbook backup' } as const;
      const manifest = await withClient(target, settings, async (client) => {
        await bookFacts(client);
        mkdirSync(join(part, DATA), { recursive: true, mode: FULL_MODE });
        return fillPart(client, { ...options, name, part, dataFolder });
      });
      await rename(part, join(store, name));
      await syncFolder(store);
      return manifest;
    } catch (error) {
      rmSync(part, { recursive: true, force: true });
      throw spaceTrouble(store, error);
    }
  });
}

/** A store among the data would be copied into itself. */
function requireApart(store: string, dataFolder: string): void {
  if (!`${resolve(store)}${sep}`.startsWith(`${dataFolder}${sep}`)) return;
  throw new LoanbookError('backup_in_data', 'Backups cannot lie among the data.', {
    exitCode: EXIT.usage,
    evidence: { folder: store, data: dataFolder },
    next: 'Name a folder elsewhere with --to, best on another disk.',
  });
}

interface Part extends BaseOptions {
  readonly name: string;
  readonly part: string;
  readonly dataFolder: string;
}

async function fillPart(client: pg.Client, part: Part): Promise<Manifest> {
  const { name, dataFolder } = part;
  const startedAt = new Date().toISOString();
  await client.query(
    `SELECT pg_create_physical_replication_slot($1, immediately_reserve => true,
       temporary => true)`,
    [`loanbook_backup_${name.toLowerCase()}`],
  );
  const started = await client.query<{ lsn: string; wal: string }>(
    `SELECT lsn, pg_walfile_name(lsn) AS wal FROM pg_backup_start($1, fast => true) AS lsn`,
    [name],
  );
  const { lsn: walFrom, wal: firstWal } = started.rows[0]!;
  const listed = dataFiles(dataFolder);
  requireSpace(part.store, listed.bytes + WAL_BYTES_SPARE);
  const files = await copyData(part, listed);
  // Of what a restore will have at least: a day that is sealed from now on may be in it too.
  const book = await bookFacts(client);
  const stopped = await client.query<{ lsn: string; wal: string; label: string }>(
    `SELECT lsn, pg_walfile_name(lsn - 1) AS wal, labelfile AS label
     FROM pg_backup_stop(wait_for_archive => false)`,
  );
  const { lsn: walTo, wal: lastWal, label } = stopped.rows[0]!;
  files.push(...(await copyWal(part, firstWal, lastWal)));
  const labelFile = await writeSafely(join(part.part, DATA, 'backup_label'), label);
  files.push({ path: 'backup_label', ...labelFile });
  const manifest: Manifest = {
    ...{ format: 1, backup: name, kind: 'base', startedAt, takenAt: new Date().toISOString() },
    ...{ book, walFrom, walTo },
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    folders: [...listed.folders],
    files,
  };
  await writeManifest(part.part, manifest);
  for (const folder of ['', ...listed.folders].reverse()) {
    await syncFolder(join(part.part, DATA, folder));
  }
  await syncFolder(part.part);
  return manifest;
}

async function copyData(part: Part, { folders, files, bytes }: DataFiles): Promise<BackedUpFile[]> {
  for (const folder of folders) mkdirSync(join(part.part, DATA, folder), { mode: FULL_MODE });
  const others = files.filter((path) => path !== CONTROL_FILE);
  const onBytes = (more: number) => part.onBytes?.(more, bytes);
  const copied = await shareOut(LANES, others, async (_lane, path) => {
    part.signal.throwIfAborted();
    return copyNamed(part, path, onBytes);
  });
  const control = await steadyControl(join(part.dataFolder, CONTROL_FILE));
  const written = await writeSafely(join(part.part, DATA, CONTROL_FILE), control);
  const found = copied.filter((file) => file !== undefined);
  return [...found, { path: CONTROL_FILE, ...written }];
}

/** Undefined for a file that was dropped meanwhile: the WAL says so too. */
async function copyNamed(
  { dataFolder, part }: Part,
  path: string,
  onBytes: (bytes: number) => void,
): Promise<BackedUpFile | undefined> {
  try {
    const copied = await copyFile(join(dataFolder, path), join(part, DATA, path), onBytes);
    return { path, ...copied };
  } catch (error) {
    const { code, path: at } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && at === join(dataFolder, path)) return undefined;
    throw error;
  }
}

/** Where a read meets a write of it, half of either is seen: two reads have to agree. */
async function steadyControl(file: string): Promise<Buffer> {
  let before = await readFile(file);
  for (let read = 1; read < CONTROL_READS_MAX; read += 1) {
    await sleep(CONTROL_POLL_MS);
    const now = await readFile(file);
    if (now.equals(before)) return now;
    before = now;
  }
  throw new LoanbookError('control_file_unsteady', 'The control file of the server changes.', {
    evidence: { file, reads: CONTROL_READS_MAX },
    next: 'Run the same command again when the server has less to do.',
  });
}

/** The files of the WAL from where the backup began to where it ended: complete, and kept. */
async function copyWal(part: Part, first: string, last: string): Promise<BackedUpFile[]> {
  const names = (await readdir(join(part.dataFolder, 'pg_wal')))
    .filter((name) => /^[0-9A-F]{24}$/.test(name) && name >= first && name <= last)
    .sort();
  if (names[0] !== first || names.at(-1) !== last) {
    throw new LoanbookError('backup_wal_missing', 'The server has removed WAL that it needs.', {
      evidence: { first, last, found: names.join(', ') },
      next: 'Run the same command again; max_slot_wal_keep_size of the server may be too small.',
    });
  }
  const copied: BackedUpFile[] = [];
  for (const name of names) {
    part.signal.throwIfAborted();
    const file = await copyNamed(part, `pg_wal/${name}`, () => undefined);
    if (file !== undefined) copied.push(file);
  }
  return copied;
}
