import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import { Refusal } from '../../../accounting/money/refusal.js';
import { EXIT, LoanbookError } from '../../../errors.js';
import type { Instant } from '../../../operations/clock/instant.js';
import { interrupted, resumed, takenOver } from '../../../operations/run/attempts.js';
import { beginRun, type Run } from '../../../operations/run/run.js';
import { isSurelyDead, thisHolder } from '../../runs/holder.js';
import { isoTime } from '../../runs/list-runs.js';
import { endLostChildren } from './lost-children.js';
import {
  type Night,
  planInForce,
  type ReadNight,
  readNight,
  saveNight,
  timeOf,
} from './stored-night.js';

/** How long a runner may show no sign of life, by the clock of the database. */
export const NIGHT_LEASE_SECONDS = 60;

/** An instance that this process runs. */
export interface NightClaim {
  readonly nightId: number;
  readonly token: string;
  readonly plan: string;
  readonly date: string;
}

/** A begin, a resume by hand with all tries anew, or a takeover of what its holder left. */
export type Begin = 'start' | 'resume' | 'take_over';

/** Whether nobody runs an instance any more although it says so: no other may run it before. */
export function isAbandoned({ state, holder, isLeased }: Night): boolean {
  return state === 'running' && (!isLeased || isSurelyDead(holder ?? ''));
}

/** The run of an instance: what an abandoned one says to be running is interrupted. */
export function asLeft(night: Night, run: Run): Run {
  return isAbandoned(night) ? interrupted(run, night.seenAt ?? night.due, 'kill') : run;
}

/**
 * Takes an instance for this process, inside of a transaction that holds the row of its plan: a new
 * execution begins, and what an earlier one left running is interrupted and ended. Throws
 * LoanbookError `calendar_year_not_loaded` (2).
 */
export async function claimNight(
  client: pg.Client,
  nightId: number,
  how: Begin,
  { now, leaseSeconds }: { readonly now: Instant; readonly leaseSeconds: number },
): Promise<NightClaim> {
  const read = await readNight(client, nightId);
  const { night } = read;
  const { run, version, calendar } = await runToBegin(client, read, how);
  // `changes` was read in this transaction: who acts on the instance waits for its end.
  const { rows } = await client.query<{ token: string; changes: number }>(
    `UPDATE night SET state = 'running', exit = NULL, stop_by = NULL, version = $3, calendar = $4,
       holder = $5, token = gen_random_uuid(), changes = changes + 1,
       lease_until = clock_timestamp() + make_interval(secs => $6)
     WHERE night_id = $1 AND changes = $2 RETURNING token, changes`,
    [nightId, night.changes, version, calendar, thisHolder(), leaseSeconds],
  );
  const claimed = rows[0];
  if (claimed === undefined) throw new Error(`night ${nightId} was not locked`);
  await beginExecution(client, night, now);
  const { token, changes } = claimed;
  const alarms = how === 'take_over' ? [{ job: '', kind: 'taken_over' }] : [];
  const running = { run, state: 'running', exit: null, at: now, alarms, token } as const;
  await saveNight(client, { nightId, changes, state: 'waiting' }, running);
  return { nightId, token, plan: night.plan, date: formatDay(night.date) };
}

async function runToBegin(
  client: pg.Client,
  { night, run }: ReadNight,
  how: Begin,
): Promise<{ run: Run; version: number; calendar: string | null }> {
  if (run === undefined) {
    const { hand, calendar } = await planInForce(client, night.plan);
    const begun = refusing(night, () => beginRun(hand, night.date));
    return { run: begun, version: hand.plan.version, calendar };
  }
  const { rows } = await client.query<{ calendar: string | null }>(
    'SELECT calendar FROM night WHERE night_id = $1',
    [night.nightId],
  );
  await endLostChildren(client, night);
  const left = asLeft(night, run);
  const again = how === 'take_over' ? takenOver(left) : resumed(left);
  return { run: again, version: night.version!, calendar: rows[0]!.calendar };
}

/** An earlier one that did not come to its own end has ended when it was seen last. */
async function beginExecution(
  client: pg.Client,
  { nightId, seenAt }: Night,
  now: Instant,
): Promise<void> {
  await client.query(
    'UPDATE night_execution SET ended_at = $2 WHERE night_id = $1 AND ended_at IS NULL',
    [nightId, timeOf(seenAt ?? now)],
  );
  await client.query(
    `INSERT INTO night_execution (night_id, number, holder, began_at)
     SELECT $1::integer, coalesce(max(number), 0) + 1, $2, $3::timestamptz
     FROM night_execution WHERE night_id = $1`,
    [nightId, thisHolder(), timeOf(now)],
  );
}

function refusing<T>({ plan, date }: Night, fn: () => T): T {
  try {
    return fn();
  } catch (error) {
    throw error instanceof Refusal ? yearMissing(error, plan, formatDay(date)) : error;
  }
}

/** The calendar does not hold a year that a condition asks for. */
export function yearMissing(refusal: Refusal, plan: string, date: string): LoanbookError {
  return new LoanbookError(refusal.code, `${plan} ${date}: ${refusal.message}`, {
    exitCode: EXIT.usage,
    evidence: { plan, date, rule: refusal.code, ...refusal.evidence },
    next: 'Load the year with `loanbook calendar apply`, then the same again.',
  });
}

/** A sign of life; false where another one has the instance by now. */
export async function renewNight(
  client: pg.Client,
  { nightId, token }: NightClaim,
  leaseSeconds: number,
  now: Instant,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `UPDATE night SET lease_until = clock_timestamp() + make_interval(secs => $3), seen_at = $4
     WHERE night_id = $1 AND token = $2`,
    [nightId, token, leaseSeconds, timeOf(now)],
  );
  return rowCount === 1;
}

/** Gives the lease of a running instance up, so that the next look of a scheduler takes it over. */
export async function leaveNight(client: pg.Client, claim: NightClaim): Promise<void> {
  await client.query(
    'UPDATE night SET lease_until = clock_timestamp() WHERE night_id = $1 AND token = $2',
    [claim.nightId, claim.token],
  );
}

/** The error of a runner whose instance is another's by now. */
export async function nightLost(client: pg.Client, claim: NightClaim): Promise<LoanbookError> {
  const { rows } = await client.query<{ holder: string | null; state: string; since: string }>(
    `SELECT holder, state, (SELECT ${isoTime('began_at')} FROM night_execution e
       WHERE e.night_id = night.night_id ORDER BY number DESC LIMIT 1) AS since
     FROM night WHERE night_id = $1`,
    [claim.nightId],
  );
  const { plan, date } = claim;
  return heldElsewhere('night_lost', 'Another process took this night over.', {
    plan,
    date,
    holder: rows[0]?.holder ?? null,
    since: rows[0]?.since,
  });
}

/** An instance is another's: 75. */
export function heldElsewhere(
  code: 'night_lost' | 'night_is_running',
  message: string,
  of: { plan: string; date: string; holder: string | null; since?: string },
): LoanbookError {
  const [host, pid] = of.holder?.split('/') ?? [];
  return new LoanbookError(code, message, {
    exitCode: EXIT.locked,
    evidence: { plan: of.plan, date: of.date, host, pid, since: of.since },
    next: `\`loanbook night status ${of.plan} --date ${of.date}\` shows how far it is.`,
  });
}

export function isNightLost(error: unknown): boolean {
  return error instanceof LoanbookError && error.code === 'night_lost';
}
