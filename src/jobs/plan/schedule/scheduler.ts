import type pg from 'pg';
import { isSessionLost } from '../../../db/outage.js';
import { LoanbookError } from '../../../errors.js';
import type { NightClaim } from '../run/claim-night.js';
import { type LookAlarm, type Looking, lookAtPlan } from './look-at-plan.js';
import { noteLook, noteProblem, planNames } from './scheduler-look.js';

/** What a scheduler tells of itself; what happens inside of a night its runner tells. */
export type SchedulerEvent =
  | ({ readonly what: 'alarm' } & LookAlarm)
  | ({ readonly what: 'begun' | 'over' } & Pick<NightClaim, 'plan' | 'date'>)
  | ({ readonly what: 'lost'; readonly error: unknown } & Pick<NightClaim, 'plan' | 'date'>)
  /** A plan that no look comes to anything with, or none at all: told when it changes. */
  | { readonly what: 'no_look'; readonly plan?: string; readonly error: unknown }
  | { readonly what: 'looks_again'; readonly plan?: string };

/** The world of a scheduler: tests have one of their own. */
export interface SchedulerPorts {
  looking(): Looking;
  /** Waits for the next whole minute, or until somebody moved the clock or stops it. */
  nextLook(): Promise<void>;
  /** A session for one look. */
  session<T>(fn: (client: pg.Client) => Promise<T>): Promise<T>;
  /** Runs a night to its end; throws what a runner throws. */
  run(claim: NightClaim): Promise<void>;
  readonly stop: AbortSignal;
  tell(event: SchedulerEvent): void;
}

/**
 * Looks as it starts and at each whole minute, at every plan of the book, and runs what that begins
 * in this process, until it is told to stop; what runs then is left for the next one: how many
 * nights those are. Throws what the first look throws: later ones are told, and tried again at the
 * next minute.
 */
export function runScheduler(ports: SchedulerPorts): Promise<number> {
  return new Scheduler(ports).run();
}

/** Of all plans, in the list of what is wrong. */
const ALL = '';

class Scheduler {
  readonly #ports: SchedulerPorts;
  readonly #beganAt = new Date().toISOString();
  /** By night. */
  readonly #running = new Map<number, Promise<void>>();
  /** By plan: what the last look at it came to grief by. */
  readonly #wrong = new Map<string, string>();

  constructor(ports: SchedulerPorts) {
    this.#ports = ports;
  }

  async run(): Promise<number> {
    const { session, stop, nextLook } = this.#ports;
    let left = 0;
    try {
      await session((client) => this.#look(client));
      await nextLook();
      while (!stop.aborted) {
        await this.#trying(ALL, () => session((client) => this.#look(client)));
        await nextLook();
      }
    } finally {
      left = this.#running.size;
      await Promise.all(this.#running.values());
    }
    return left;
  }

  async #look(client: pg.Client): Promise<void> {
    await noteLook(client, this.#beganAt);
    for (const plan of await planNames(client)) {
      if (this.#ports.stop.aborted) return;
      await this.#trying(
        plan,
        () => this.#lookAt(client, plan),
        (error) => noteProblem(client, plan, textOf(error)),
      );
    }
  }

  async #lookAt(client: pg.Client, plan: string): Promise<void> {
    const isLive = (nightId: number) => this.#running.has(nightId);
    const looking = { ...this.#ports.looking(), isLive };
    const { alarms, claim } = await lookAtPlan(client, plan, looking);
    for (const alarm of alarms) this.#ports.tell({ what: 'alarm', ...alarm });
    if (claim !== undefined) this.#begin(claim);
  }

  #begin(claim: NightClaim): void {
    const { run, tell } = this.#ports;
    const { nightId, plan, date } = claim;
    tell({ what: 'begun', plan, date });
    const running = run(claim)
      .then(
        () => tell({ what: 'over', plan, date }),
        (error: unknown) => tell({ what: 'lost', plan, date, error }),
      )
      .finally(() => this.#running.delete(nightId));
    this.#running.set(nightId, running);
  }

  /** One plan keeps no other from being looked at, and no outage the next look. */
  async #trying(
    plan: string,
    fn: () => Promise<void>,
    keep: (error: unknown) => Promise<void> = async () => undefined,
  ): Promise<void> {
    const { stop, tell } = this.#ports;
    const of = plan === ALL ? {} : { plan };
    try {
      await fn();
      if (this.#wrong.delete(plan)) tell({ what: 'looks_again', ...of });
    } catch (error) {
      if (stop.aborted) return;
      if (plan !== ALL && isSessionLost(error)) throw error;
      const wrong = textOf(error);
      if (this.#wrong.get(plan) !== wrong) tell({ what: 'no_look', ...of, error });
      this.#wrong.set(plan, wrong);
      await keep(error);
    }
  }
}

function textOf(error: unknown): string {
  if (error instanceof LoanbookError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
