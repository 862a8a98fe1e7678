import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Who holds a run: host, process and the machine's boot and process namespace, so that a holder
 * that is surely dead can be told from one that is only out of sight.
 */
export function thisHolder(): string {
  return `${hostname()}/${process.pid}/${machine()}`;
}

/** True only when the holder was a process of this very machine that no longer runs. */
export function isSurelyDead(holder: string): boolean {
  const [host, pid, where] = holder.split('/');
  if (host !== hostname() || where !== machine() || where === 'unknown') return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
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
