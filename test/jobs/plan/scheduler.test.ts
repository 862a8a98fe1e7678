import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { withClient } from '../../../src/db/connect.js';
import type { NightClaim } from '../../../src/jobs/plan/run/claim-night.js';
import { runScheduler, type SchedulerEvent } from '../../../src/jobs/plan/schedule/scheduler.js';
import { schedulerStatus } from '../../../src/jobs/plan/schedule/scheduler-status.js';
import { MINUTE } from '../../../src/operations/clock/instant.js';
import { DrivenClock } from './driven-clock.js';
import { DATES, type NightBook, nightBook, sh } from './night-book.js';

let book: NightBook;
beforeAll(async () => {
  book = await nightBook();
});
afterAll(() => book.remove());
const playing: DrivenScheduler[] = [];
afterEach(async () => {
  for (const scheduler of playing.splice(0)) await scheduler.end();
});

const [FIRST, SECOND, THIRD] = DATES;

/** A scheduler on a clock of its own, whose nights end when the test says so. */
class DrivenScheduler {
  /** Of all plans that the book has. */
  readonly all: SchedulerEvent[] = [];
  readonly begun: string[] = [];
  isAway = false;
  readonly #plan: string;
  readonly #clock: DrivenClock;
  readonly #stop = new AbortController();
  readonly #nights = new Map<string, { claim: NightClaim; end: (error?: Error) => void }>();
  readonly #ended: Promise<unknown>;

