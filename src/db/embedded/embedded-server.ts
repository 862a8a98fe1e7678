import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LoanbookError } from '../../errors.js';
import { type Account, canReach, isRoot } from './embedded-account.js';
import type { Binaries } from './embedded-binaries.js';
import { ownFolder, type Place, socketFolderOf } from './embedded-place.js';
import { SETTINGS_FILE, settingsText } from './embedded-settings.js';
import { writeFresh } from './place-pointer.js';
import { findPostmaster, type Postmaster, removeLeftovers } from './postmaster.js';

/** The superuser of an embedded server: only who may enter the socket's folder can be it. */
export const EMBEDDED_USER = 'loanbook';

const START_SECONDS_MAX = 600;
const STOP_SECONDS_MAX = 120;
const READY_POLL_MS = 10;
const LOG_BYTES_MAX = 16 * 1024 * 1024;
const LOG_TAIL_LINES = 8;
/**
 * What the log says while backends of a killed server still notice it, or while its own process
 * is not yet reaped: both pass by themselves.
 */
const OLD_SERVER_LEFT = /shared memory block|lock file "postmaster.pid" already exists/;
const ORPHANS_ATTEMPTS_MAX = 100;
const ORPHANS_POLL_MS = 100;

/** Makes the data folder: complete or not at all. Throws LoanbookError `embedded_init_failed`. */
export async function initData(
  place: Place,
  binaries: Binaries,
  account: Account | undefined,
): Promise<void> {
  const half = join(place.folder, 'data.new');
  rmSync(half, { recursive: true, force: true });
  const args = ['-D', half, '-U', EMBEDDED_USER, '-E', 'UTF8', '--locale=C', '--data-checksums'];
  // Trust: the socket lies in a 0700 folder and there is no TCP port.
  args.push('--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--auth=trust');
  const { code, output } = await run(binaries.initdb, args, account);
  if (code !== 0) {
    rmSync(half, { recursive: true, force: true });
    throw new LoanbookError('embedded_init_failed', 'initdb cannot make the database folder.', {
      evidence: { folder: place.dataFolder, user: account?.name, exit: code, output: tail(output) },
      next: 'Read the output above; with DATABASE_URL another server is used instead.',
    });
  }
  appendFileSync(join(half, 'postgresql.conf'), `\ninclude_if_exists '${SETTINGS_FILE}'\n`);
  rmSync(place.readyFile, { force: true });
  renameSync(half, place.dataFolder);
}

/**
 * Starts the server of an existing data folder and waits until it takes connections. Throws
 * LoanbookError `embedded_start_failed` with the end of the log, `embedded_unreachable`,
 * `embedded_version`.
 */
export async function startServer(
  place: Place,
  binaries: Binaries,
  account: Account | undefined,
): Promise<Postmaster> {
  const starting = await settled(place);
  if (starting !== undefined) return starting;
  requireStartable(place, binaries, account);
  const socketFolder = socketFolderOf(place, account);
  ownFolder(socketFolder, account);
  writeFresh(join(place.dataFolder, SETTINGS_FILE), settingsText(socketFolder), account, 0o600);
  rotateLog(place);
  for (let attempt = 1; ; attempt += 1) {
    removeLeftovers(place, socketFolder);
    const logStart = fileSize(place.logFile);
    const postmaster = await startOnce(place, binaries, account);
    if (postmaster !== undefined) return postmaster;
    const log = readFrom(place.logFile, logStart);
    if (!OLD_SERVER_LEFT.test(log) || attempt >= ORPHANS_ATTEMPTS_MAX) {
      throw startFailure(place, log);
    }
    await sleep(ORPHANS_POLL_MS);
  }
}

/** Waits out a server that starts, recovers or stops, left so by a process that was killed. */
async function settled(place: Place): Promise<Postmaster | undefined> {
  const deadline = Date.now() + START_SECONDS_MAX * 1000;
  for (;;) {
    const found = findPostmaster(place);
    if (found === undefined || found.isReady) return found;
    if (Date.now() > deadline) throw startFailure(place, readFrom(place.logFile, 0));
    await sleep(READY_POLL_MS);
  }
}

