import type pg from 'pg';
import { isSessionLost } from '../../../db/outage.js';
import { readSql } from '../../../db/sql-file.js';
import { LoanbookError } from '../../../errors.js';
import type { AlarmRule, AlarmWay } from '../../../operations/plan/alarm-rule.js';
import { isSurelyDead, thisHolder } from '../../runs/holder.js';
import { loadPlan } from '../plans.js';
import type { Alarm } from './send-alarm.js';

/** How long an alarm is its sender's, by the clock of the database: three tries need 36. */
export const ALARM_LEASE_SECONDS = 60;

/** An alarm that this process sends. */
export interface TakenAlarm {
  readonly alarmId: number;
  readonly alarm: Alarm;
  /** By the place of its rule in the plan: the ways that it has not gone yet. */
  readonly ways: ReadonlyMap<number, AlarmWay>;
}

interface Row extends Omit<Alarm, 'next'> {
  readonly alarmId: number;
  /** Of the plan; null: its night has not begun. */
  readonly version: number | null;
  readonly sent: readonly number[];
}

const TAKE_SQL = readSql(import.meta.url, 'take-alarms');

/**
 * Takes so many alarms at most, of one plan or of all; what goes no way, or whose plan cannot be
 * read, is settled. Throws what the database throws.
 */
export async function takeAlarms(
  client: pg.Client,
  plan: string | undefined,
  count: number,
): Promise<TakenAlarm[]> {
  const { rows: takers } = await client.query<{ holder: string }>(
    `SELECT DISTINCT taken_by AS holder FROM night_alarm
     WHERE settled_at IS NULL AND taken_until > clock_timestamp()`,
  );
  const dead = takers.map(({ holder }) => holder).filter(isSurelyDead);
  const given = [thisHolder(), ALARM_LEASE_SECONDS, dead, plan ?? null, count];
  const { rows } = await client.query<Row>(TAKE_SQL, given);
  const taken: TakenAlarm[] = [];
  for (const { alarmId, version, sent, ...alarm } of rows) {
    const { rules, failure } = await rulesOf(client, alarm.plan, version);
    const ways = [...rules.entries()]
      .filter(([at, { on }]) => on.some((kind) => kind === alarm.kind) && !sent.includes(at))
      .map(([at, { way }]) => [at, way] as const);
    if (ways.length === 0) await settleWhole(client, alarmId, failure);
    else taken.push({ alarmId, alarm: { ...alarm, next: nextStep(alarm) }, ways: new Map(ways) });
  }
  return taken;
}

async function rulesOf(
  client: pg.Client,
  plan: string,
  version: number | null,
): Promise<{ rules: readonly AlarmRule[]; failure: string | null }> {
  try {
    const { alarms } = await loadPlan(client, plan, version ?? undefined);
    return { rules: alarms, failure: null };
  } catch (error) {
    if (!(error instanceof LoanbookError) || isSessionLost(error)) throw error;
    return { rules: [], failure: error.code };
  }
}

/** A night that has not begun is in lists alone. */
function nextStep({ plan, date, kind }: Omit<Alarm, 'next'>): string {
  if (kind === 'late') return 'loanbook scheduler status';
  return kind === 'missed'
    ? 'loanbook night status'
    : `loanbook night status ${plan} --date ${date}`;
}

async function settleWhole(
  client: pg.Client,
  alarmId: number,
  failure: string | null,
): Promise<void> {
  await client.query(
    'UPDATE night_alarm SET settled_at = clock_timestamp(), failure = $2 WHERE alarm_id = $1',
    [alarmId, failure],
  );
}

/** Keeps that an alarm went one of its ways, or why it could not. */
export async function settleWay(
  client: pg.Client,
  { alarmId, ways }: TakenAlarm,
  at: number,
  failure: string | undefined,
): Promise<void> {
  await client.query(
    `UPDATE night_alarm SET sent = sent || $2::smallint,
       failure = nullif(concat_ws('; ', failure, $3::text), ''),
       settled_at = CASE WHEN $4::smallint[] <@ (sent || $2::smallint) THEN clock_timestamp() END
     WHERE alarm_id = $1 AND NOT $2::smallint = ANY (sent)`,
    [alarmId, at, failure ?? null, [...ways.keys()]],
  );
}
