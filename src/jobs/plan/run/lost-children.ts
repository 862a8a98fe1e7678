import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { processesHere, processStat } from '../../../processes.js';
import { holderOf, isInReach } from '../../runs/holder.js';
import { releaseDead } from '../../runs/in-the-way.js';
import { endLostSessions } from '../../runs/sessions.js';
import type { Night } from './stored-night.js';
import { signalStrays } from './strays.js';

/** How a process group is kept, so that it is known again: holder and time of its start. */
export function processKept(pid: number): string {
  return `${holderOf(pid)}/${processStat(pid)?.start ?? 'unknown'}`;
}

/**
 * Ends what an earlier execution of an instance has left: the process groups on this machine, and
 * the sessions of the jobs that they were at, wherever they run. None of it writes any more then.
 */
export async function endLostChildren(client: pg.Client, night: Night): Promise<void> {
  const open = [...night.attempts.values()].flat().filter(({ to }) => to === null);
  for (const { process: kept, log } of open) {
    if (kept === null) continue;
    await endGroup(kept, log);
    await endRuns(client, kept.split('/').slice(0, 3).join('/'));
  }
}

/** Waits until it is gone, so that nothing of it runs beside what goes on. */
async function endGroup(kept: string, log: string | null): Promise<void> {
  const [, pid, , start] = kept.split('/');
  if (!isInReach(kept)) return;
  if (log !== null) signalStrays(log, 'SIGKILL');
  const now = processStat(Number(pid))?.start;
  // Another process has the number by now; a group whose first process has left keeps it.
  if (now !== undefined && now !== start) return;
  if (!signalGroup(Number(pid), 'SIGKILL')) return;
  const until = performance.now() + GONE_MS_MAX;
  while (isGroupAlive(Number(pid)) && performance.now() < until) await sleep(GONE_POLL_MS);
}

/** What sits in a call of the system that nothing interrupts is not waited for. */
const GONE_MS_MAX = 5_000;
const GONE_POLL_MS = 5;

/** A group that is gone takes no signal. */
export function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, signal);
  } catch {
    return false;
  }
}

/** Whether anything of a group still runs: what has ended and nobody waits for does not. */
export function isGroupAlive(group: number): boolean {
  if (!signalGroup(group, 0)) return false;
  const pids = processesHere();
  if (pids === undefined) return true;
  return pids.some((pid) => {
    const stat = processStat(pid);
    return stat?.group === group && stat.state !== 'Z';
  });
}

async function endRuns(client: pg.Client, holder: string): Promise<void> {
  const { rows } = await client.query<{ run_id: number }>(
    `SELECT run_id FROM run WHERE status = 'open' AND holder = $1
       AND lease_until > clock_timestamp()`,
    [holder],
  );
  for (const { run_id: runId } of rows) {
    await releaseDead(client, runId, holder);
    await endLostSessions(client, runId);
  }
}
