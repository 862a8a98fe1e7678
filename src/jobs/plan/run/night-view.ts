import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import { readSql } from '../../../db/sql-file.js';
import { formatInstant, type Instant } from '../../../operations/clock/instant.js';
import { nextClock } from '../../../operations/run/clocks.js';
import type { FileTimes, Run, Step } from '../../../operations/run/run.js';
import { waitsFor } from '../../../operations/run/starts.js';
import { isoTime } from '../../runs/list-runs.js';
import { isLeft, readTable } from '../schedule/plan-table.js';
import type { Which } from './act-on-night.js';
import type { AwaitedFiles } from './awaited-files.js';
import { lastBegun } from './begin-night.js';
import { lastLines } from './child.js';
import { asLeft } from './claim-night.js';
import { type KeptAttempt, type Night, readNight } from './stored-night.js';

/** A night in a list; times are ISO 8601, UTC. */
export interface NightLine {
  readonly plan: string;
  readonly date: string;
  readonly due: string;
  readonly state: string;
  readonly exit: number | null;
  readonly version: number | null;
  readonly executions: number;
  readonly began: string | null;
  readonly ended: string | null;
}

/** The newest nights of every plan first; of those that wait the next of each. */
export async function listNights(client: pg.Client, limit: number): Promise<NightLine[]> {
  const { rows } = await client.query<NightLine>(
    `SELECT n.plan, n.business_date AS date, ${isoTime('n.due_at')} AS due, n.state, n.exit,
       n.version, count(e.number)::integer AS executions, ${isoTime('min(e.began_at)')} AS began,
       CASE WHEN n.state <> 'running' THEN ${isoTime('max(e.ended_at)')} END AS ended
     FROM night n LEFT JOIN night_execution e USING (night_id)
     WHERE n.state <> 'waiting' OR n.business_date = (SELECT min(w.business_date) FROM night w
       WHERE w.plan = n.plan AND w.state = 'waiting')
     GROUP BY n.night_id ORDER BY n.due_at DESC, n.plan LIMIT $1`,
    [limit],
  );
  return rows;
}

export interface ShownStep {
  readonly job: string;
  readonly state: string;
  /** Why it is so, or what it waits for. */
  readonly why: string | null;
  readonly attempts: number;
  readonly from: string | null;
  readonly to: string | null;
  /** Of the last attempt; up to now where it runs. */
  readonly seconds: number | null;
  /** Median of the last ten nights. */
  readonly usualSeconds: number | null;
  readonly exit: number | null;
  readonly log: string | null;
}

export interface ShownNight {
  readonly plan: string;
  readonly date: string;
  readonly due: string;
  readonly state: string;
  readonly exit: number | null;
  readonly version: number;
  readonly isHeld: boolean;
  /** Who runs it, alive or not. */
  readonly host: string | null;
  readonly pid: string | null;
  /** The next instant at which the clock alone changes something. */
  readonly nextClock: string | null;
  readonly steps: readonly ShownStep[];
  readonly alarms: readonly ShownAlarm[];
}

export interface ShownAlarm {
  readonly at: string;
  readonly job: string;
  readonly kind: string;
  /** `no_rule`: the plan says nowhere to send it. */
  readonly told: 'waiting' | 'sent' | 'failed' | 'no_rule';
  /** Of each way that could not be gone, why. */
  readonly failure: string | null;
}

const USUAL_SQL = readSql(import.meta.url, 'usual');

