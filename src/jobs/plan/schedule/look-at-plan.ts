import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import { Refusal } from '../../../accounting/money/refusal.js';
import { inTransaction } from '../../../db/connect.js';
import type { Instant } from '../../../operations/clock/instant.js';
import { lookAt } from '../../../operations/schedule/look.js';
import { thisHolder } from '../../runs/holder.js';
import { claimNight, type NightClaim, yearMissing } from '../run/claim-night.js';
import { planInForce, timeOf } from '../run/stored-night.js';
import { addDates, coreTable, lockTable } from './plan-table.js';

/**
 * Of a session that looks: who freezes in the midst of a look holds the row of a plan, which the
 * looks of others need.
 */
export const LOOK_SESSION = { settings: { idle_in_transaction_session_timeout: '10s' } } as const;

export interface Looking {
  readonly now: Instant;
  readonly leaseSeconds: number;
  /** Whether this process runs an instance. */
  readonly isLive?: (nightId: number) => boolean;
}

/** What is told of an instance by a look. */
export interface LookAlarm {
  readonly plan: string;
  readonly date: string;
  readonly kind: 'late' | 'missed';
}

export interface Looked {
  readonly alarms: readonly LookAlarm[];
  /** The instance that begins, or is taken over, by this process. */
  readonly claim: NightClaim | undefined;
}

/**
 * One look of a scheduler, or of a timer, at a plan: what is due gets its instance, what is missed
 * ends so, and the earliest that may begin is claimed; all in one transaction. Throws LoanbookError
 * `unknown_plan`, `calendar_year_not_loaded` (2).
 */
export async function lookAtPlan(
  client: pg.Client,
  plan: string,
  { now, leaseSeconds, isLive }: Looking,
): Promise<Looked> {
  return inTransaction(client, async () => {
    const table = await lockTable(client, plan);
    const { hand } = await planInForce(client, plan);
    const me = { host: thisHolder().split('/')[0]!, process: process.pid };
    const look = lookedAt(plan, () => lookAt(hand, coreTable(table, now, me, isLive), now, me));
    await addDates(client, plan, look.added, look.lookedTo);
    const alarms = look.alarms.map(({ date, kind }) => ({ plan, date: formatDay(date), kind }));
    await tell(client, alarms, now);
    if (look.begin === null) return { alarms, claim: undefined };
    const { date, how } = look.begin;
    const { rows } = await client.query<{ night_id: number }>(
      'SELECT night_id FROM night WHERE plan = $1 AND business_date = $2 FOR UPDATE',
      [plan, formatDay(date)],
    );
    const claim = await claimNight(client, rows[0]!.night_id, how, { now, leaseSeconds });
    return { alarms, claim };
  });
}

async function tell(client: pg.Client, alarms: readonly LookAlarm[], now: Instant): Promise<void> {
  for (const { plan, date, kind } of alarms) {
    await client.query(
      `WITH told AS (
         UPDATE night SET changes = changes + 1,
           is_late_told = is_late_told OR $3 = 'late',
           state = CASE WHEN $3 = 'missed' THEN 'missed' ELSE state END
         WHERE plan = $1 AND business_date = $2 RETURNING night_id)
       INSERT INTO night_alarm (night_id, at, job, kind) SELECT night_id, $4, '', $3 FROM told`,
      [plan, date, kind, timeOf(now)],
    );
  }
}

function lookedAt<T>(plan: string, look: () => T): T {
  try {
    return look();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw yearMissing(error, plan, String(error.evidence.day));
  }
}
