import { readFileSync } from 'node:fs';

/** Whether a process of this machine runs: what has ended and nobody asked for yet does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.charAt(stat.lastIndexOf(')') + 2) !== 'Z';
  } catch {
    // Of a system without /proc the signal alone tells.
    return true;
  }
}
