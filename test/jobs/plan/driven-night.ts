import type pg from 'pg';
import type { DatabaseTarget } from '../../../src/db/target.js';
import { LoanbookError } from '../../../src/errors.js';
import { readRun } from '../../../src/jobs/operations/documents/run-document.js';
import {
  holdNight,
  releaseNight,
  skipJob,
  stopNight,
} from '../../../src/jobs/plan/run/act-on-night.js';
import { filesOfFolder } from '../../../src/jobs/plan/run/awaited-files.js';
import { beginNight, resumeNight } from '../../../src/jobs/plan/run/begin-night.js';
import type { Child, StartChild } from '../../../src/jobs/plan/run/child.js';
import { asLeft, type NightClaim } from '../../../src/jobs/plan/run/claim-night.js';
import { type NightPorts, runNight } from '../../../src/jobs/plan/run/night-runner.js';
import { readNight } from '../../../src/jobs/plan/run/stored-night.js';
import { formatInstant, type Instant } from '../../../src/operations/clock/instant.js';
import type { Run } from '../../../src/operations/run/run.js';
import { waitsFor } from '../../../src/operations/run/starts.js';
import type { RunScene, SimulatedAct } from '../../../src/operations/simulate/simulate-run.js';
import { DrivenClock } from './driven-clock.js';

/** How the child of an attempt comes into being, and ends at its instant. */
export interface Programs {
  /** A child that `end` brings to its exit. */
  start(exit: number, line: Parameters<StartChild>[0]): Promise<Child & { end(): Promise<void> }>;
  /** Waits for those that were told to end; whether there were any. */
  quiet(): Promise<boolean>;
}

/** Children without a process: they end when they are told to. */
export const NO_PROCESSES: Programs = {
  quiet: async () => false,
  async start(exit) {
    let resolve: (code: number) => void;
    const ended = new Promise<number>((done) => {
      resolve = done;
    });
    return {
      process: 'nowhere/0/none/0',
      open: () => undefined,
      cancel: () => undefined,
      signal: () => resolve(143),
      ended,
      async end() {
        resolve(exit);
      },
    };
  },
};

interface Playing {
  readonly from: Instant;
  readonly endsAt: Instant;
  readonly child: Child & { end(): Promise<void> };
  isOpen: boolean;
  /** Its runner was killed: it hears of no end any more, until it comes to life again. */
  isCut: boolean;
}

/**
 * Plays a document of `operations simulate` by the runner itself: on a clock that is driven from one
 * instant to the next, with acts done by whoever would do them in another process.
 */
export class DrivenNight {
  readonly #target: DatabaseTarget;
  readonly #client: pg.Client;
  readonly #programs: Programs;
  readonly #scene: RunScene;
  readonly #plan: string;
  readonly #clock: DrivenClock;
  readonly #refused: { act: SimulatedAct; rule: string }[] = [];
  readonly #frozen: { wake: () => void; running: Promise<void> }[] = [];
  readonly #alive: Promise<void>;
  #live: () => void = () => undefined;
  #playing: Playing[] = [];
  #running: Promise<void> | undefined;
  #nightId = 0;

