import {
  linkSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT, LoanbookError } from '../../errors.js';
import { isRunning } from '../../processes.js';
import { throwIfInterrupted } from '../interrupt.js';

const POLL_MS = 20;
const HEARTBEAT_MS = 5_000;
/** A holder on another host cannot be asked, so silence for this long counts as its death. */
const SILENT_MS_MAX = 60_000;
const TAKEOVER_MS_MAX = 10_000;

interface Holder {
  readonly pid: number;
  readonly host: string;
}

/**
 * Runs `fn` while holding `lockFile`; waits for another holder, takes over from a dead one.
 * Throws LoanbookError `embedded_locked` after `waitMs`.
 */
export async function withStartLock<T>(
  lockFile: string,
  fn: () => Promise<T>,
  waitMs = 600_000,
): Promise<T> {
  await acquire(lockFile, waitMs);
  const heartbeat = setInterval(() => touch(lockFile), HEARTBEAT_MS);
  heartbeat.unref();
  try {
    return await fn();
  } finally {
    clearInterval(heartbeat);
    // After a long freeze of this process another may have taken over: its lock stays.
    if (readHolder(lockFile)?.pid === process.pid) rmSync(lockFile, { force: true });
  }
}

async function acquire(lockFile: string, waitMs: number): Promise<void> {
  removeLeft(lockFile);
  const deadline = Date.now() + waitMs;
  while (!tryCreate(lockFile)) {
    throwIfInterrupted();
    if (Date.now() > deadline) throw locked(lockFile);
    if (isStale(lockFile)) await takeOver(lockFile);
    else await sleep(POLL_MS);
  }
}

/** The name appears by link(2), so a reader never sees a lock without its holder in it. */
function tryCreate(lockFile: string): boolean {
  const own = `${lockFile}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  const holder: Holder = { pid: process.pid, host: hostname() };
  writeFileSync(own, JSON.stringify(holder), { mode: 0o644 });
  try {
    linkSync(own, lockFile);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

/** What processes of this host left beside it that were killed as they took it. */
function removeLeft(lockFile: string): void {
  const own = `${basename(lockFile)}.`;
  for (const name of readdirSync(dirname(lockFile))) {
    if (!name.startsWith(own) || !/^[0-9]+\.[0-9a-z]+$/.test(name.slice(own.length))) continue;
    const left = join(dirname(lockFile), name);
    const holder = readHolder(left);
    const isDead = holder?.host === hostname() && !isRunning(holder.pid);
    if (isDead) rmSync(left, { force: true });
  }
}

function isStale(lockFile: string): boolean {
  const holder = readHolder(lockFile);
  const silentMs = ageMs(lockFile);
  if (silentMs === undefined) return false;
  if (silentMs > SILENT_MS_MAX) return true;
  return holder !== undefined && holder.host === hostname() && !isRunning(holder.pid);
}

/**
 * Removes a stale lock under a second lock and looks again first: without it, the slower of two
 * that saw the same stale lock would remove the fresh one of the faster.
 */
async function takeOver(lockFile: string): Promise<void> {
  const guard = `${lockFile}.takeover`;
  if ((ageMs(guard) ?? 0) > TAKEOVER_MS_MAX) rmSync(guard, { force: true });
  try {
    writeFileSync(guard, '', { flag: 'wx' });
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return sleep(POLL_MS);
    throw error;
  }
  try {
    if (isStale(lockFile)) rmSync(lockFile, { force: true });
  } finally {
    rmSync(guard, { force: true });
  }
}

function readHolder(lockFile: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(lockFile, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

function ageMs(file: string): number | undefined {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat === undefined ? undefined : Date.now() - stat.mtimeMs;
}

function touch(file: string): void {
  try {
    utimesSync(file, new Date(), new Date());
  } catch {
    // The folder was removed under us; what runs inside the lock will say so.
  }
}

/** Node's error code (ENOENT ...), or undefined. */
export function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function locked(lockFile: string): LoanbookError {
  const holder = readHolder(lockFile);
  return new LoanbookError('embedded_locked', 'Another process is starting the server.', {
    exitCode: EXIT.locked,
    evidence: { lockFile, pid: holder?.pid, host: holder?.host },
    next: 'Wait for it, or end that process.',
  });
}
