import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { connect } from '../../../db/connect.js';
import type { DatabaseTarget } from '../../../db/target.js';
import type { Instant } from '../../../operations/clock/instant.js';
import type { Line, PlanAtHand } from '../../../operations/plan/plan.js';
import { advanced } from '../../../operations/run/advance.js';
import { attemptEnded, interrupted } from '../../../operations/run/attempts.js';
import { nextClock } from '../../../operations/run/clocks.js';
import type { Run } from '../../../operations/run/run.js';
import { endOfRun } from '../../../operations/run/starts.js';
import { barrier } from '../../runs/barrier.js';
import { LeaseKeeper } from '../../runs/heartbeat.js';
import type { AwaitedFiles } from './awaited-files.js';
import type { StartChild } from './child.js';
import {
  isNightLost,
  leaveNight,
  NIGHT_LEASE_SECONDS,
  type NightClaim,
  nightLost,
  renewNight,
} from './claim-night.js';
import type { Clock } from './clock.js';
import { LastingSession } from './database-away.js';
import { LiveChildren } from './live-children.js';
import { type Folders, logOf } from './places.js';
import { type Night, readNight, saveNight } from './stored-night.js';

/** What is told of a night while it runs. */
export interface NightEvent {
  readonly what: 'alarm' | 'started' | 'ended' | 'database_away';
  readonly job?: string;
  readonly kind?: string;
  readonly attempt?: number;
  readonly exit?: number;
  readonly error?: unknown;
}

/** The world of a runner: tests have one of their own. */
export interface NightPorts {
  readonly clock: Clock;
  readonly start: StartChild;
  readonly files: AwaitedFiles;
  readonly folders: Folders;
  /** Of the children. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly leaseSeconds?: number;
  /** Over the session of the lease, whenever that is renewed. */
  readonly onBeat?: (client: pg.Client) => Promise<void>;
  /** This process is told to end. */
  readonly stop: AbortSignal;
  /** The night is interrupted then, or left for the next scheduler to take over. */
  readonly atStop: 'interrupt' | 'leave';
  readonly tell: (claim: NightClaim, event: NightEvent) => void;
}

const HOW_OFTEN_KEPT = 10;
const KEEP_AGAIN_MS = 100;
const INTERRUPTED = 130;

/**
 * Runs an instance that this process has claimed, until nothing can happen by itself, it is stopped
 * or it is another's. The state is the table's: it is read, led on by the core and written again,
 * by whoever runs the instance or acts on it. Throws LoanbookError `night_lost` (75), and what the
 * database throws that was away for too long.
 */
export async function runNight(
  target: DatabaseTarget,
  claim: NightClaim,
  ports: NightPorts,
): Promise<void> {
  await new NightRunner(target, claim, ports).run();
}

class NightRunner {
  readonly #claim: NightClaim;
  readonly #ports: NightPorts;
  readonly #session: LastingSession;
  readonly #keeper: LeaseKeeper;
  readonly #children = new LiveChildren(() => this.#bell.abort());
  #bell = new AbortController();
  #hand: PlanAtHand | undefined;

