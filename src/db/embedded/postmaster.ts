import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning } from '../../processes.js';
import { type Place, socketFileOf } from './embedded-place.js';

/** A server process that runs on a place's data. */
export interface Postmaster {
  readonly pid: number;
  /** False while it starts or recovers: it refuses connections then. */
  readonly isReady: boolean;
  /** The folder whose socket answers; undefined when the socket is gone. */
  readonly socketFolder: string | undefined;
}

/** Lines of postmaster.pid, counted from zero (PostgreSQL's miscadmin.h, LOCK_FILE_LINE_*). */
const LINE = { pid: 0, dataFolder: 1, socketFolder: 4, status: 7 } as const;

/** The live server of the place, or undefined. Reads two small files; no connection is made. */
export function findPostmaster(place: Place): Postmaster | undefined {
  const lines = readPidFile(place);
  const pid = Number(lines[LINE.pid]);
  if (!Number.isInteger(pid) || pid <= 0 || !isPostmaster(pid, place.dataFolder)) return undefined;
  // The place's own socket first: the path in the file is an old one when the book was moved.
  const folders = [join(place.folder, 'socket'), lines[LINE.socketFolder] ?? ''];
  return {
    pid,
    isReady: lines[LINE.status]?.trim() === 'ready',
    socketFolder: folders.find((folder) => folder !== '' && existsSync(socketFileOf(folder))),
  };
}

/**
 * Removes what would stop the start though no server runs: the number in postmaster.pid, or in the
 * socket's lock, meanwhile belongs to another process (a reboot, a restarted container, a copied
 * folder) or to a dead one that nobody reaped. Call it only when findPostmaster found nothing.
 *
 * A postmaster.pid with a free number stays: by it PostgreSQL checks that no old backend is left.
 */
export function removeLeftovers(place: Place, socketFolder: string): void {
  // The folder serves these data alone, so its socket is nobody's now.
  const socket = socketFileOf(socketFolder);
  for (const file of [socket, `${socket}.lock`]) rmSync(file, { force: true });
  const pid = Number(readPidFile(place)[LINE.pid]);
  if (!Number.isInteger(pid) || pid <= 0 || !isRunning(pid)) return;
  if (isPostmaster(pid, place.dataFolder) || hasProcessIn(place.dataFolder)) return;
  rmSync(join(place.dataFolder, 'postmaster.pid'), { force: true });
}

function readPidFile(place: Place): readonly string[] {
  try {
    return readFileSync(join(place.dataFolder, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return [];
  }
}

/** A server works inside its data folder, so its working directory tells whose server it is. */
function isPostmaster(pid: number, dataFolder: string): boolean {
  if (!isRunning(pid)) return false;
  if (process.platform === 'linux') return workingFolder(String(pid)) === realpathSync(dataFolder);
  const { stdout } = spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout?.includes(dataFolder) ?? false;
}

/** Where this cannot be known, the answer is the careful one. */
function hasProcessIn(dataFolder: string): boolean {
  if (process.platform !== 'linux') return true;
  const real = realpathSync(dataFolder);
  return readdirSync('/proc').some((pid) => /^\d+$/.test(pid) && workingFolder(pid) === real);
}

function workingFolder(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}
