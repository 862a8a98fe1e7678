import type pg from 'pg';
import {
  civilOf,
  dayOf,
  daysInMonth,
  formatDay,
  parseDay,
} from '../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../accounting/money/units.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { noBook } from '../book/open-day.js';
import { JOB_LOCKS } from '../runs/lock-order.js';

/** A month of the book; the first may begin in the middle of one. */
export interface Period {
  /** YYYY-MM. */
  readonly name: string;
  readonly first: EpochDay;
  readonly last: EpochDay;
}

export interface PeriodState extends Period {
  readonly status: 'open' | 'closed';
  /** Days of it that are sealed. */
  readonly sealedDays: number;
  readonly by: string | null;
  readonly at: string | null;
  readonly reason: string | null;
  /** Closed although this was not proven; null: nothing was left. */
  readonly unproven: string | null;
}

/** Holds the state of all periods until the transaction ends. */
export async function lockPeriods(client: pg.Client): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock($1)', [JOB_LOCKS.period]);
}

/** Throws LoanbookError `malformed_period` (exit 2). */
export function requirePeriodName(name: string): string {
  if (/^[0-9]{4}-(0[1-9]|1[0-2])$/.test(name)) return name;
  throw new LoanbookError('malformed_period', 'A period is a month.', {
    exitCode: EXIT.usage,
    evidence: { period: name },
    next: 'Write it as YYYY-MM, for example 2026-03.',
  });
}

/** The name of the period that a day lies in. */
export function periodOf(day: EpochDay): string {
  return formatDay(day).slice(0, 7);
}

/** Every period from the first of the book to that of the open day, in order. */
export async function periodStates(client: pg.Client): Promise<PeriodState[]> {
  const { rows } = await client.query<{ first: string; open: string }>(
    'SELECT first_business_date AS first, business_date AS open FROM book',
  );
  if (rows[0] === undefined) throw noBook();
  const first = parseDay(rows[0].first)!;
  const open = parseDay(rows[0].open)!;
  const events = await lastEvents(client);
  const states: PeriodState[] = [];
  for (let from = first; from <= open; ) {
    const { year, month } = civilOf(from);
    const last = dayOf(year, month, daysInMonth(year, month));
    const name = periodOf(from);
    const event = events.get(name);
    states.push({
      name,
      first: from,
      last,
      status: event?.action === 'close' ? 'closed' : 'open',
      sealedDays: Math.min(last + 1, open) - from,
      by: event?.made_by ?? null,
      at: event?.at ?? null,
      reason: event?.reason || null,
      unproven: event?.unproven || null,
    });
    from = last + 1;
  }
  return states;
}

interface LastEvent {
  readonly period: string;
  readonly action: 'close' | 'reopen';
  readonly made_by: string;
  readonly reason: string;
  readonly unproven: string;
  readonly at: string;
}

async function lastEvents(client: pg.Client): Promise<Map<string, LastEvent>> {
  const { rows } = await client.query<LastEvent>(
    `SELECT DISTINCT ON (period) period, action, made_by, reason, unproven,
       to_char(at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS at
     FROM period_event ORDER BY period, period_event_id DESC`,
  );
  return new Map(rows.map((row) => [row.period, row]));
}

/** One of them by its name. Throws LoanbookError `malformed_period`, `unknown_period` (exit 2). */
export function periodNamed(states: readonly PeriodState[], name: string): PeriodState {
  const found = states.find((state) => state.name === requirePeriodName(name));
  if (found !== undefined) return found;
  throw new LoanbookError('unknown_period', 'The book has no such period yet.', {
    exitCode: EXIT.usage,
    evidence: { period: name, first: states[0]?.name, last: states.at(-1)?.name },
    next: '`loanbook gl period list` shows them.',
  });
}

/** The periods that are closed now: nothing dated in one of them is posted any more. */
export async function closedPeriods(client: pg.Client): Promise<ReadonlySet<string>> {
  const events = [...(await lastEvents(client)).values()];
  return new Set(events.filter(({ action }) => action === 'close').map(({ period }) => period));
}
