import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { EXIT, LoanbookError } from '../errors.js';
import { isRunning } from '../processes.js';
import { isPart, outFolderOf } from './out-folder.js';

/** Why a file cannot be made, where its path is at fault: the rest is a fault of the disk. */
const PATH_FAULTS = new Set(
  'ENOENT ENOTDIR EISDIR EACCES EPERM EROFS ELOOP ENAMETOOLONG EINVAL'.split(' '),
);
/** Nothing that stands under the temporary name is opened, and no link is followed. */
const FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
/** Characters or bytes kept before they are written. */
const BUFFERED_MAX = 1 << 18;
/** Names by which a process calls its own streams: what they lead to is not told by its kind. */
const STREAM_NAME = /^\/(dev\/(std(in|out|err)|fd\/\d+)|proc\/(self|\d+)\/fd\/\d+)$/;

/** Files that are neither published nor discarded: they go when the process ends. */
const unfinished = new Set<string>();

function removeUnfinished(): void {
  for (const path of unfinished) rmSync(path, { force: true });
}

/**
 * How the names begin under which files on their way to this one are written, by processes of this
 * machine; the number of the process follows.
 */
function underWay(path: string): string {
  const name = `${hostname()}/${processes()}/${basename(path)}`;
  return `.loanbook-${createHash('sha256').update(name).digest('hex').slice(0, 12)}-`;
}

/** In which numbers of processes are told apart: containers have their own. */
function processes(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

/** What processes left that were killed on the way to this file: they remove nothing any more. */
function removeLeft(path: string): void {
  const folder = dirname(path);
  const own = underWay(path);
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(own) || !isPart(name)) continue;
    const writer = Number(name.slice(own.length).split('-')[0]);
    const left = join(folder, name);
    const isOurs = writer === process.pid && unfinished.has(left);
    if (isOurs || (writer !== process.pid && isRunning(writer))) continue;
    rmSync(left, { force: true });
  }
}

/**
 * A file on its way to its name: it is written under a name of its own beside it, and appears whole
 * or not at all. Every file that is made for a user goes through here. Throws LoanbookError
 * `file_not_regular`, `outbox_not_released` (2), `file_not_writable` (2, or 1 where the disk is at
 * fault).
 */
export class NewFile {
  readonly path: string;
  readonly #temporary: string;
  readonly #handle: FileHandle;
  #text = '';
  #bytes: Uint8Array[] = [];
  #size = 0;

  private constructor(path: string, temporary: string, handle: FileHandle) {
    this.path = path;
    this.#temporary = temporary;
    this.#handle = handle;
  }

  /** A file that is replaced keeps its mode, unless `mode` says another one. */
  static async create(path: string, mode?: number): Promise<NewFile> {
    const earlier = requireRegularTarget(path);
    requireNoOutbox(path);
    const own = `${underWay(path)}${process.pid}-${randomBytes(6).toString('hex')}.part`;
    const temporary = join(dirname(path), own);
    return attempt(path, async () => {
      removeLeft(path);
      const handle = await open(temporary, FLAGS, mode ?? 0o666);
      if (unfinished.size === 0) process.once('exit', removeUnfinished);
      unfinished.add(temporary);
      const file = new NewFile(path, temporary, handle);
      try {
        if (mode === undefined && earlier !== undefined) await handle.chmod(earlier.mode & 0o777);
      } catch (error) {
        await file.discard();
        throw error;
      }
      return file;
    });
  }

