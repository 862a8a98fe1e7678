import { readdirSync, readFileSync } from 'node:fs';

/** A process as Linux tells of it. */
export interface ProcessStat {
  /** A letter; Z: it has ended, and its parent has not asked for it yet. */
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  /** Clock ticks since the boot at which it began. */
  readonly start: string;
}

/** Undefined: there is none such, or a system without /proc. */
export function processStat(pid: number): ProcessStat | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The fields stand behind a name that may hold blanks and brackets; the start is the 22nd.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state = '', parent, group] = fields;
    return { state, parent: Number(parent), group: Number(group), start: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}

/** The numbers of all processes; undefined: a system without /proc. */
export function processesHere(): number[] | undefined {
  try {
    return readdirSync('/proc')
      .filter((name) => /^[0-9]+$/.test(name))
      .map(Number);
  } catch {
    return undefined;
  }
}

/** Whether a process of this machine runs: what has ended and nobody asked for yet does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
  return processStat(pid)?.state !== 'Z';
}
