import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type NightBook, nightBook } from '../../jobs/plan/night-book.js';
import { randomOf } from '../../model/operations/random.js';
import {
  driveLeases,
  endProgram,
  lockedProgram,
  type OpenAttempt,
  openAttempts,
  SchedulerProcess,
  setLeases,
} from './driven-schedulers.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;
const STEP = 10 * SECOND;
const FREEZE = 90 * SECOND;
const LEASE = 60 * SECOND;
const BEAT = LEASE / 3;
const DATES = 50;
const PLANS = ['00:30', '00:30', '00:31', '00:33'];
/** 00:30 in Shanghai, of the first business date. */
const FIRST_DUE = Date.parse('2026-04-01T16:30:00Z');
const SEED = Number(process.env.SEED ?? 1);

let book: NightBook;
beforeAll(async () => {
  book = await nightBook();
  await driveLeases(book);
});
afterAll(() => book.remove());

const below = randomOf(SEED);

interface Fault {
  readonly kind: 'kill' | 'freeze';
  readonly host: string;
  readonly at: number;
  /** When the process is there again. */
  readonly until: number;
}

class House {
  now = FIRST_DUE - MINUTE;
  readonly faults: Fault[] = [];
  readonly ended: SchedulerProcess[] = [];
  readonly processes = new Map<string, SchedulerProcess>();
  readonly #lengths = new Map<string, number>();

  async begin(): Promise<void> {
    for (const host of ['a', 'b']) await this.#start(host);
  }

  async #start(host: string): Promise<void> {
    const process = new SchedulerProcess(book, host, this.now);
    this.processes.set(host, process);
    await process.begun();
  }

  get fault(): Fault | undefined {
    const last = this.faults.at(-1);
    return last !== undefined && last.until > this.now ? last : undefined;
  }

  /** One instant: whoever was away is back, programs end, somebody may be struck while they look. */
  async play(now: number): Promise<void> {
    const before = this.faults.at(-1);
    this.now = now;
    await setLeases(book, now);
    if (before !== undefined && before.until === now) await this.#back(before);
    await this.#endPrograms();
    const struck = this.fault === undefined ? await this.#victim() : undefined;
    const up = [...this.processes.values()].filter(({ state }) => state === 'up');
    const told = up.map((process) => process.tell(now));
    if (struck !== undefined) await this.#strike(struck);
    await Promise.all(told);
    await this.#kept();
  }

  async #victim(): Promise<SchedulerProcess | undefined> {
    const isBusy = (await this.open()) > 0;
    if (!isBusy || below(100) >= 12) return undefined;
    return this.processes.get(below(2) === 0 ? 'a' : 'b');
  }

  async #strike(process: SchedulerProcess): Promise<void> {
    const { host } = process;
    await sleep(below(40));
    const kind = below(2) === 0 ? 'kill' : 'freeze';
    const away = kind === 'freeze' ? FREEZE : STEP * (1 + below(18));
    this.faults.push({ kind, host, at: this.now, until: this.now + away });
    if (kind === 'freeze') process.freeze();
    else {
      await process.kill();
      this.ended.push(process);
    }
  }

  async #back({ kind, host }: Fault): Promise<void> {
    if (kind === 'kill') await this.#start(host);
    else this.processes.get(host)!.thaw();
  }

  #isUp(host: string): boolean {
    return this.processes.get(host)?.state === 'up';
  }

  #isOver(attempt: OpenAttempt): boolean {
    const key = `${attempt.plan}/${attempt.date}/${attempt.job}/${attempt.number}`;
    const length = this.#lengths.get(key) ?? STEP * (1 + below(9));
    this.#lengths.set(key, length);
    return attempt.from + length <= this.now;
  }

  async #endPrograms(): Promise<void> {
    const over = (await openAttempts(book)).filter((attempt) => this.#isOver(attempt));
    for (const attempt of over) endProgram(book, attempt);
    const awaited = new Set(over.map(keyOf));
    await this.#until('programs end', async () => {
      const open = await openAttempts(book);
      return !open.some((each) => awaited.has(keyOf(each)) && this.#isUp(each.host));
    });
  }

  /** Leases of those who are up were renewed in time. */
  async #kept(): Promise<void> {
    await this.#until('leases are renewed', async () => {
      const rows = await book.rows(`SELECT split_part(holder, '/', 1) AS host FROM night
        JOIN driven_lease USING (night_id) JOIN driven ON true
        WHERE state = 'running' AND until <= now + interval '40 s'`);
      return !rows.some(({ host }) => this.#isUp(String(host)));
    });
  }

  async #until(what: string, fn: () => Promise<boolean>): Promise<void> {
    const late = Date.now() + 20_000;
    while (!(await fn())) {
      if (Date.now() > late) throw new Error(`at ${new Date(this.now).toISOString()}: ${what}`);
      await sleep(5);
    }
  }

  /** Nights that are due and not over. */
  async open(): Promise<number> {
    const [row] = await book.rows(`SELECT count(*)::integer AS n FROM night
      WHERE state <> 'done' AND due_at <= '${new Date(this.now).toISOString()}'`);
    return Number(row!.n);
  }

  async end(): Promise<void> {
    for (const process of this.processes.values()) {
      this.ended.push(process);
      if (process.state !== 'dead') await process.kill();
    }
  }
}

const keyOf = ({ plan, date, job, number }: OpenAttempt) => `${plan}/${date}/${job}/${number}`;

