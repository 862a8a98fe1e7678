import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { inTransaction } from '../../../db/connect.js';
import { EXIT, LoanbookError } from '../../../errors.js';
import { type Act, hold, release, skip } from '../../../operations/run/acts.js';
import type { Run } from '../../../operations/run/run.js';
import {
  type Approvable,
  type Grant,
  loginsProve,
  noteSecondPerson,
  withApproval,
} from '../../approvals/approval.js';
import { writeAudit } from '../../approvals/audit.js';
import { isSamePerson } from '../../approvals/person-name.js';
import { isLeft, lockTable } from '../schedule/plan-table.js';
import { actRefused, lastBegun } from './begin-night.js';
import { asLeft, isAbandoned } from './claim-night.js';
import { endLostChildren } from './lost-children.js';
import { type Night, nameOf, readNight, saveNight } from './stored-night.js';

/** Which instance: of a plan the last one that began, or the one of a date. */
export interface Which {
  readonly plan: string;
  readonly date?: EpochDay | undefined;
  /** A job of it; left out: all of them. */
  readonly job?: string | undefined;
}

export interface Acting {
  readonly by: string;
  readonly reason?: string | undefined;
}

export interface Acted {
  readonly plan: string;
  readonly date: string;
  readonly job: string | null;
  readonly outcome: 'done' | 'unchanged';
}

interface Held {
  readonly night: Night;
  readonly run: Run;
  /** Place of the job; null: all of them. */
  readonly at: number | null;
}

/** Stops starts. Throws LoanbookError by rule: `running`, `ended`, `held`, `no_reason` (2). */
export async function holdNight(client: pg.Client, which: Which, acting: Acting): Promise<Acted> {
  return acts(client, which, 'night hold', acting, ({ run, at }) => hold(run, at, acting));
}

/** Throws LoanbookError `not_held` (2). `isOver`: it ended held, and is to be resumed. */
export async function releaseNight(
  client: pg.Client,
  which: Which,
  acting: Acting,
): Promise<Acted & { readonly isOver: boolean }> {
  let isOver = false;
  const acted = await acts(client, which, 'night release', acting, ({ night, run, at }) => {
    isOver = night.state === 'held';
    return release(run, at);
  });
  return { ...acted, isOver };
}

/** Asks the process that runs an instance to stop. Throws LoanbookError `not_running` (2). */
export async function stopNight(client: pg.Client, which: Which, { by }: Acting): Promise<Acted> {
  return inTransaction(client, async () => {
    const { rows } = await lockTable(client, which.plan);
    const row = lastBegun(rows, which.plan, which.date);
    if (row.state !== 'running' || isLeft(row)) throw actRefused('not_running', which.plan, row);
    await client.query('UPDATE night SET stop_by = $2, changes = changes + 1 WHERE night_id = $1', [
      row.nightId,
      by,
    ]);
    const date = formatDay(row.date);
    await writeAudit(client, { action: 'night stop', subject: `${which.plan} ${date}`, by });
    return { plan: which.plan, date, job: null, outcome: 'done' };
  });
}

export interface Skipping extends Acting {
  /** Named by the maker, where logins are shared. */
  readonly checker?: string | undefined;
  /** The second person decides now; `by` is who asked. */
  readonly grant?: Grant;
}

/**
 * Counts a job as done for what needs it, by two persons. Throws LoanbookError by rule:
 * `never_skipped`, `no_checker`, `same_person`, `running`, `ended`, `no_reason` (2), and what is
 * refused of persons. With personal logins it waits for the second one.
 */
export async function skipJob(
  client: pg.Client,
  which: Which & { readonly job: string },
  skipping: Skipping,
): Promise<Approvable<Acted>> {
  const { by, reason, grant } = skipping;
  const waits = grant === undefined && (await loginsProve(client));
  if (waits && skipping.checker !== undefined) throw secondPersonGrants(skipping.checker);
  const checker = grant?.by ?? skipping.checker;
  const persons = { by, reason, checker: secondOf(by, waits ? UNNAMED : checker) };
  return inTransaction(client, async () => {
    const held = await holdRow(client, which);
    const date = formatDay(held.night.date);
    const subject = `${which.plan} ${date} ${which.job}`;
    const payload = { plan: which.plan, date, job: which.job, reason };
    const asked = { act: 'night_skip', subject, payload, against: '', by } as const;
    const acted = await withApproval<Acted>(client, asked, { waits, grant }, async () => {
      const skip_ = ({ run, at }: Held) => skip(run, at!, persons);
      return keep(client, held, which, 'night skip', { by, reason }, skip_);
    });
    if (!waits && grant === undefined) {
      await noteSecondPerson(client, { act: 'night_skip', subject, payload, by }, checker!);
    }
    return acted;
  });
}

/** Stands for whoever decides it later. */
const UNNAMED = 'another person';

/** The core compares persons as text: two names of one person are made the same here. */
function secondOf(by: string, checker: string | undefined): string | undefined {
  return checker !== undefined && isSamePerson(checker, by) ? by : checker;
}

function secondPersonGrants(checker: string): LoanbookError {
  const message = 'The second person grants it without being named.';
  return new LoanbookError('second_person_grants', message, {
    exitCode: EXIT.usage,
    evidence: { checker },
    next: 'Leave --checker out; the second person says `loanbook approve grant NUMBER`.',
  });
}

async function acts(
  client: pg.Client,
  which: Which,
  action: string,
  acting: Acting,
  act: (held: Held) => Act,
): Promise<Acted> {
  return inTransaction(client, async () =>
    keep(client, await holdRow(client, which), which, action, acting, act),
  );
}

/** The instance, which its runner does not write until the transaction ends. */
async function holdRow(client: pg.Client, { plan, date, job }: Which): Promise<Held> {
  const { rows } = await lockTable(client, plan);
  const { nightId } = lastBegun(rows, plan, date);
  await client.query('SELECT FROM night WHERE night_id = $1 FOR UPDATE', [nightId]);
  const { night, run: kept } = await readNight(client, nightId);
  if (isAbandoned(night)) await endLostChildren(client, night);
  const run = asLeft(night, kept!);
  return { night, run, at: job === undefined ? null : placeOf(night, run, job) };
}

function placeOf(night: Night, run: Run, name: string): number {
  const at = run.steps.findIndex(({ job }) => job.name === name);
  if (at !== -1) return at;
  throw new LoanbookError('unknown_job', `${nameOf(night)} has no such job.`, {
    exitCode: EXIT.usage,
    evidence: { plan: night.plan, date: formatDay(night.date), job: name },
    next: `Name one of: ${run.steps.map(({ job }) => job.name).join(', ')}.`,
  });
}

async function keep(
  client: pg.Client,
  held: Held,
  { plan, job }: Which,
  action: string,
  { by, reason }: Acting,
  act: (held: Held) => Act,
): Promise<Acted> {
  const { night } = held;
  const answer = act(held);
  if ('rule' in answer) throw actRefused(answer.rule, plan, night, job);
  const { state, exit } = night;
  const at = night.seenAt ?? night.due;
  await saveNight(client, night, { run: answer.run, state, exit, at, alarms: [], token: null });
  const date = formatDay(night.date);
  await writeAudit(client, {
    action,
    subject: [plan, date, job].filter((part) => part !== undefined).join(' '),
    ...(reason !== undefined && { reason }),
    by,
  });
  return { plan, date, job: job ?? null, outcome: 'done' };
}