  constructor(plan: string, at: string) {
    this.#plan = plan;
    this.#clock = new DrivenClock(Date.parse(at));
    const clock = this.#clock;
    this.#ended = runScheduler({
      stop: this.#stop.signal,
      looking: () => ({ now: clock.now(), leaseSeconds: 60 }),
      nextLook: () => {
        const next = (Math.floor(clock.now() / MINUTE) + 1) * MINUTE;
        return clock.until(next, AbortSignal.any([this.#stop.signal]));
      },
      session: (fn) => {
        const { target } = book.database;
        return withClient(this.isAway ? { ...target, port: 1 } : target, {}, fn);
      },
      run: (claim) => this.#run(claim),
      tell: (event) => {
        this.all.push(event);
      },
    });
    playing.push(this);
  }

  #run(claim: NightClaim): Promise<void> {
    const { plan, date } = claim;
    if (plan === this.#plan) this.begun.push(`${date} ${this.#time()}`);
    return new Promise((resolve, reject) => {
      const end = (error?: Error) => (error === undefined ? resolve() : reject(error));
      this.#nights.set(`${plan} ${date}`, { claim, end });
    });
  }

  #time(): string {
    return new Date(this.#clock.now()).toISOString().slice(5, 16);
  }

  settled(): Promise<void> {
    return this.#clock.settled(this.#ended);
  }

  /** The clock shows this, and whole minutes are looked at; from one instant to it, or at it alone. */
  async at(...instants: readonly string[]): Promise<void> {
    for (const instant of instants) {
      await this.settled();
      this.#clock.set(Date.parse(instant));
      this.#clock.ring();
      await this.settled();
    }
  }

  /** The night of a date came to this. */
  async over(date: string, state = 'done'): Promise<void> {
    const { claim, end } = this.#nights.get(`${this.#plan} ${date}`)!;
    await book.asOwner(`UPDATE night SET state = '${state}', holder = NULL, token = NULL,
      lease_until = NULL WHERE night_id = ${claim.nightId}`);
    end();
  }

  /** The runner of a night came to grief, and left it. */
  async lose(date: string): Promise<void> {
    this.#nights.get(`${this.#plan} ${date}`)!.end(new Error('its database was away'));
  }

  /** Of its own plan, and of all. */
  get events(): SchedulerEvent[] {
    return this.all.filter((event) => !('plan' in event) || event.plan === this.#plan);
  }

  kinds(): string[] {
    return this.events.flatMap((event) => ('kind' in event ? [`${event.date} ${event.kind}`] : []));
  }

  async end(): Promise<void> {
    this.#stop.abort();
    for (const { end } of this.#nights.values()) end();
    await this.#ended;
  }
}

const plan = (change: object = {}) => book.plan([sh('a', 'exit 0')], change);

// 00:30 in Shanghai is 16:30 UTC of the business date itself.
describe('a scheduler', () => {
  it('looks as it starts and at whole minutes; dates go in order, one at a time', async () => {
    const name = await plan();
    const scheduler = new DrivenScheduler(name, '2026-04-01T16:29:30Z');
    await scheduler.at('2026-04-01T16:29:59Z');
    expect(scheduler.begun).toEqual([]);
    await scheduler.at('2026-04-01T16:30:00Z', '2026-04-01T16:31:00Z');
    expect(scheduler.begun).toEqual([`${FIRST} 04-01T16:30`]);
    // The first takes until the second is due.
    await scheduler.at('2026-04-02T16:30:00Z', '2026-04-02T16:31:00Z');
    expect(scheduler.begun).toHaveLength(1);
    await scheduler.over(FIRST);
    await scheduler.at('2026-04-02T16:32:00Z');
    expect(scheduler.begun).toEqual([`${FIRST} 04-01T16:30`, `${SECOND} 04-02T16:32`]);
    // A failed one holds the later, whose lateness is told once.
    await scheduler.over(SECOND, 'failed');
    await scheduler.at('2026-04-03T16:30:00Z', '2026-04-03T16:36:00Z', '2026-04-03T16:37:00Z');
    expect(scheduler.begun).toHaveLength(2);
    expect(scheduler.kinds()).toEqual([`${THIRD} late`]);
  });

  it('finds what was due while nothing ran', async () => {
    const latest = await plan({ missed: 'latest' });
    const scheduler = new DrivenScheduler(latest, '2026-04-05T09:00:10Z');
    await scheduler.settled();
    expect(scheduler.begun).toEqual([`${THIRD} 04-05T09:00`]);
    expect(scheduler.kinds()).toEqual([`${FIRST} missed`, `${SECOND} missed`, `${THIRD} late`]);
  });

  it('goes on where one plan comes to nothing, and says so once, in the log and in status', async () => {
    const wrong = await plan({ calendar: 'cn', first_date: '2020-04-01', on: { working: true } });
    const name = await plan();
    const scheduler = new DrivenScheduler(name, '2026-04-01T16:29:00Z');
    await scheduler.at('2026-04-01T16:30:00Z', '2026-04-01T16:31:00Z');
    expect(scheduler.all.filter(({ what }) => what === 'no_look')).toMatchObject([
      { what: 'no_look', plan: wrong, error: { code: 'calendar_year_not_loaded' } },
    ]);
    expect(scheduler.begun).toEqual([`${FIRST} 04-01T16:30`]);
    const { schedulers, plans } = await schedulerStatus(book.client);
    expect(schedulers).toMatchObject([{ process: process.pid, state: 'looks' }]);
    const of = (named: string) => plans.find((each) => each.plan === named);
    expect(of(wrong)?.problem).toContain('calendar_year_not_loaded');
    expect(of(name)).toMatchObject({ state: 'running', date: FIRST, problem: null });
  });

  it('looks on while the database is away, and says when it is back', async () => {
    const name = await plan();
    const scheduler = new DrivenScheduler(name, '2026-04-01T16:28:00Z');
    await scheduler.settled();
    scheduler.isAway = true;
    await scheduler.at('2026-04-01T16:30:00Z', '2026-04-01T16:31:00Z');
    scheduler.isAway = false;
    await scheduler.at('2026-04-01T16:32:00Z');
    expect(scheduler.begun).toEqual([`${FIRST} 04-01T16:32`]);
    const said = scheduler.events.map(({ what }) => what);
    expect(said).toEqual(['no_look', 'begun', 'looks_again']);
  });

  it('takes nothing over from itself, but what its runner left', async () => {
    const name = await plan();
    const scheduler = new DrivenScheduler(name, '2026-04-01T16:30:00Z');
    await scheduler.settled();
    // The database was away for longer than a lease.
    const expire = `UPDATE night SET lease_until = clock_timestamp() WHERE plan = '${name}'
      AND state = 'running'`;
    await book.asOwner(expire);
    await scheduler.at('2026-04-01T16:32:00Z');
    expect(scheduler.begun).toHaveLength(1);
    await scheduler.lose(FIRST);
    await scheduler.at('2026-04-01T16:33:00Z');
    expect(scheduler.begun).toEqual([`${FIRST} 04-01T16:30`, `${FIRST} 04-01T16:33`]);
    expect(scheduler.events.map(({ what }) => what)).toEqual(['begun', 'lost', 'begun']);
  });

  it('begins nothing twice where the clock is set back an hour, or forward a day', async () => {
    const name = await plan();
    const scheduler = new DrivenScheduler(name, '2026-04-01T16:30:00Z');
    await scheduler.at('2026-04-01T16:31:00Z', '2026-04-01T15:31:00Z');
    await scheduler.over(FIRST);
    const hour = Array.from({ length: 70 }, (_, at) =>
      new Date(Date.parse('2026-04-01T15:32:00Z') + at * MINUTE).toISOString(),
    );
    await scheduler.at(...hour);
    expect(scheduler.begun).toEqual([`${FIRST} 04-01T16:30`]);
    // A day too far: the next is begun, and not again when that day comes.
    await scheduler.at('2026-04-02T17:00:00Z', '2026-04-01T17:01:00Z', '2026-04-02T16:30:00Z');
    await scheduler.over(SECOND);
    await scheduler.at('2026-04-02T16:31:00Z', '2026-04-02T17:01:00Z');
    expect(scheduler.begun).toEqual([`${FIRST} 04-01T16:30`, `${SECOND} 04-02T17:00`]);
    const rows = await book.rows(`SELECT business_date, count(*)::integer AS n FROM night
      JOIN night_execution USING (night_id) WHERE plan = '${name}' GROUP BY 1 ORDER BY 1`);
    expect(rows).toEqual([
      { business_date: FIRST, n: 1 },
      { business_date: SECOND, n: 1 },
    ]);
  });
});