  async write(piece: string | Uint8Array): Promise<void> {
    if (typeof piece === 'string') this.#text += piece;
    else {
      this.#keepText();
      this.#bytes.push(piece);
    }
    this.#size += piece.length;
    if (this.#size >= BUFFERED_MAX) await attempt(this.path, () => this.#flush());
  }

  /** The file appears under its name, in the place of the one that was there. */
  async publish(): Promise<void> {
    await attempt(this.path, async () => {
      await this.#flush();
      await this.#handle.sync();
      await this.#handle.close();
      requireRegularTarget(this.path);
      await rename(this.#temporary, this.path);
    });
    this.#forget();
  }

  /** Nothing of it is left. */
  async discard(): Promise<void> {
    await this.#handle.close().catch(() => undefined);
    await rm(this.#temporary, { force: true });
    this.#forget();
  }

  #forget(): void {
    unfinished.delete(this.#temporary);
    if (unfinished.size === 0) process.off('exit', removeUnfinished);
  }

  #keepText(): void {
    if (this.#text !== '') this.#bytes.push(Buffer.from(this.#text));
    this.#text = '';
  }

  async #flush(): Promise<void> {
    this.#keepText();
    const bytes = Buffer.concat(this.#bytes);
    this.#bytes = [];
    this.#size = 0;
    await this.#handle.writeFile(bytes);
  }
}

/** Writes pieces of a file as they come; throws what `content` throws, and as NewFile does. */
export async function writeWhole(
  path: string,
  content: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>,
): Promise<void> {
  const file = await NewFile.create(path);
  try {
    for await (const piece of content) await file.write(piece);
    await file.publish();
  } catch (error) {
    await file.discard();
    throw error;
  }
}

/** Adds to a file that only its owner reads; a link is not followed, a pipe not waited for. */
export function appendPrivate(path: string, text: string): void {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
  const file = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
  try {
    writeFileSync(file, text);
  } finally {
    closeSync(file);
  }
}

/**
 * Refuses a path that stands for anything but a regular file; what stands there, if anything. A
 * link would be replaced by the file or lead it elsewhere, a pipe or a device would be lost.
 */
export function requireRegularTarget(path: string): Stats | undefined {
  let found: Stats | undefined;
  try {
    found = lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw isFileError(error) ? notWritable(path, error) : error;
  }
  const isFolderName = basename(path) === '' || path.endsWith('/');
  if (found?.isFile() || (found === undefined && !isFolderName)) return found;
  const kind = found === undefined ? 'a folder' : kindOf(found);
  throw new LoanbookError('file_not_regular', `${path} is ${kind}, and no regular file.`, {
    exitCode: EXIT.usage,
    evidence: { file: path, is: kind },
    next: STREAM_NAME.test(path)
      ? 'Leave the option away where the command prints its data: they go to standard output.'
      : 'Name a regular file, or one that is not there yet.',
  });
}

/** In an outbox nothing appears but what is released: that is written as a part first. */
function requireNoOutbox(path: string): void {
  if (isPart(path) || outFolderOf(path) === undefined) return;
  throw new LoanbookError('outbox_not_released', 'The outbox is for files that are released.', {
    exitCode: EXIT.usage,
    evidence: { file: path },
    next: 'Write it elsewhere; exports and reports of the book are released there (docs/inbox.md).',
  });
}

/** Throws LoanbookError `file_is_an_input` (2) where a file to be written is one that is read. */
export function requireOtherFile(path: string, input: string): void {
  const [own, other] = [path, input].map((name) => statSync(name, { throwIfNoEntry: false }));
  if (own === undefined || other === undefined) return;
  if (own.dev !== other.dev || own.ino !== other.ino) return;
  throw new LoanbookError('file_is_an_input', `${path} is read by the same command.`, {
    exitCode: EXIT.usage,
    evidence: { file: path, input },
    next: 'Name another file: this one would be lost.',
  });
}

function kindOf(found: Stats): string {
  if (found.isSymbolicLink()) return 'a symbolic link';
  if (found.isDirectory()) return 'a folder';
  if (found.isFIFO()) return 'a pipe';
  return found.isSocket() ? 'a socket' : 'a device';
}

async function attempt<T>(path: string, fn: () => Promise<T>): Promise<T> {
  try {
    return await fn();
  } catch (error) {
    throw isFileError(error) ? notWritable(path, error) : error;
  }
}

function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && 'syscall' in error;
}

function notWritable(file: string, error: NodeJS.ErrnoException): LoanbookError {
  const isPathFault = PATH_FAULTS.has(String(error.code));
  return new LoanbookError('file_not_writable', `The file ${file} cannot be written.`, {
    exitCode: isPathFault ? EXIT.usage : EXIT.failed,
    evidence: { file, reason: error.code },
    next: isPathFault
      ? 'Check that the folder is there and may be written to.'
      : 'Nothing of it was kept: make room on the disk, or name another place.',
    cause: error,
  });
}
