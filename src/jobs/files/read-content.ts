import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { setImmediate as breathe } from 'node:timers/promises';
import type { SeenFile } from '../../operations/files/file-row.js';
import { isSystemError } from './folder.js';

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
const CHUNK = Buffer.allocUnsafe(1 << 18);
/** Chunks between which others get their turn. */
const CHUNKS_A_TURN = 64;
/** A control file holds a line or two. */
const CONTROL_BYTES_MAX = 1 << 16;

/** A path as bytes: names need not be text. */
export function pathOf(folder: string, raw: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${folder}/`), raw]);
}

export interface Content {
  readonly sha256: string;
  readonly size: number;
  readonly mtime: string;
}

/**
 * The hash of a regular file, with the size and times that it has; no link is followed. Undefined
 * where it is not there, no regular file, or was changed while it was read.
 */
export async function hashFile(path: Buffer, signal?: AbortSignal): Promise<Content | undefined> {
  const file = openRegular(path);
  if (file === undefined) return undefined;
  try {
    const before = stampOf(file);
    const hash = createHash('sha256');
    for (let chunk = 1; ; chunk += 1) {
      const bytes = readSync(file, CHUNK);
      if (bytes === 0) break;
      hash.update(CHUNK.subarray(0, bytes));
      if (chunk % CHUNKS_A_TURN !== 0) continue;
      await breathe();
      signal?.throwIfAborted();
    }
    const after = stampOf(file);
    if (after.mtime !== before.mtime || after.size !== before.size) return undefined;
    return { sha256: hash.digest('hex'), ...after };
  } finally {
    closeSync(file);
  }
}

/** What a control file says of its file; undefined where it says nothing that can be read. */
export function readControl(path: Buffer): NonNullable<SeenFile['says']> | undefined {
  const file = openRegular(path);
  if (file === undefined) return undefined;
  try {
    const bytes = readSync(file, CHUNK, 0, CONTROL_BYTES_MAX + 1, 0);
    return bytes > CONTROL_BYTES_MAX ? undefined : saidBy(CHUNK.toString('utf8', 0, bytes));
  } finally {
    closeSync(file);
  }
}

const SHA256 = /^[0-9A-Fa-f]{64}$/;
const FACT = /^(size|sha256) *[=:] *([0-9A-Fa-f]+)$/;

/**
 * Empty: a flag alone. Else a SHA-256 first in its line, as `sha256sum` writes it; lines `size=N`
 * and `sha256=H`; or `name,rows[,total[,sha256]]`, as an import reads it. A size in a line that
 * does not end may be half of one: it is not read.
 */
export function saidBy(text: string): NonNullable<SeenFile['says']> | undefined {
  const lines = text.replace(/^\ufeff/, '').split('\n');
  const isWhole = lines.at(-1)?.trim() === '';
  const said = lines.map((line) => line.trim()).filter((line) => line !== '');
  const [first] = said;
  if (first === undefined) return {};
  const [word = ''] = first.split(/\s/);
  if (SHA256.test(word)) return { sha256: word.toLowerCase() };
  if (said.every((line) => FACT.test(line))) return isWhole ? factsOf(said) : undefined;
  const fields = said
    .at(-1)!
    .split(',')
    .map((field) => field.trim());
  if (fields.length < 2 || !isWhole) return undefined;
  const sha256 = fields[3] ?? '';
  if (sha256 === '') return {};
  return SHA256.test(sha256) ? { sha256: sha256.toLowerCase() } : undefined;
}

function factsOf(lines: readonly string[]): NonNullable<SeenFile['says']> | undefined {
  let says: { size?: number; sha256?: string } = {};
  for (const line of lines) {
    const [, key, value = ''] = FACT.exec(line) ?? [];
    if (key === 'size' && /^[0-9]{1,15}$/.test(value)) says = { ...says, size: Number(value) };
    else if (key === 'sha256' && SHA256.test(value)) {
      says = { ...says, sha256: value.toLowerCase() };
    } else return undefined;
  }
  return says;
}

/** A regular file that is opened; a pipe is not waited for, a link not followed. */
function openRegular(path: Buffer): number | undefined {
  let file: number;
  try {
    file = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    const isGone = isSystemError(error) && ['ENOENT', 'ELOOP', 'ENXIO'].includes(error.code ?? '');
    if (isGone) return undefined;
    throw error;
  }
  if (fstatSync(file).isFile()) return file;
  closeSync(file);
  return undefined;
}

function stampOf(file: number): Omit<Content, 'sha256'> {
  const { size, mtimeNs, ctimeNs } = fstatSync(file, { bigint: true });
  return { size: Number(size), mtime: `${mtimeNs}/${ctimeNs}` };
}
