import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { Instant } from '../../../operations/clock/instant.js';
import type { Job } from '../../../operations/plan/plan.js';
import { TIMED_OUT } from '../../../operations/run/attempts.js';
import type { Run } from '../../../operations/run/run.js';
import { type Child, KILL_MS } from './child.js';
import type { Clock } from './clock.js';
import type { Night } from './stored-night.js';

/** A child with the attempt that it is. */
interface Live {
  /** Place of its step. */
  readonly at: number;
  readonly job: Job;
  readonly from: Instant;
  readonly child: Child;
  readonly log: string;
}

interface Running extends Live {
  isOpen: boolean;
  endedAt: Instant | undefined;
  exit: number;
  /** When it is killed, since it did not end by its time-out. */
  killAt: Instant | undefined;
}

/** A process that was told to end has twenty seconds. */
const KILLED_AT_STOP_MS = 15_000;

/** The children of a runner: those that wait for their start to be kept, and those under way. */
export class LiveChildren {
  readonly #running = new Map<number, Running>();
  readonly #onEnd: () => void;

  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  add(live: Live, clock: Clock): void {
    const running: Running = {
      ...live,
      isOpen: false,
      endedAt: undefined,
      exit: 0,
      killAt: undefined,
    };
    this.#running.set(live.at, running);
    void live.child.ended.then((exit) => {
      running.exit = running.killAt === undefined ? exit : TIMED_OUT;
      running.endedAt = clock.now();
      this.#onEnd();
    });
  }

  /** The processes of the attempts that begin now, by place of their step. */
  pending(): Map<number, { process: string; log: string }> {
    const waiting = [...this.#running.values()].filter(({ isOpen }) => !isOpen);
    return new Map(waiting.map(({ at, child, log }) => [at, { process: child.process, log }]));
  }

  open(): void {
    for (const running of this.#running.values()) {
      if (running.isOpen) continue;
      running.isOpen = true;
      running.child.open();
    }
  }

  cancelPending(): void {
    for (const { at, child, isOpen } of this.#running.values()) {
      if (isOpen) continue;
      child.cancel();
      this.#running.delete(at);
    }
  }

  /** Where nobody knows whether starts were kept the table says it; what was not is called off. */
  settlePending(night: Night): void {
    for (const { at, job, child, isOpen } of this.#running.values()) {
      if (isOpen) continue;
      const kept = night.attempts.get(job.name)?.at(-1);
      if (kept?.process === child.process && kept.to === null) continue;
      child.cancel();
      this.#running.delete(at);
    }
    this.open();
  }

  /** Those that have ended and are running in the table, by place; others are forgotten. */
  endedOf(run: Run): { at: number; endedAt: Instant; exit: number }[] {
    const ended = [];
    for (const [at, { from, endedAt, exit }] of this.#running) {
      const step = run.steps[at]!;
      const isKept = step.state === 'running' && step.attempts.at(-1)?.from === from;
      if (!isKept) this.#running.delete(at);
      else if (endedAt !== undefined) ended.push({ at, endedAt, exit });
    }
    return ended.sort((a, b) => a.at - b.at);
  }

  /** Tells those to end whose time is out, and kills those that did not. */
  async endOverdue(now: Instant): Promise<void> {
    let isTold = false;
    for (const running of this.#running.values()) {
      const { job, from, child, endedAt, killAt } = running;
      if (endedAt !== undefined || job.timeOut === null) continue;
      if (killAt === undefined && now >= from + job.timeOut) {
        running.killAt = from + job.timeOut + KILL_MS;
        child.signal('SIGTERM');
        isTold = true;
      } else if (killAt !== undefined && now >= killAt) {
        child.signal('SIGKILL');
      }
    }
    if (isTold) await nextTurn();
  }

  /** The next instant at which one has to end. */
  nextEnd(): Instant | undefined {
    const instants = [...this.#running.values()].flatMap(({ job, from, endedAt, killAt }) => {
      if (endedAt !== undefined || job.timeOut === null) return [];
      return [killAt ?? from + job.timeOut];
    });
    return instants.length === 0 ? undefined : Math.min(...instants);
  }

  /** Ends all of them, and waits until they are gone. */
  async endAll(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.cancelPending();
    const left = [...this.#running.values()].filter(({ endedAt }) => endedAt === undefined);
    const gone = Promise.all(left.map(({ child }) => child.ended));
    for (const { child } of left) child.signal(signal);
    const late = new AbortController();
    const isGone = await Promise.race([
      gone.then(() => true),
      sleep(KILLED_AT_STOP_MS, false, { signal: late.signal }).catch(() => false),
    ]);
    late.abort();
    if (!isGone) for (const { child } of left) child.signal('SIGKILL');
    await gone;
  }
}
