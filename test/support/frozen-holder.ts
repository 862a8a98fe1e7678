import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { serverEnv, startCli } from './cli-process.js';
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

/**
 * Stops a process in the midst of a phase, has a second one do the same, and lets the first one
 * go on: the second took its place in time, its result is that of an undisturbed run, and the
 * first changes nothing and says who took over.
 */
export async function freeze(
  book: FrozenBook,
  undisturbed: Record<string, string>,
  { job, place, start }: Freeze,
  { leaseSeconds, frozenMs }: Times,
): Promise<Replaced> {
  const target = await book.copy();
  const barriers = mkdtempSync(join(tmpdir(), 'loanbook-barriers-'));
  const barrier = join(barriers, `${job}.${place}`);
  writeFileSync(barrier, '');
  const lease = { LOANBOOK_LEASE_SECONDS: String(leaseSeconds) };
  const env = { ...serverEnv(target), ...lease };
  const line = [...book.line(job), '--json'];
  const first = startCli(line, { ...env, LOANBOOK_BARRIERS: barriers });
  try {
    const reached = `${barrier}.reached`;
    await Promise.race([first.ended, until(() => existsSync(reached))]);
    expect(existsSync(reached), `${job}.${place} was not reached`).toBe(true);
    expect(Number(readFileSync(reached, 'utf8'))).toBe(first.child.pid);
    first.child.kill('SIGSTOP');
    const stoppedAt = performance.now();
    if (start === 'later') await sleep(leaseSeconds * 1000 + 500);
    const wait = start === 'later' ? '0' : '5m';
    const second = startCli([...line, '--wait', wait], env);
    const winner = await second.ended;
    const seconds = (performance.now() - stoppedAt) / 1000;
    await sleep(Math.max(0, frozenMs - seconds * 1000));
    const before = await everything(target);
    expect(await result(target), `${job}.${place}: ${winner.stderr}`).toEqual(undisturbed);
    rmSync(barrier);
    first.child.kill('SIGCONT');
    const loser = await first.ended;
    // The last phase of a close is behind its seal: nobody has anything to take over.
    if (job === 'eod' && place === 'end') expect(loser.code).toBe(0);
    else {
      expect(await everything(target)).toEqual(before);
      expect([loser.code, errorOf(loser.stderr)], loser.stderr).toMatchObject([
        75,
        { code: 'run_lost', evidence: { job, pid: String(second.child.pid) } },
      ]);
      expect(seconds).toBeLessThan(leaseSeconds + 10);
    }
    return { job, place, start, seconds, winner: winner.code, loser: loser.code };
  } finally {
    first.child.kill('SIGKILL');
    rmSync(barriers, { recursive: true, force: true });
  }
}

/** The last line of stderr is the error; others before it are of the log. */
function errorOf(stderr: string): unknown {
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
