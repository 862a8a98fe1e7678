import { createHash } from 'node:crypto';
import { constants, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { z } from 'zod';
import { checkShape } from '../../documents/violations.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { NewFile } from '../../files/new-file.js';
import { spaceTrouble, writeSafely } from './copy-file.js';
import { type Manifest, manifestSchema, type Trial, trialSchema } from './documents/manifest.js';

/** When it was begun, in UTC, to the millisecond. */
const NAME = /^\d{8}T\d{9}Z$/;
/** A backup that is being made: no name of a backup, and hidden. */
const PART = /^\.\d{8}T\d{9}Z\.part$/;
const MANIFEST = 'manifest.json';
const DIGEST = `${MANIFEST}.sha256`;
const TRIAL = '.proven.json';
const FILE_BYTES_MAX = 1 << 28;
const MODE = 0o600;

export const DATA = 'data';

/** A backup, as far as it tells what it is. */
export interface BackupLine {
  /** Its folder's name, or the label that pgBackRest gave it. */
  readonly backup: string;
  readonly kind: 'base' | 'full' | 'diff' | 'incr' | 'damaged';
  readonly takenAt: string | null;
  readonly bytes: number | null;
  /** The last sealed day, and its hash in the chain. */
  readonly day: string | null;
  readonly hash: string | null;
  /** PostgreSQL's number of the cluster that it is of. */
  readonly system: string | null;
}

/** A line of `backup list`. */
export interface ListedBackup extends BackupLine {
  readonly provenAt: string | null;
}

export function backupName(at: Date): string {
  return at.toISOString().replaceAll(/[-:.]/g, '');
}

export function partOf(store: string, name: string): string {
  return join(store, `.${name}.part`);
}

/** Takes away what killed processes left; call it while nobody else makes a backup here. */
export function removeParts(store: string): void {
  for (const name of readdirSync(store)) {
    if (PART.test(name)) rmSync(join(store, name), { recursive: true, force: true });
  }
}

/** The folder of backups, which its owner alone enters. */
export function makeStore(store: string): void {
  mkdirSync(store, { recursive: true, mode: 0o700 });
}

/** The manifest, and its own digest beside it as `sha256sum -c` reads it. */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const text = `${JSON.stringify(manifest, null, 1)}\n`;
  const { sha256 } = await writeSafely(join(folder, MANIFEST), text);
  await writeSafely(join(folder, DIGEST), `${sha256}  ${MANIFEST}\n`);
}

/** Throws LoanbookError `backup_damaged` (3) for a manifest that is not what was written. */
export async function readManifest(folder: string): Promise<Manifest> {
  const file = join(folder, MANIFEST);
  const content = await bytesOf(file);
  const digest = (await bytesOf(join(folder, DIGEST))).toString('utf8').slice(0, 64);
  const actual = createHash('sha256').update(content).digest('hex');
  if (actual !== digest) throw damaged(file, 'the SHA-256 beside it', digest, actual);
  return parsed(manifestSchema, content, file);
}

async function bytesOf(file: string): Promise<Buffer> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW).catch(() => undefined);
  if (handle === undefined) throw damaged(file, 'a file that can be read', 'there', 'missing');
  try {
    const { size } = await handle.stat();
    if (size > FILE_BYTES_MAX) throw damaged(file, 'its length', FILE_BYTES_MAX, size);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

function parsed<T>(schema: z.ZodType<T>, content: Buffer, file: string): T {
  let value: unknown;
  try {
    value = JSON.parse(content.toString('utf8'));
  } catch {
    throw damaged(file, 'JSON', 'JSON', 'something else');
  }
  return checkShape(schema, value, { name: file });
}

/** The error of a backup that is not what was written. */
export function damaged(
  file: string,
  rule: string,
  expected: string | number,
  actual: string | number,
): LoanbookError {
  return new LoanbookError('backup_damaged', 'The backup is not what was written.', {
    exitCode: EXIT.difference,
    evidence: { file, rule, expected, actual },
    next: 'Take another backup: `loanbook backup list` shows them. Look at the disk of this one.',
  });
}

/** The folder of a backup, by a name in the store or a path. Throws `unknown_backup` (2). */
export function folderOf(store: string, backup: string): string {
  const inStore = join(store, backup);
  const found = NAME.test(backup) ? inStore : resolve(backup);
  if (existsSync(found) && statSync(found).isDirectory()) return found;
  throw new LoanbookError('unknown_backup', 'There is no such backup.', {
    exitCode: EXIT.usage,
    evidence: { backup, folder: found },
    next: '`loanbook backup list` shows those that there are; --in names their folder.',
  });
}

/** The newest backup of a store. Throws LoanbookError `unknown_backup` (2) where there is none. */
export function newestIn(store: string): string {
  return folderOf(store, namesIn(store).at(-1) ?? 'none');
}

function namesIn(store: string): string[] {
  if (!existsSync(store)) return [];
  return readdirSync(store)
    .filter((name) => NAME.test(name))
    .sort();
}

/** The backups of a store, newest first; one whose manifest is not whole is listed as damaged. */
export async function listStore(store: string): Promise<BackupLine[]> {
  const lines: BackupLine[] = [];
  for (const name of namesIn(store).reverse()) lines.push(await lineOf(join(store, name)));
  return lines;
}

async function lineOf(folder: string): Promise<BackupLine> {
  const backup = basename(folder);
  try {
    const { kind, takenAt, bytes, book } = await readManifest(folder);
    const { sealedDay: day, chainHash: hash, system } = book;
    return { backup, kind, takenAt, bytes, day, hash, system };
  } catch (error) {
    if (!(error instanceof LoanbookError)) throw error;
    const nothing = { takenAt: null, bytes: null, day: null, hash: null, system: null };
    return { backup, kind: 'damaged', ...nothing };
  }
}

/**
 * What restores have proven, by backup. It stands beside the backups and not in the book: a table
 * would be lost with the disk of the book, and set back by every restore.
 */
export async function trialsIn(store: string): Promise<ReadonlyMap<string, Trial>> {
  const trials = new Map<string, Trial>();
  if (!existsSync(store)) return trials;
  for (const name of readdirSync(store)) {
    if (!name.endsWith(TRIAL)) continue;
    const file = join(store, name);
    const trial = parsed(trialSchema, await bytesOf(file), file);
    trials.set(trial.backup, trial);
  }
  return trials;
}

/** Keeps that a restore was proven. */
export async function keepTrial(store: string, trial: Trial): Promise<void> {
  const file = await NewFile.create(join(store, `${trial.backup}${TRIAL}`), MODE);
  try {
    await file.write(`${JSON.stringify(trial)}\n`);
    await file.publish();
  } catch (error) {
    await file.discard();
    throw spaceTrouble(store, error);
  }
}

/** Runs `fn`; a backup that it disproves was proven no longer, whatever was kept before. */
export async function losingTrial<T>(
  store: string,
  backup: string,
  fn: () => Promise<T>,
): Promise<T> {
  try {
    return await fn();
  } catch (error) {
    const isDisproof = error instanceof LoanbookError && error.exitCode === EXIT.difference;
    if (isDisproof) rmSync(join(store, `${backup}${TRIAL}`), { force: true });
    throw error;
  }
}

export function storeOf(folder: string): string {
  return dirname(folder);
}
