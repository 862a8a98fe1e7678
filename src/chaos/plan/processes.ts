import { readdirSync, readFileSync } from 'node:fs';

/** The processes that one has started and that still run. */
export function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .filter((name) => {
      const [state, of] = statOf(name);
      return Number(of) === parent && state !== 'Z';
    })
    .map(Number);
}

/** State and parent; the fields stand behind a name that may hold blanks. */
function statOf(pid: string): readonly string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}

/** False: there was none such any more. */
export function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}
