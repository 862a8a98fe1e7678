import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { RunningCommand } from './command.js';

const POLL_MS = 2;

/** A session of a job as the server sees it. */
export interface Session {
  readonly pid: number;
  readonly user: string;
  readonly name: string;
  readonly state: string;
  readonly query: string;
  /** Its transaction has written. */
  readonly writes: boolean;
}

export interface Sight {
  /** Where the job is; `start` before its first session, `unknown` where nobody could look. */
  readonly phase: string;
  readonly sessions: readonly Session[];
}

/** A shorter phase is over before anybody can act, unless the job can be held in it. */
export const SEEN_MS_MIN = 5;

/** What was seen of a phase of a job when nothing disturbed it. */
export interface SeenPhase {
  readonly phase: string;
  milliseconds: number;
  /** Tables that were written in it and not before. */
  readonly written: string[];
  /** Places in the code of the job at which it can be held. */
  readonly barriers: string[];
  /** In a later one sessions were opened. */
  opensSessions: boolean;
}

const SESSIONS = `SELECT pid, usename AS "user", application_name AS name,
    coalesce(state, '') AS state, query, backend_xid IS NOT NULL AS writes
  FROM pg_stat_activity
  WHERE datname = current_database() AND usename LIKE 'chaos\\_%' ORDER BY pid`;

/** A lock on what a transaction writes is held until its end: a look in between sees it. */
const WRITTEN = `SELECT DISTINCT c.relname AS name FROM pg_locks l
  JOIN pg_class c ON c.oid = l.relation AND c.relkind IN ('r', 'p')
  WHERE l.mode = 'RowExclusiveLock' AND l.database =
      (SELECT oid FROM pg_database WHERE datname = current_database())
    AND c.relnamespace = 'loanbook'::regnamespace`;

/** Steps of the run that is open, or of the one that ended last. */
const STEPS = `SELECT r.run_id AS run, r.job, r.status, s.phase, count(*)::int AS steps,
    (count(*) FILTER (WHERE s.status = 'done'))::int AS done,
    (count(*) FILTER (WHERE s.status = 'claimed'))::int AS claimed
  FROM run r JOIN step s USING (run_id)
  WHERE r.run_id = (SELECT max(run_id) FROM run)
  GROUP BY r.run_id, s.phase`;

interface StepRow {
  readonly run: number;
  readonly job: string;
  readonly status: string;
  readonly phase: string;
  readonly steps: number;
  readonly done: number;
  readonly claimed: number;
}

/** Watches one job on one database; a run that was there before it is none of its own. */
export class Watch {
  readonly #eye: pg.Client;
  readonly #runsBefore: number;
  #seenSession = false;
  #wrote = false;

  private constructor(eye: pg.Client, runsBefore: number) {
    this.#eye = eye;
    this.#runsBefore = runsBefore;
  }

  static async begin(eye: pg.Client): Promise<Watch> {
    const { rows } = await eye.query<{ last: number }>(
      `SELECT coalesce(max(run_id) FILTER (WHERE status <> 'open'), 0)::int AS last FROM run`,
    );
    return new Watch(eye, rows[0]!.last);
  }

  async look(): Promise<Sight> {
    try {
      const { rows: sessions } = await this.#eye.query<Session>(SESSIONS);
      if (sessions.length > 0) this.#seenSession = true;
      if (sessions.some(({ writes }) => writes)) this.#wrote = true;
      const { rows: steps } = await this.#eye.query<StepRow>(STEPS);
      const own = steps.filter(({ run }) => run > this.#runsBefore);
      return { phase: this.#phaseOf(sessions, own), sessions };
    } catch {
      // The server is away, or a stranger holds the tables that are looked at.
      return { phase: 'unknown', sessions: [] };
    }
  }

  /** Tables that are being written, by name. */
  async written(): Promise<readonly string[]> {
    const { rows } = await this.#eye.query<{ name: string }>(WRITTEN);
    return rows.map(({ name }) => name);
  }

  #phaseOf(sessions: readonly Session[], steps: readonly StepRow[]): string {
    const run = steps[0];
    if (run?.job === 'eod') return phaseOfClose(steps);
    if (run?.status === 'done') return 'end';
    if (!this.#seenSession) return 'start';
    const writing = sessions.find(({ writes }) => writes);
    if (writing !== undefined) return /\bstage\b/i.test(writing.query) ? 'stage' : 'store';
    return this.#wrote && run === undefined ? 'end' : 'read';
  }
}

/** Steps of other jobs are marked at their end: where those are their sessions tell. */
const CLOSE = ['fold', 'post', 'tidy', 'check', 'seal'];

function phaseOfClose(steps: readonly StepRow[]): string {
  if (steps[0]!.status === 'done') return 'end';
  const order = (phase: string) => CLOSE.indexOf(phase);
  const waiting = [...steps]
    .sort((a, b) => order(a.phase) - order(b.phase))
    .find(({ done, steps: all }) => done < all);
  if (waiting === undefined) return 'end';
  const { phase, done, claimed } = waiting;
  return phase === CLOSE[0] && done === 0 && claimed === 0 ? 'take' : phase;
}

export function unseen(phase: string): SeenPhase {
  return { phase, milliseconds: 0, written: [], barriers: [], opensSessions: false };
}

/** Watches a command to its end; the phases in which it was seen, in order. */
export async function watchPhases(watch: Watch, command: RunningCommand): Promise<SeenPhase[]> {
  const found = new Map<string, SeenPhase>();
  const known = new Set<string>();
  let last = performance.now();
  while (!command.isOver()) {
    const { phase, sessions } = await watch.look();
    const now = performance.now();
    const seen = found.get(phase) ?? unseen(phase);
    found.set(phase, seen);
    seen.milliseconds += now - last;
    for (const name of await watch.written()) {
      if (!known.has(name)) seen.written.push(name);
      known.add(name);
    }
    const fresh = sessions.filter(({ pid }) => !known.has(String(pid)));
    for (const { pid } of fresh) known.add(String(pid));
    if (fresh.length > 0) {
      for (const each of found.values()) if (each !== seen) each.opensSessions = true;
    }
    last = now;
    await sleep(POLL_MS);
  }
  return [...found.values()].filter(({ phase }) => phase !== 'unknown');
}

/** While the command stays in the phase, at most so long; false: it is over. */
export async function stayIn(
  watch: Watch,
  command: RunningCommand,
  phase: string,
  milliseconds: number,
): Promise<boolean> {
  const until = performance.now() + milliseconds;
  while (performance.now() < until && !command.isOver()) {
    if ((await watch.look()).phase !== phase) break;
    await sleep(POLL_MS);
  }
  return !command.isOver();
}

/** Until the command is seen in the phase; false: it was over before. */
export async function untilPhase(
  watch: Watch,
  command: RunningCommand,
  phase: string,
): Promise<boolean> {
  while (!command.isOver()) {
    if ((await watch.look()).phase === phase) return true;
    await sleep(POLL_MS);
  }
  return false;
}
