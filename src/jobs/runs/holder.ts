import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { isRunning } from '../../processes.js';

/**
 * Who holds a run: host, process and the machine's boot and process namespace, so that a holder
 * that is surely dead can be told from one that is only out of sight.
 */
export function thisHolder(): string {
  return holderOf(process.pid);
}

/** The same of another process of this machine. */
export function holderOf(pid: number): string {
  return `${hostname()}/${pid}/${machine()}`;
}

/** Whether a holder is, or was, a process of this very machine since its last boot. */
export function isOfThisMachine(holder: string): boolean {
  const [host, , where] = holder.split('/');
  return host === hostname() && where === machine() && where !== 'unknown';
}

/** Whether a holder's number means that process here, whatever the host is called. */
export function isInReach(holder: string): boolean {
  const where = holder.split('/')[2];
  return where === machine() && where !== 'unknown';
}

/** True only when the holder was a process of this very machine that no longer runs. */
export function isSurelyDead(holder: string): boolean {
  if (!isOfThisMachine(holder)) return false;
  return !isRunning(Number(holder.split('/')[1]));
}

function machine(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8);
    const namespace = readlinkSync('/proc/self/ns/pid').replace(/\D/g, '');
    return `${boot}-${namespace}`;
  } catch {
    return 'unknown';
  }
}
