import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { DatabaseTarget } from '../../src/db/target.js';
import { type EndedProcess, serverEnv, startCli } from './cli-process.js';
import { everything, type FrozenBook, type JobName, result } from './frozen-book.js';

/** When the second process is started: while the lease is alive, or when it has run out. */
export type Start = 'meanwhile' | 'later';

export interface Freeze {
  readonly job: JobName;
  readonly place: string;
  readonly start: Start;
}

export interface Times {
  readonly leaseSeconds: number;
  /** How long the first process stands still in all. */
  readonly frozenMs: number;
}

export interface Replaced extends Freeze {
  /** From the stop of the first process to the end of the second one. */
  readonly seconds: number;
  readonly winner: number | null;
  readonly loser: number | null;
}

const REACHED_MS_MAX = 120_000;

/** What the process that was frozen, and the one that went on meanwhile, came to. */
interface Both {
  readonly frozen: EndedProcess;
  readonly other: EndedProcess;
}

/**
 * Runs a job with --json and stops its process in the midst of a phase; `meanwhile` does another
 * one, and what it gives is there before the first goes on. `beforeItWakes` sees the book then.
 */
export async function withFrozen(
  book: FrozenBook,
  target: DatabaseTarget,
  [job, place]: readonly [job: JobName, place: string],
  { leaseSeconds, frozenMs }: Times,
  meanwhile: (env: Record<string, string>) => Promise<EndedProcess>,
  beforeItWakes: (other: EndedProcess, seconds: number) => Promise<void> = async () => undefined,
): Promise<Both> {
  const barriers = mkdtempSync(join(tmpdir(), 'loanbook-barriers-'));
  const barrier = join(barriers, `${job}.${place}`);
  writeFileSync(barrier, '');
  const env = { ...serverEnv(target), LOANBOOK_LEASE_SECONDS: String(leaseSeconds) };
  const line = [...book.line(job), '--json'];
  const { child, ended } = startCli(line, { ...env, LOANBOOK_BARRIERS: barriers });
  try {
    const reached = `${barrier}.reached`;
    await Promise.race([ended, until(() => existsSync(reached))]);
    expect(existsSync(reached), `${job}.${place} was not reached`).toBe(true);
    child.kill('SIGSTOP');
    const stoppedAt = performance.now();
    const other = await meanwhile(env);
    const seconds = (performance.now() - stoppedAt) / 1000;
    await sleep(Math.max(0, frozenMs - seconds * 1000));
    await beforeItWakes(other, seconds);
    rmSync(barrier);
    child.kill('SIGCONT');
    return { frozen: await ended, other };
  } finally {
    child.kill('SIGKILL');
    rmSync(barriers, { recursive: true, force: true });
  }
}

/**
 * Stops a process in the midst of a phase, has a second one do the same, and lets the first one
 * go on: the second took its place in time, its result is that of an undisturbed run, and the
 * first changes nothing and says who took over.
 */
export async function freeze(
  book: FrozenBook,
  undisturbed: Record<string, string>,
  { job, place, start }: Freeze,
  times: Times,
): Promise<Replaced> {
  const target = await book.copy();
  let secondPid: number | undefined;
  let seconds = 0;
  let before: Record<string, string> = {};
  const meanwhile = async (env: Record<string, string>) => {
    if (start === 'later') await sleep(times.leaseSeconds * 1000 + 500);
    const wait = start === 'later' ? '0' : '5m';
    const second = startCli([...book.line(job), '--json', '--wait', wait], env);
    secondPid = second.child.pid;
    return second.ended;
  };
  const look = async (second: EndedProcess, tookSeconds: number) => {
    seconds = tookSeconds;
    before = await everything(target);
    expect(await result(target), `${job}.${place}: ${second.stderr}`).toEqual(undisturbed);
  };
  const { frozen, other } = await withFrozen(book, target, [job, place], times, meanwhile, look);
  // The last phase of a close is behind its seal: nobody has anything to take over.
  if (job === 'eod' && place === 'end') expect(frozen.code).toBe(0);
  else {
    expect(await everything(target)).toEqual(before);
    expect([frozen.code, errorOf(frozen.stderr)], frozen.stderr).toMatchObject([
      75,
      { code: 'run_lost', evidence: { job, pid: String(secondPid) } },
    ]);
    expect(seconds).toBeLessThan(times.leaseSeconds + 10);
  }
  return { job, place, start, seconds, winner: other.code, loser: frozen.code };
}

/** The last line of stderr is the error; others before it are of the log. */
export function errorOf(stderr: string): unknown {
  const line = stderr.trimEnd().split('\n').at(-1) ?? '';
  return line.startsWith('{') ? JSON.parse(line).error : line;
}

async function until(holds: () => boolean): Promise<void> {
  const giveUpAt = performance.now() + REACHED_MS_MAX;
  while (!holds() && performance.now() < giveUpAt) await sleep(10);
}

/** What every job makes of the book when nothing disturbs it. */
export async function undisturbedResults(
  book: FrozenBook,
): Promise<Readonly<Record<JobName, Record<string, string>>>> {
  const of = async (job: JobName) => {
    const target = await book.copy();
    const { code, stderr } = await startCli(book.line(job), serverEnv(target)).ended;
    // Breaks that are open are a finding.
    if (code !== 0 && code !== 3) throw new Error(`${job}: ${stderr}`);
    return result(target);
  };
  return {
    eod: await of('eod'),
    import: await of('import'),
    reconcile: await of('reconcile'),
    impairment: await of('impairment'),
    period: await of('period'),
  };
}
