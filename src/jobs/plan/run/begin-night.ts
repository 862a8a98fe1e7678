import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { inTransaction } from '../../../db/connect.js';
import { EXIT, LoanbookError } from '../../../errors.js';
import { formatInstant } from '../../../operations/clock/instant.js';
import { dueOf, hasDate } from '../../../operations/plan/due.js';
import type { PlanAtHand } from '../../../operations/plan/plan.js';
import { lookAt } from '../../../operations/schedule/look.js';
import type { Looking } from '../schedule/look-at-plan.js';
import {
  addDates,
  coreTable,
  isLeft,
  type LockedTable,
  lockTable,
  type TableRow,
} from '../schedule/plan-table.js';
import { claimNight, heldElsewhere, type NightClaim } from './claim-night.js';
import { planInForce } from './stored-night.js';

/** What somebody asked for by hand: to run an instance now, or why there is nothing to do. */
export type Begun =
  | { readonly claim: NightClaim }
  | { readonly done: { readonly plan: string; readonly date: string } };

/**
 * Begins an instance by hand, or resumes it; without a date the one that is open, or the next.
 * Throws LoanbookError `unknown_plan`, `not_due`, `out_of_order` (2), `night_is_running` (75).
 */
export async function beginNight(
  client: pg.Client,
  plan: string,
  date: EpochDay | undefined,
  looking: Looking,
): Promise<Begun> {
  return inTransaction(client, async () => {
    const table = await lockTable(client, plan);
    const { hand } = await planInForce(client, plan);
    await addDue(client, hand, table, looking);
    const { rows } = await lockTable(client, plan);
    const row = date === undefined ? nextOf(rows) : rows.find((each) => each.date === date);
    if (row === undefined) throw notDue(hand, date);
    if (row.state === 'done') return { done: { plan, date: formatDay(row.date) } };
    if (row.state === 'waiting' || row.state === 'missed') requireOrder(plan, rows, row);
    return begun(client, plan, row, looking);
  });
}

/**
 * Resumes an instance that failed, ended held, was interrupted or whose holder died; without a date
 * the last one that began. Throws LoanbookError `running` and `done` (2), `unknown_night` (2).
 */
export async function resumeNight(
  client: pg.Client,
  plan: string,
  date: EpochDay | undefined,
  looking: Looking,
): Promise<NightClaim> {
  return inTransaction(client, async () => {
    const { rows } = await lockTable(client, plan);
    const row = lastBegun(rows, plan, date);
    const isRunning = row.state === 'running' && !isLeft(row);
    if (isRunning || row.state === 'done')
      throw actRefused(isRunning ? 'running' : 'done', plan, row);
    return (await begun(client, plan, row, looking)).claim;
  });
}

/** The last instance that began, or the one of a date. Throws LoanbookError `unknown_night` (2). */
export function lastBegun<T extends Pick<TableRow, 'date' | 'state'>>(
  rows: readonly T[],
  plan: string,
  date: EpochDay | undefined,
): T {
  const begunRows = rows.filter(({ state }) => state !== 'waiting' && state !== 'missed');
  const row = date === undefined ? begunRows.at(-1) : begunRows.find((each) => each.date === date);
  if (row !== undefined) return row;
  throw new LoanbookError('unknown_night', 'No such night has begun.', {
    exitCode: EXIT.usage,
    evidence: { plan, date: date === undefined ? undefined : formatDay(date) },
    next: `\`loanbook night status\` shows the nights that there are.`,
  });
}

/** An act that the state of an instance or a job refuses, by the word of the rule. */
export function actRefused(
  rule: string,
  plan: string,
  { date }: Pick<TableRow, 'date'>,
  job?: string,
): LoanbookError {
  const of = formatDay(date);
  return new LoanbookError(rule, `${plan} ${of}${job === undefined ? '' : `, ${job}`}: ${rule}`, {
    exitCode: EXIT.usage,
    evidence: { plan, date: of, job, rule },
    next: SAYS[rule] ?? `\`loanbook night status ${plan} --date ${of}\` shows how it stands.`,
  });
}

const SAYS: Readonly<Record<string, string>> = {
  no_reason: 'Say why with --reason.',
  no_checker: 'Name the second person with --checker.',
  same_person: 'Let another person be the second one.',
  never_skipped: 'The plan says that this job is never skipped: put right what stops it.',
};

async function begun(
  client: pg.Client,
  plan: string,
  row: TableRow,
  looking: Looking,
): Promise<{ claim: NightClaim }> {
  if (row.state === 'running' && !isLeft(row)) {
    const of = { plan, date: formatDay(row.date), holder: row.holder };
    throw heldElsewhere('night_is_running', 'Another process runs this night.', of);
  }
  await client.query('SELECT FROM night WHERE night_id = $1 FOR UPDATE', [row.nightId]);
  const isNew = row.state === 'waiting' || row.state === 'missed';
  return { claim: await claimNight(client, row.nightId, isNew ? 'start' : 'resume', looking) };
}

/** The instances that are due by now; what is late or missed only a look tells. */
async function addDue(
  client: pg.Client,
  hand: PlanAtHand,
  table: LockedTable,
  { now }: Looking,
): Promise<void> {
  const me = { host: '', process: 0 };
  const { added, lookedTo } = lookAt(hand, coreTable(table, now, me), now, me);
  await addDates(client, hand.plan.name, added, lookedTo);
}

/** What is open and begun goes on before the next one begins. */
function nextOf(rows: readonly TableRow[]): TableRow | undefined {
  const open = rows.filter(({ state }) => state !== 'done' && state !== 'missed');
  return open.find(({ state }) => state !== 'waiting') ?? open[0];
}

/** Dates go in order: none begins beside another, behind an open one or before one that began. */
function requireOrder(plan: string, rows: readonly TableRow[], row: TableRow): void {
  const isOpen = ({ state }: TableRow) => state !== 'done' && state !== 'missed';
  const isBegun = ({ state }: TableRow) => state !== 'waiting' && state !== 'missed';
  const first = rows.find(
    (other) =>
      (other.date < row.date && isOpen(other)) || (other.date > row.date && isBegun(other)),
  );
  if (first === undefined) return;
  const date = formatDay(row.date);
  throw new LoanbookError('out_of_order', `The dates of ${plan} go in order.`, {
    exitCode: EXIT.usage,
    evidence: { plan, date, other: formatDay(first.date), state: first.state },
    next: `\`loanbook night status ${plan} --date ${formatDay(first.date)}\` shows the other one.`,
  });
}

function notDue(hand: PlanAtHand, date: EpochDay | undefined): LoanbookError {
  const { name: plan } = hand.plan;
  const isDate = date !== undefined && hasDate(hand, date);
  const due = isDate ? formatInstant(dueOf(hand, date)) : undefined;
  const of = date === undefined ? undefined : formatDay(date);
  const message =
    date === undefined || isDate ? 'is not due yet' : 'is no business date of the plan';
  return new LoanbookError('not_due', `${plan}${of === undefined ? '' : ` ${of}`} ${message}.`, {
    exitCode: EXIT.usage,
    evidence: { plan, date: of, due },
    next: `\`loanbook night dry-run ${plan} --date DATE\` shows what a night would run, and when.`,
  });
}
