import type { Kind } from '../kinds.js';
import { connectionLimit } from './connection-limit.js';
import { fullDisk } from './full-disk.js';
import { freeze, killProcess, sigterm, takeOver, twoClosers } from './process.js';
import type { Fault } from './scene.js';
import { crashBackend, killBackend, killPostmaster } from './server.js';
import { strangerLock } from './stranger-lock.js';

export const FAULTS: Readonly<Record<Kind, Fault>> = {
  kill_process: killProcess,
  kill_backend: killBackend,
  crash_backend: crashBackend,
  kill_postmaster: killPostmaster,
  freeze,
  take_over: takeOver,
  sigterm,
  stranger_lock: strangerLock,
  connection_limit: connectionLimit,
  full_disk: fullDisk,
  two_closers: twoClosers,
};