/** All instances due are over at the end of each day, however often somebody was struck. */
async function playAll(house: House): Promise<void> {
  for (let day = 0; day < DATES; day += 1) {
    let now = FIRST_DUE + day * DAY - STEP;
    const last = FIRST_DUE + day * DAY + 5 * MINUTE;
    // A fault ends before a day is jumped over.
    for (; now <= last || house.fault !== undefined || (await house.open()) > 0; now += STEP) {
      await house.play(now);
      const [two] = await book.rows(`SELECT plan FROM night WHERE state = 'running'
        GROUP BY plan HAVING count(*) > 1`);
      expect(two).toBeUndefined();
      if (now > last + 120 * MINUTE) throw new Error(`day ${day} does not end`);
    }
  }
}

it('200 instances are begun once each, one of a plan at a time, and taken over in time', async () => {
  for (const [at, time] of PLANS.entries()) {
    const jobs = [
      { job: 'first', program: lockedProgram() },
      { job: 'second', program: lockedProgram(), needs: ['first'] },
    ];
    await book.plan(jobs, { plan: `P${at}`, first_date: '2026-04-01', at: time, on: {} });
  }
  const house = new House();
  await house.begin();
  await playAll(house);
  await house.end();
  const nights = await book.rows(`SELECT plan, business_date AS date, state, exit FROM night
    WHERE business_date < date '2026-04-01' + ${DATES} ORDER BY plan, business_date`);
  expect(nights).toHaveLength(PLANS.length * DATES);
  expect(nights.filter(({ state, exit }) => state !== 'done' || exit !== 0)).toEqual([]);
  await eachBegunOnce();
  programsAgree(await attemptsEnded());
  const taken = await takeovers(house.faults);
  const kinds = (kind: string) => house.faults.filter((fault) => fault.kind === kind).length;
  const longest = Math.max(...taken.map(({ after }) => after)) / SECOND;
  console.info(
    `seed ${SEED}: ${kinds('kill')} killed, ${kinds('freeze')} frozen, ${taken.length} taken over,` +
      ` ${taken.filter(({ isOwn }) => isOwn).length} by their own host, after ${longest} s at most`,
  );
  expect(Math.min(kinds('kill'), kinds('freeze'), taken.length)).toBeGreaterThan(20);
  inTime(taken);
});

/** Every execution but the first took a night over, and said so. */
async function eachBegunOnce(): Promise<void> {
  const wrong = await book.rows(`SELECT plan, business_date FROM night n
    WHERE state = 'done' AND (SELECT count(*) FROM night_execution e
      WHERE e.night_id = n.night_id) <> 1 + (SELECT count(*) FROM night_alarm a
      WHERE a.night_id = n.night_id AND a.kind = 'taken_over')`);
  expect(wrong).toEqual([]);
  const late = await book.rows(`SELECT plan, business_date FROM night_alarm
    JOIN night USING (night_id) WHERE kind IN ('failed', 'missed')`);
  expect(late).toEqual([]);
}

/** Attempts by their exit; 97: another program of the plan held the lock. */
async function attemptsEnded(): Promise<Map<string, number | null>> {
  const rows = await book.rows(`SELECT concat_ws('.', plan, business_date, job, number) AS key,
    a.exit FROM night_attempt a JOIN night USING (night_id)`);
  return new Map(rows.map(({ key, exit }) => [String(key), exit as number | null]));
}

/** What programs wrote themselves: each attempt began once at most, each that is done ended. */
function programsAgree(attempts: ReadonlyMap<string, number | null>): void {
  const lines = readFileSync(join(book.folder, 'log'), 'utf8').trimEnd().split('\n');
  expect(new Set(lines).size).toBe(lines.length);
  const wrote = new Set(lines);
  expect(lines.filter((line) => !attempts.has(line.replace(/^\w+ /, '')))).toEqual([]);
  const exits = [...attempts.values()];
  expect(exits.filter((exit) => exit === 0)).toHaveLength(2 * PLANS.length * DATES);
  expect(exits.filter((exit) => exit !== 0 && exit !== null && exit !== 137)).toEqual([]);
  for (const [key, exit] of attempts) {
    if (exit === 0)
      expect(['begin', 'end'].every((word) => wrote.has(`${word} ${key}`))).toBe(true);
  }
}

interface Takeover {
  /** After the last fault of its holder. */
  readonly after: number;
  /** By the next process of the same host. */
  readonly isOwn: boolean;
  readonly fault: Fault;
}

async function takeovers(faults: readonly Fault[]): Promise<Takeover[]> {
  const rows = await book.rows(`SELECT split_part(b.holder, '/', 1) AS host,
      split_part(e.holder, '/', 1) AS by, (extract(epoch FROM e.began_at) * 1000)::bigint AS at
    FROM night_execution e JOIN night_execution b
      ON b.night_id = e.night_id AND b.number = e.number - 1`);
  return rows.map(({ host, by, at }) => {
    const fault = faults.findLast((each) => each.host === host && each.at < Number(at));
    if (fault === undefined) throw new Error(`${host} was well`);
    return { after: Number(at) - fault.at, isOwn: host === by, fault };
  });
}

/** By its own host as that is there again, by the other at its first look behind the lease. */
function inTime(taken: readonly Takeover[]): void {
  for (const { after, isOwn, fault } of taken) {
    if (isOwn) expect(after).toBe(fault.until - fault.at);
    else expect(after).toBeGreaterThanOrEqual(LEASE - BEAT);
    expect(after).toBeLessThanOrEqual(LEASE + MINUTE);
  }
  expect(taken.filter(({ isOwn }) => isOwn).length).toBeGreaterThan(0);
  expect(taken.filter(({ fault }) => fault.kind === 'freeze').length).toBeGreaterThan(5);
}
