import { processesHere, processStat } from '../../processes.js';

/** The processes that one has started and that still run. */
export function childrenOf(parent: number): number[] {
  return (processesHere() ?? []).filter((pid) => {
    const stat = processStat(pid);
    return stat?.parent === parent && stat.state !== 'Z';
  });
}

/** False: there was none such any more. */
export function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}