  constructor(target: DatabaseTarget, client: pg.Client, document: object, programs: Programs) {
    this.#alive = new Promise((resolve) => {
      this.#live = resolve;
    });
    this.#target = target;
    this.#client = client;
    this.#programs = programs;
    this.#scene = readRun(document, { name: 'scene' });
    this.#plan = this.#scene.hand.plan.name;
    this.#clock = new DrivenClock(this.#scene.start);
  }

  /** What `simulatePlan` says of the same document, from the tables. */
  async play(): Promise<object> {
    const { start, until, date } = this.#scene;
    const begun = await beginNight(this.#client, this.#plan, date, this.#looking());
    if (!('claim' in begun)) throw new Error('it had been done before');
    this.#nightId = begun.claim.nightId;
    this.#run(begun.claim);
    for (let now: Instant | undefined = start; now !== undefined && now <= until; ) {
      this.#clock.set(now);
      await this.#endChildren(now);
      for (const act of this.#scene.acts.filter(({ at }) => at === now)) await this.#act(act);
      this.#clock.ring();
      await this.#settle();
      now = this.#next(now);
    }
    const answer = await this.#answer();
    await this.#end();
    return answer;
  }

  #looking() {
    return { now: this.#clock.now(), leaseSeconds: 60 };
  }

  #run(claim: NightClaim): void {
    const clock = this.#clock;
    const folders = { book: '/book', inbox: '/in', outbox: '/out' };
    const ports: NightPorts = {
      clock,
      start: (line) => this.#start(line),
      files: {
        ...filesOfFolder(folders),
        timesOf: async () => (name) => this.#scene.files.get(name),
      },
      folders,
      env: {},
      stop: new AbortController().signal,
      atStop: 'interrupt',
      tell: () => undefined,
    };
    const running = runNight(this.#target, claim, ports);
    this.#running = running;
    const forget = () => {
      if (this.#running === running) this.#running = undefined;
    };
    void running.then(forget, forget);
  }

  async #start(line: Parameters<StartChild>[0]): Promise<Child> {
    const { steps } = await this.#read();
    const [, , job = '', attempt = '1'] = line.env.LOANBOOK_NIGHT?.split('/') ?? [];
    const at = steps.findIndex((step) => step.job.name === job);
    const { exit, length } = this.#scene.outcomeOf(at, Number(attempt) - 1);
    const child = await this.#programs.start(exit, line);
    const from = this.#clock.now();
    const playing: Playing = { from, endsAt: from + length, child, isOpen: false, isCut: false };
    const open = () => {
      playing.isOpen = true;
      child.open();
    };
    this.#playing.push(playing);
    void child.ended.then(() => {
      this.#playing = this.#playing.filter((each) => each !== playing);
    });
    const ended = child.ended.then(async (code) => {
      if (playing.isCut) await this.#alive;
      return code;
    });
    return { ...child, open, ended };
  }

  async #endChildren(now: Instant): Promise<void> {
    const ending = this.#playing.filter(({ endsAt, isOpen }) => isOpen && endsAt <= now);
    await Promise.all(ending.map(({ child }) => child.end()));
  }

  async #settle(): Promise<void> {
    for (;;) {
      if (this.#running === undefined) return;
      await this.#clock.settled(this.#running);
      if (await this.#programs.quiet()) continue;
      // An attempt may take no time at all.
      const now = this.#clock.now();
      if (!this.#playing.some(({ endsAt, isOpen }) => isOpen && endsAt <= now)) return;
      await this.#endChildren(now);
    }
  }

  #next(now: Instant): Instant | undefined {
    const { acts, files } = this.#scene;
    const instants = acts.map(({ at }) => at);
    if (this.#running !== undefined) {
      instants.push(...this.#playing.map(({ endsAt }) => endsAt), ...files.values());
      instants.push(this.#clock.awaited ?? now);
    }
    const later = instants.filter((instant) => instant > now);
    return later.length === 0 ? undefined : Math.min(...later);
  }

  async #act(act: SimulatedAct): Promise<void> {
    try {
      await this.#do(act);
    } catch (error) {
      if (!(error instanceof LoanbookError) || error.exitCode !== 2) throw error;
      this.#refused.push({ act, rule: error.code });
    }
  }

  async #do({ do: what, step, ...reasons }: SimulatedAct): Promise<void> {
    const { hand, date } = this.#scene;
    const job = step === null ? undefined : hand.plan.jobs[step]!.name;
    const which = { plan: this.#plan, date, job };
    const acting = { by: reasons.by ?? 'p1', reason: reasons.reason };
    const client = this.#client;
    if (what === 'kill' || what === 'stop') {
      if (what === 'stop') await stopNight(client, which, acting);
      else if (this.#running === undefined) this.#refuse('not_running');
      else await this.#killed();
      this.#clock.ring();
      return this.#settle();
    }
    if (what === 'hold') await holdNight(client, which, acting);
    if (what === 'skip') {
      await skipJob(client, { ...which, job: job! }, { ...acting, checker: reasons.checker });
    }
    const isOver = what === 'release' && (await releaseNight(client, which, acting)).isOver;
    if (what !== 'resume' && !isOver) return;
    this.#run(await resumeNight(client, this.#plan, date, this.#looking()));
    return this.#settle();
  }

  #refuse(rule: string): never {
    throw new LoanbookError(rule, rule, { exitCode: 2 });
  }

  /** The runner does nothing any more, and its lease has run out. */
  async #killed(): Promise<void> {
    this.#kill();
    await this.#client.query(
      'UPDATE night SET lease_until = clock_timestamp() WHERE night_id = $1',
      [this.#nightId],
    );
  }

  #kill(): void {
    const { running = Promise.resolve() } = { running: this.#running };
    this.#frozen.push({ wake: this.#clock.freeze(), running });
    this.#running = undefined;
    for (const playing of this.#playing) {
      playing.isCut = true;
      playing.child.cancel();
    }
    this.#playing = [];
  }

  /** Whoever was killed comes to life again, and finds that another has the instance. */
  async #end(): Promise<void> {
    this.#kill();
    await this.#client.query(
      `UPDATE night SET token = gen_random_uuid() WHERE night_id = $1 AND token IS NOT NULL`,
      [this.#nightId],
    );
    this.#live();
    for (const { wake, running } of this.#frozen) {
      wake();
      await running.catch((error: unknown) => {
        if (!(error instanceof LoanbookError) || error.code !== 'night_lost') throw error;
      });
    }
  }

  async #read(): Promise<Run> {
    return (await readNight(this.#client, this.#nightId)).run!;
  }

  async #answer(): Promise<object> {
    const { night, run: kept } = await readNight(this.#client, this.#nightId);
    const run = asLeft(night, kept!);
    const rows = async <T>(sql: string) =>
      (await this.#client.query(sql, [this.#nightId])).rows as T[];
    const wasKilled = night.state === 'running' && this.#running === undefined;
    const { until, files, hand } = this.#scene;
    const why = (step: Run['steps'][number]) => {
      if (step.state !== 'waiting') return step.why;
      const waits = waitsFor(run, step, until, (name) => files.get(name));
      return waits === 'needs' ? null : waits;
    };
    return {
      due: formatInstant(run.due),
      state: wasKilled ? 'interrupted' : night.state,
      exit: night.exit,
      executions: (
        await rows<{ from: number; to: number | null; exit: number | null }>(
          `SELECT ${ms('began_at')} AS from, ${ms('ended_at')} AS to, exit FROM night_execution
           WHERE night_id = $1 ORDER BY number`,
        )
      ).map(attemptText),
      steps: run.steps.map((step) => {
        const reason = why(step);
        return {
          job: step.job.name,
          state: step.state,
          ...(reason === null ? {} : { why: reason }),
          attempts: step.attempts.map(attemptText),
        };
      }),
      alarms: (
        await rows<{ at: number; job: string; kind: string }>(
          `SELECT ${ms('at')} AS at, job, kind FROM night_alarm WHERE night_id = $1
           ORDER BY alarm_id`,
        )
      ).map(({ at, job, kind }) => ({ at: formatInstant(at), job, kind })),
      refused: this.#refused.map(({ act, rule }) => ({
        at: formatInstant(act.at),
        do: act.do,
        ...(act.step === null ? {} : { job: hand.plan.jobs[act.step]!.name }),
        rule,
      })),
    };
  }
}

function ms(column: string): string {
  return `(extract(epoch FROM ${column}) * 1000)::bigint`;
}

interface Ended {
  readonly from: number;
  readonly to: number | null;
  readonly exit: number | null;
}

function attemptText({ from, to, exit }: Ended): object {
  return { from: formatInstant(from), to: to === null ? null : formatInstant(to), exit };
}