function requireStartable(place: Place, binaries: Binaries, account: Account | undefined): void {
  if (!canReach(account, place.dataFolder)) {
    throw new LoanbookError('embedded_unreachable', 'The server’s user cannot enter the folder.', {
      evidence: { folder: place.dataFolder, user: account?.name },
      next: 'Open the folders above it (chmod o+x), or run as the user who owns the book.',
    });
  }
  const dataVersion = readFileSync(join(place.dataFolder, 'PG_VERSION'), 'utf8').trim();
  if (dataVersion === binaries.version.split('.')[0]) return;
  throw new LoanbookError('embedded_version', 'The data belong to another PostgreSQL version.', {
    evidence: { folder: place.dataFolder, data: dataVersion, programs: binaries.version },
    next: 'Install the loanbook version that made them, dump, and restore with this one.',
  });
}

/** pg_ctl looks ten times a second; the pid file tells earlier that the server is ready. */
async function startOnce(
  place: Place,
  binaries: Binaries,
  account: Account | undefined,
): Promise<Postmaster | undefined> {
  let exit: number | undefined;
  const args = ['start', '-D', place.dataFolder, '-l', place.logFile, '-w'];
  args.push('-t', String(START_SECONDS_MAX));
  const ended = run(binaries.pgCtl, args, account, { keepOutput: false }).then(({ code }) => {
    exit = code;
  });
  for (;;) {
    const hasExited = exit !== undefined;
    const found = findPostmaster(place);
    if (found?.isReady && found.socketFolder !== undefined) return found;
    // One that recovers from an archive is left to itself by pg_ctl, and is not ready yet.
    if (hasExited) return settled(place);
    await Promise.race([ended, sleep(READY_POLL_MS)]);
  }
}

/** Stops a live server: clients are disconnected, and everything is written. */
export async function stopServer(
  place: Place,
  binaries: Binaries,
  account: Account | undefined,
): Promise<void> {
  const args = ['stop', '-D', place.dataFolder, '-m', 'fast', '-w', '-t', `${STOP_SECONDS_MAX}`];
  const { code } = await run(binaries.pgCtl, args, account, { keepOutput: false });
  if (code === 0 || findPostmaster(place) === undefined) return;
  throw new LoanbookError('embedded_stop_failed', 'The server does not stop.', {
    evidence: { folder: place.dataFolder, pid: findPostmaster(place)?.pid, exit: code },
    next: `Look at ${place.logFile}; a long query or backup may hold it.`,
  });
}

interface Outcome {
  readonly code: number;
  readonly output: string;
}

/**
 * `keepOutput` must be off for what leaves a daemon behind: it would hold the pipe open for ever.
 * PG* variables of the caller are not passed on; they would change what initdb and pg_ctl do.
 */
function run(
  program: string,
  args: readonly string[],
  account: Account | undefined,
  { keepOutput = true }: { keepOutput?: boolean } = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: '/',
      env: { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', keepOutput ? 'pipe' : 'ignore', keepOutput ? 'pipe' : 'ignore'],
      ...(account === undefined ? {} : { uid: account.uid, gid: account.gid }),
    });
    let output = '';
    child.stdout?.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr?.on('data', (chunk) => {
      output += chunk;
    });
    child.on('error', (cause) => {
      reject(
        new LoanbookError('embedded_program_failed', 'A PostgreSQL program cannot be run.', {
          evidence: { program, user: account?.name, reason: cause.message },
          next: isRoot()
            ? 'Run as an ordinary user, or set DATABASE_URL to a server that runs already.'
            : 'Run `npm install` again, or set DATABASE_URL to a server that runs already.',
          cause,
        }),
      );
    });
    child.on('close', (code, signal) =>
      resolve({ code: code ?? 128, output: output + (signal ?? '') }),
    );
  });
}

function startFailure(place: Place, log: string): LoanbookError {
  return new LoanbookError('embedded_start_failed', 'The embedded PostgreSQL does not start.', {
    evidence: { folder: place.dataFolder, logFile: place.logFile, log: tail(log) },
    next: 'The end of the log says why; with DATABASE_URL another server is used instead.',
  });
}

function rotateLog(place: Place): void {
  if (fileSize(place.logFile) > LOG_BYTES_MAX) renameSync(place.logFile, `${place.logFile}.1`);
}

function fileSize(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function readFrom(file: string, start: number): string {
  return existsSync(file) ? readFileSync(file).subarray(start).toString('utf8') : '';
}

function tail(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-LOG_TAIL_LINES).join('\n');
}
