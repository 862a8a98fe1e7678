import { readFileSync } from 'node:fs';
import { processesHere } from '../../../processes.js';

/** The variable of a job that no other one has, and that what it starts inherits: its output. */
export const OUTPUT_VARIABLE = 'LOANBOOK_JOB_LOG';

/** Processes that a job has started and that left its group, by the log of its attempt. */
function straysOf(log: string): number[] {
  const variable = `${OUTPUT_VARIABLE}=${log}`;
  const pids = processesHere() ?? [];
  return pids.filter((pid) => pid !== process.pid && environmentOf(pid).includes(variable));
}

export function hasStrays(log: string): boolean {
  return straysOf(log).length > 0;
}

/** False: there are none. */
export function signalStrays(log: string, signal: 'SIGTERM' | 'SIGKILL'): boolean {
  const strays = straysOf(log);
  for (const pid of strays) {
    try {
      process.kill(pid, signal);
    } catch {
      // It ended meanwhile.
    }
  }
  return strays.length > 0;
}

/** That of a process of somebody else cannot be read, and that of one that has ended is empty. */
function environmentOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
