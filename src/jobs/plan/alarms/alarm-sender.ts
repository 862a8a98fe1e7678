import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { withClient } from '../../../db/connect.js';
import type { DatabaseTarget } from '../../../db/target.js';
import type { AlarmWay } from '../../../operations/plan/alarm-rule.js';
import { barrier } from '../../runs/barrier.js';
import { ALARM_LEASE_SECONDS, settleWay, type TakenAlarm, takeAlarms } from './kept-alarms.js';
import { type Alarm, type AlarmSending, sendAlarm } from './send-alarm.js';

export interface AlarmSenderOptions {
  /** Left out: those of every plan. */
  readonly plan?: string;
  /** Of the programs. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** This process is told to end. */
  readonly stop: AbortSignal;
  /** Left out: as it is with whoever runs a book. */
  readonly sending?: Pick<AlarmSending, 'tryMs' | 'pausesMs'>;
  /** An alarm that could not be sent, or an error of the database: the next look tries again. */
  tell(
    what: { readonly alarm: Alarm; readonly failure: string } | { readonly error: unknown },
  ): void;
}

/** So many are sent at a time. */
const SLOTS = 8;
const SETTLE_AGAIN_MS = 1_000;

/**
 * Sends alarms beside whatever else this process does: it is told that there may be some, and
 * neither throws nor is waited for, but at the end for a while.
 */
export class AlarmSender {
  readonly #target: DatabaseTarget;
  readonly #options: AlarmSenderOptions;
  readonly #over = new AbortController();
  readonly #sending = new Set<Promise<void>>();
  #taking: Promise<void> | undefined;
  #isRung = false;

  constructor(target: DatabaseTarget, options: AlarmSenderOptions) {
    this.#target = target;
    this.#options = options;
    const { stop } = options;
    if (stop.aborted) this.#over.abort();
    else stop.addEventListener('abort', () => this.#over.abort(), { once: true });
  }

  /** There may be something to send. */
  ring(): void {
    this.#isRung = true;
    this.#taking ??= this.#take().finally(() => {
      this.#taking = undefined;
      // Somebody may have rung after it looked for the last time.
      if (this.#mayTake()) this.ring();
    });
  }

  #mayTake(): boolean {
    return this.#isRung && this.#sending.size < SLOTS && !this.#over.signal.aborted;
  }

  /** Sends what there is, for so long at most; what is not sent by then the next look sends. */
  async end(ms: number): Promise<void> {
    this.ring();
    const late = setTimeout(() => this.#over.abort(), ms);
    while (this.#taking !== undefined || this.#sending.size > 0) {
      await Promise.all([this.#taking, ...this.#sending]);
    }
    clearTimeout(late);
    this.#over.abort();
  }

  /** As many as there are slots for; whoever ends rings for the rest. */
  async #take(): Promise<void> {
    const { plan, tell } = this.#options;
    while (this.#mayTake()) {
      this.#isRung = false;
      // The lease begins later, so it ends later than this process thinks.
      const until = performance.now() + ALARM_LEASE_SECONDS * 1000;
      try {
        const room = SLOTS - this.#sending.size;
        const taken = await this.#ask((client) => takeAlarms(client, plan, room));
        for (const alarm of taken) this.#begin(alarm, until);
      } catch (error) {
        if (!this.#over.signal.aborted) tell({ error });
      }
    }
  }

  #begin(taken: TakenAlarm, until: number): void {
    const ways = [...taken.ways].map(([at, way]) => this.#send(taken, at, way, until));
    const sending = Promise.all(ways).then(() => {
      this.#sending.delete(sending);
      this.ring();
    });
    this.#sending.add(sending);
  }

  async #send(taken: TakenAlarm, at: number, way: AlarmWay, until: number): Promise<void> {
    await barrier(`alarm.taken.${taken.alarm.kind}`);
    const { env, sending, tell } = this.#options;
    const { alarm } = taken;
    const { signal } = this.#over;
    const sent = await sendAlarm(way, alarm, { ...sending, env, until, signal });
    if (sent === 'left') return;
    const failure = sent === 'sent' ? undefined : `${nameOf(way)}: ${sent.failure}`;
    if (failure !== undefined) tell({ alarm, failure });
    await this.#settle(taken, at, failure, until);
  }

  /** Again while nobody else sends it: an outage that is over soon has nothing sent twice. */
  async #settle(
    taken: TakenAlarm,
    at: number,
    failure: string | undefined,
    until: number,
  ): Promise<void> {
    for (;;) {
      try {
        return await this.#ask((client) => settleWay(client, taken, at, failure));
      } catch (error) {
        if (this.#over.signal.aborted || performance.now() > until) {
          this.#options.tell({ error });
          return;
        }
      }
      await sleep(SETTLE_AGAIN_MS, undefined, { signal: this.#over.signal }).catch(() => undefined);
    }
  }

  #ask<T>(fn: (client: pg.Client) => Promise<T>): Promise<T> {
    return withClient(this.#target, { applicationName: 'loanbook alarms' }, fn);
  }
}

/** Without the path of an address, which may be a secret. */
function nameOf(way: AlarmWay): string {
  return 'command' in way ? (way.command[0] ?? '') : new URL(way.webhook).host;
}