  constructor(target: DatabaseTarget, claim: NightClaim, ports: NightPorts) {
    this.#claim = claim;
    this.#ports = ports;
    const { clock, stop, tell } = ports;
    const onAway = (error: unknown) => tell(claim, { what: 'database_away', error });
    this.#session = new LastingSession(target, { clock, stop, onAway });
    this.#keeper = keeperOf(target, claim, ports);
    for (const signal of [stop, this.#keeper.lost]) {
      signal.addEventListener('abort', () => this.#bell.abort());
    }
  }

  async run(): Promise<void> {
    const { clock, stop } = this.#ports;
    try {
      for (;;) {
        this.#bell = new AbortController();
        this.#keeper.lost.throwIfAborted();
        if (stop.aborted) return await this.#stop();
        await this.#children.endOverdue(clock.now());
        const run = await this.#session.ask((client) => this.#tick(client));
        if (run === 'over') return;
        if (run === 'stop') return await this.#interrupt();
        if (run === 'again') continue;
        const now = clock.now();
        const clocks = [nextClock(run, now), this.#children.nextEnd()];
        const next = clocks.filter((instant) => instant !== undefined);
        await clock.until(next.length === 0 ? undefined : Math.min(...next), this.#bell.signal);
      }
    } catch (error) {
      await this.#children.endAll(isNightLost(error) ? 'SIGKILL' : 'SIGTERM');
      if (!isNightLost(error)) await this.#leave().catch(() => undefined);
      throw error;
    } finally {
      await this.#keeper.stop();
      await this.#session.end();
    }
  }

  /** What this instant makes of the run; `again`: somebody acted on it meanwhile. */
  async #tick(client: pg.Client): Promise<Run | 'again' | 'over' | 'stop'> {
    const { night, run: read } = await this.#read(client);
    this.#children.settlePending(night);
    if (night.stopBy !== null) return 'stop';
    const { clock, tell } = this.#ports;
    const now = clock.now();
    const ended = this.#children.endedOf(read);
    await barriersOf('ended', read, ended);
    let run = read;
    const alarms: { job: string; kind: string }[] = [];
    for (const { at, endedAt, exit } of ended) {
      const outcome = attemptEnded(run, at, endedAt, exit);
      alarms.push(...outcome.alarms);
      run = outcome.run;
      const step = run.steps[at]!;
      if (step.state === 'done') await this.#ports.files.settle(client, run, step);
    }
    const { next, lines } = await this.#advanced(client, run, now);
    alarms.push(...next.alarms);
    const end = endOfRun(next.run);
    if (next.run === read && end === null) return read;
    const begun = await this.#begin(next.run, lines);
    const started = next.started.map((at) => ({ at }));
    await barriersOf('starting', next.run, started);
    const saved = await saveNight(client, night, {
      ...(end ?? { state: 'running', exit: null }),
      run: next.run,
      at: now,
      alarms,
      begun,
      token: this.#claim.token,
    });
    if (!saved) {
      this.#children.cancelPending();
      return 'again';
    }
    await barriersOf('started', next.run, started);
    this.#children.open();
    await barriersOf('between', next.run, ended);
    await barriersOf('running', next.run, started);
    for (const { at, exit } of ended) this.#told(next.run, at, 'ended', exit);
    for (const at of next.started) this.#told(next.run, at, 'started');
    for (const alarm of alarms) tell(this.#claim, { what: 'alarm', ...alarm });
    return end === null ? next.run : 'over';
  }

  async #read(client: pg.Client): Promise<{ night: Night; run: Run }> {
    const { night, run } = await readNight(client, this.#claim.nightId, this.#hand);
    if (night.token !== this.#claim.token || run === undefined) {
      throw await nightLost(client, this.#claim);
    }
    this.#hand = run.hand;
    return { night, run };
  }

  /** What begins, with its line; a file that cannot be taken after all is waited for again. */
  async #advanced(client: pg.Client, run: Run, now: Instant) {
    const { files } = this.#ports;
    const times = await files.timesOf(client, run, now);
    const away = new Set<string>();
    for (;;) {
      const next = advanced(run, now, (name) => (away.has(name) ? undefined : times(name)));
      const lines = new Map<number, Line>();
      for (const at of next.started) {
        const step = next.run.steps[at]!;
        const line = await files.lineOf(client, next.run, step);
        if (line !== undefined) lines.set(at, line);
        else for (const name of step.times.files) away.add(name);
      }
      if (lines.size === next.started.length) return { next, lines };
    }
  }

  /** Children that wait until their start is kept. */
  async #begin(run: Run, lines: ReadonlyMap<number, Line>) {
    const { folders, env, start } = this.#ports;
    const { plan } = run.hand;
    for (const [at, line] of lines) {
      const { job, attempts } = run.steps[at]!;
      const log = logOf(folders, plan.name, run.date, job.name, attempts.length);
      const of = `${this.#claim.plan}/${this.#claim.date}/${job.name}/${attempts.length}`;
      const own = { ...env, LOANBOOK_HOME: folders.book, LOANBOOK_NIGHT: of };
      const child = await start({ line, log, env: own });
      const { from } = attempts.at(-1)!;
      this.#children.add({ at, job, from, child, log }, this.#ports.clock);
    }
    return this.#children.pending();
  }

  #told(run: Run, at: number, what: 'started' | 'ended', exit?: number): void {
    const { job, attempts } = run.steps[at]!;
    const attempt = attempts.length;
    this.#ports.tell(this.#claim, {
      what,
      job: job.name,
      attempt,
      ...(exit !== undefined && { exit }),
    });
  }

  async #stop(): Promise<void> {
    if (this.#ports.atStop === 'interrupt') return this.#interrupt();
    await this.#children.endAll('SIGTERM');
    await this.#leave();
  }

  #leave(): Promise<void> {
    return this.#keeping(async (client) => {
      await leaveNight(client, this.#claim);
      return true;
    });
  }

  /** Steps and run end interrupted, with 130. */
  async #interrupt(): Promise<void> {
    await this.#children.endAll('SIGTERM');
    await this.#keeping(async (client) => {
      const { night, run } = await this.#read(client);
      const at = this.#ports.clock.now();
      const after = interrupted(run, at, 'stop');
      const { token } = this.#claim;
      const ended = { state: 'interrupted', exit: INTERRUPTED, alarms: [] } as const;
      return saveNight(client, night, { ...ended, run: after, at, token });
    });
  }

  /** A process that was told to end has its statements cancelled, so that one may take a few. */
  async #keeping(fn: (client: pg.Client) => Promise<boolean>): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        if (await this.#session.ask(fn)) return;
      } catch (error) {
        if (isNightLost(error) || attempt === HOW_OFTEN_KEPT) throw error;
        await sleep(KEEP_AGAIN_MS);
      }
    }
  }
}

/** A place for each job, such as `night.started.close`. */
async function barriersOf(
  what: 'starting' | 'started' | 'running' | 'ended' | 'between',
  { steps }: Run,
  places: readonly { readonly at: number }[],
): Promise<void> {
  for (const { at } of places) await barrier(`night.${what}.${steps[at]!.job.name}`);
}

/** A database that is away is waited for: so is silence. */
function keeperOf(
  target: DatabaseTarget,
  claim: NightClaim,
  { clock, leaseSeconds = NIGHT_LEASE_SECONDS, onBeat }: NightPorts,
): LeaseKeeper {
  return new LeaseKeeper({
    beatMs: (leaseSeconds * 1000) / 3,
    every: (ms, fn) => clock.every(ms, fn),
    silenceMsMax: Number.POSITIVE_INFINITY,
    open: () => connect(target, { applicationName: `loanbook night lease ${claim.nightId}` }),
    async renew(client) {
      const isRenewed = await renewNight(client, claim, leaseSeconds, clock.now());
      if (!isRenewed) throw await nightLost(client, claim);
      await onBeat?.(client);
      return true;
    },
    isLost: isNightLost,
  });
}
