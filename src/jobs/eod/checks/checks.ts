import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import { BUCKET_COUNT, type EpochDay } from '../../../accounting/money/units.js';
import { withoutPlans } from '../../../db/without-plans.js';
import type { CheckResult, Difference } from '../../day/check-result.js';
import { daySql } from '../../day/day-sql.js';
import { cashDifferences } from './check-cash.js';

/** The named checks that gate a close, and what each of them says. */
export const CHECKS = {
  debits_equal_credits: { file: 'check-debits-credits', says: 'every voucher balances' },
  subledger_equals_ledger: {
    file: 'check-subledger',
    says: 'every account equals its sub-ledger and its turnover',
  },
  day_rolls_forward: { file: 'check-roll-forward', says: 'yesterday plus flow is today' },
  schedule_equals_balance: {
    file: 'check-schedule-balance',
    says: 'the unpaid principal of every schedule is the balance',
  },
  rows_accounted_for: { file: 'check-rows', says: 'no loan and no event is lost or doubled' },
  cash_accounted_for: {
    file: 'check-cash',
    says: 'the cash of all events is the turnover of the transit accounts',
  },
} as const;
export type CheckName = keyof typeof CHECKS;
export const CHECK_NAMES = Object.keys(CHECKS) as CheckName[];

/** Buckets that a check which goes loan by loan looks at. */
export interface BucketRange {
  readonly from: number;
  readonly to: number;
}
/** Where the check of schedules reads their balances, and of which loans. */
interface ScheduleSource {
  readonly buckets: BucketRange;
  readonly of: 'schedule' | 'schedule_balance';
}
const ALL_BUCKETS: BucketRange = { from: 0, to: BUCKET_COUNT - 1 };

/** All loans in as many shares as there are sessions to look at them. */
export function bucketShares(sessions: number): BucketRange[] {
  const edge = (share: number): number => Math.floor((share * BUCKET_COUNT) / sessions);
  return Array.from({ length: sessions }, (_, i) => ({ from: edge(i), to: edge(i + 1) - 1 }));
}

/** Runs one named check on a day whose `subledger_total` and `gl_balance` are written. */
export async function runCheck(
  client: pg.Client,
  name: CheckName,
  date: EpochDay,
  runId: number,
): Promise<CheckResult> {
  const { file, says } = CHECKS[name];
  if (name !== 'cash_accounted_for') return runSql(client, { name, file, says }, date, runId);
  const started = performance.now();
  const differences = await cashDifferences(client, date);
  const milliseconds = Math.round(performance.now() - started);
  return { name, says, ok: differences.length === 0, milliseconds, differences };
}

export const SCHEDULE_CHECK = 'schedule_equals_balance';

/**
 * The check of schedules as a close runs it, on some buckets of a day that has its index: from the
 * narrow copy of the balances and as a merge, which the planner does not see the good of while the
 * day has just been written. `runCheck` reads the schedules themselves.
 */
export function gateSchedules(
  client: pg.Client,
  date: EpochDay,
  buckets: BucketRange,
): Promise<CheckResult> {
  const { file, says } = CHECKS[SCHEDULE_CHECK];
  return withoutPlans(client, ['enable_hashjoin', 'enable_nestloop', 'enable_sort'], () =>
    runSql(client, { name: SCHEDULE_CHECK, file, says }, date, 0, {
      buckets,
      of: 'schedule_balance',
    }),
  );
}

/** The positions of a sealed day still sum to what its checks read. */
export async function runPositionSums(client: pg.Client, date: EpochDay): Promise<CheckResult> {
  const says = 'the positions sum to what was checked when the day was sealed';
  return runSql(client, { name: 'position_sums', file: 'check-position-sums', says }, date, 0);
}

async function runSql(
  client: pg.Client,
  check: { name: string; file: string; says: string },
  date: EpochDay,
  runId: number,
  schedules: ScheduleSource = { buckets: ALL_BUCKETS, of: 'schedule' },
): Promise<CheckResult> {
  const { buckets } = schedules;
  const parts = { schedule: schedules.of, from: buckets.from, to: buckets.to };
  const sql = daySql(import.meta.url, check.file, date, parts);
  const parameters = [formatDay(date), runId].slice(0, parameterCount(sql));
  const started = performance.now();
  const { rows } = await client.query<Difference>(sql, parameters);
  const milliseconds = Math.round(performance.now() - started);
  const { name, says } = check;
  return { name, says, ok: rows.length === 0, milliseconds, differences: rows };
}

function parameterCount(sql: string): number {
  if (sql.includes('$2')) return 2;
  return sql.replace(/^--.*$/gm, '').includes('$1') ? 1 : 0;
}