/** An instance as it stands. Throws LoanbookError `unknown_night` (2). */
export async function showNight(
  client: pg.Client,
  which: Which,
  { now, files }: { readonly now: Instant; readonly files: AwaitedFiles },
): Promise<ShownNight> {
  const row = lastBegun(await readTable(client, which.plan), which.plan, which.date);
  const { nightId } = row;
  const { night, run: kept } = await readNight(client, nightId);
  const run = asLeft(night, kept!);
  const { rows: usual } = await client.query<{ job: string; ms: number }>(USUAL_SQL, [night.plan]);
  const { rows: alarms } = await client.query<ShownAlarm>(
    `SELECT ${isoTime('at')} AS at, job, kind, failure,
       CASE WHEN failure IS NOT NULL THEN 'failed' WHEN settled_at IS NULL THEN 'waiting'
         WHEN sent = '{}' THEN 'no_rule' ELSE 'sent' END AS told
     FROM night_alarm WHERE night_id = $1 ORDER BY alarm_id`,
    [nightId],
  );
  const [host = null, pid = null] = night.holder?.split('/') ?? [];
  const next = night.state === 'running' ? nextClock(run, now) : undefined;
  const times = await files.timesOf(client, run, now);
  return {
    plan: night.plan,
    date: formatDay(night.date),
    due: formatInstant(night.due),
    state: isLeft(row) ? 'running, its runner is gone' : night.state,
    exit: night.exit,
    version: night.version!,
    isHeld: night.isHeld,
    host,
    pid,
    nextClock: next === undefined ? null : formatInstant(next),
    steps: run.steps.map((step) => {
      const ms = usual.find(({ job }) => job === step.job.name)?.ms;
      return shownStep({ run: run, step, now, times }, night, ms);
    }),
    alarms,
  };
}

interface Scene {
  readonly run: Run;
  readonly step: Step;
  readonly now: Instant;
  readonly times: FileTimes;
}

function shownStep(scene: Scene, night: Night, usualMs: number | undefined): ShownStep {
  const { step, now } = scene;
  const attempts = night.attempts.get(step.job.name) ?? [];
  const last: KeptAttempt | undefined = attempts.at(-1);
  const ms = last === undefined ? null : (last.to ?? now) - last.from;
  return {
    job: step.job.name,
    state: step.state,
    why: step.state === 'waiting' ? waitText(scene) : step.why,
    attempts: attempts.length,
    from: last === undefined ? null : formatInstant(last.from),
    to: last?.to == null ? null : formatInstant(last.to),
    seconds: ms === null ? null : seconds(ms),
    usualSeconds: usualMs === undefined ? null : seconds(usualMs),
    exit: last?.exit ?? null,
    log: last?.log ?? null,
  };
}

/** What a step waits for, by name where that has one. */
function waitText({ run, step, now, times }: Scene): string | null {
  const waits = waitsFor(run, step, now, times);
  if (waits === 'needs') {
    const over = ['done', 'skipped', 'not_due'];
    const needs = run.steps.filter(
      ({ job, state }) => step.job.needs.includes(job.name) && !over.includes(state),
    );
    return `needs ${needs.map(({ job }) => job.name).join(', ')}`;
  }
  if (waits !== 'files') return waits;
  const missing = step.times.files.filter((name) => (times(name) ?? Infinity) > now);
  return `files ${missing.join(', ')}`;
}

function seconds(ms: number): number {
  return Math.round(ms / 1000);
}

/** What a night came to, with what its failed jobs said last. */
export interface NightEnd {
  readonly plan: string;
  readonly date: string;
  readonly state: string;
  readonly exit: number | null;
  readonly failed: readonly FailedJob[];
}

export interface FailedJob {
  readonly job: string;
  readonly why: string | null;
  /** Names that it waited for, where some of them did not come in time. */
  readonly files: string | undefined;
  readonly exit: number | null;
  readonly log: string | null;
  readonly output: string | undefined;
}

export async function endOfNight(client: pg.Client, nightId: number): Promise<NightEnd> {
  const { night, run } = await readNight(client, nightId);
  const broken = run!.steps.filter(({ state }) => state === 'failed' || state === 'interrupted');
  return {
    plan: night.plan,
    date: formatDay(night.date),
    state: night.state,
    exit: night.exit,
    failed: broken.map(({ job, why, times }) => {
      const last = night.attempts.get(job.name)?.at(-1);
      const log = last?.log ?? null;
      const output = log === null ? undefined : lastLines(log);
      const files = why === 'files_missing' ? times.files.join(', ') : undefined;
      return { job: job.name, why, files, exit: last?.exit ?? null, log, output };
    }),
  };
}
