import { mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { putData, startEmbedded } from '../../db/embedded/embedded.js';
import { withScratchServer } from '../../db/embedded/scratch-server.js';
import { shareOut } from '../../db/share-out.js';
import { copyFile, LANES, requireSpace, spaceTrouble, syncFolder } from './copy-file.js';
import type { BackedUpFile, Manifest, Trial } from './documents/manifest.js';
import { type Proof, type ProofOptions, proveCopy, requireSameChain } from './prove-copy.js';
import { DATA, damaged, keepTrial, losingTrial, readManifest, storeOf } from './store.js';

export interface CopyOptions {
  /** The folder of the backup. */
  readonly folder: string;
  readonly bookFolder: string;
  readonly signal: AbortSignal;
  readonly onBytes?: (bytes: number, total: number) => void;
}

/** The WAL that a server makes while it recovers and is looked at. */
const SERVER_BYTES_SPARE = 64 * 1024 * 1024;

export interface Restored extends Proof {
  readonly manifest: Manifest;
}

/**
 * Restores a base backup into the folder of a book that has none, every file held to the manifest,
 * and starts its server. Throws LoanbookError `book_is_there` (2), `backup_damaged`,
 * `backup_chain_differs` (3), `backup_no_space`, `embedded_version`.
 */
export async function restoreBase(options: CopyOptions): Promise<Restored> {
  options.signal.throwIfAborted();
  const manifest = await readManifest(options.folder);
  await putData(options.bookFolder, filler(options, manifest));
  const target = await startEmbedded(options.bookFolder);
  return { manifest, ...(await requireSameChain(target, manifest.book)) };
}

export interface Verified extends Restored {
  readonly trial: Trial;
}

/**
 * Restores a base backup beside the book, proves the copy and throws it away; what was proven is
 * kept beside the backup. Throws as `restoreBase` and `proveCopy`, and `trial_is_running` (75).
 */
export async function verifyBase(options: CopyOptions & ProofOptions): Promise<Verified> {
  const { folder, bookFolder, signal } = options;
  signal.throwIfAborted();
  return losingTrial(storeOf(folder), basename(folder), async () => {
    const manifest = await readManifest(folder);
    const fill = filler(options, manifest);
    const proof = await withScratchServer(bookFolder, { name: 'trial', fill }, (target) =>
      proveCopy(target, manifest.book, options),
    );
    const { day, chainHash } = proof;
    const provenAt = new Date().toISOString();
    const { system } = manifest.book;
    const trial: Trial = { backup: basename(folder), system, provenAt, day, chainHash };
    await keepTrial(storeOf(folder), trial);
    return { manifest, trial, ...proof };
  });
}

/** Fills a data folder from a backup; every file is held to the manifest as it is copied. */
function filler({ folder, signal, onBytes }: CopyOptions, manifest: Manifest) {
  return async (dataFolder: string): Promise<void> => {
    const place = dirname(dataFolder);
    requireSpace(place, manifest.bytes + SERVER_BYTES_SPARE);
    const tell = (bytes: number) => onBytes?.(bytes, manifest.bytes);
    for (const path of manifest.folders) mkdirSync(join(dataFolder, path), { mode: 0o700 });
    try {
      await shareOut(LANES, manifest.files, async (_lane, file) => {
        signal.throwIfAborted();
        await copyHeld(join(folder, DATA, file.path), join(dataFolder, file.path), file, tell);
      });
    } catch (error) {
      throw spaceTrouble(place, error);
    }
    for (const path of ['', ...manifest.folders].reverse()) {
      await syncFolder(join(dataFolder, path));
    }
  };
}

const GONE = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'EISDIR', 'EACCES', 'EIO']);

async function copyHeld(
  from: string,
  to: string,
  { bytes, sha256 }: BackedUpFile,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const copied = await copyFile(from, to, onBytes).catch((error: NodeJS.ErrnoException) => {
    const isSource = GONE.has(error.code ?? '') && error.path !== to;
    throw isSource ? damaged(from, 'a file that can be read', 'there', error.code ?? '') : error;
  });
  if (copied.bytes !== bytes) throw damaged(from, 'its length', bytes, copied.bytes);
  if (copied.sha256 !== sha256) throw damaged(from, 'its SHA-256', sha256, copied.sha256);
}
