import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { EXIT, LoanbookError } from '../../../errors.js';
import type { CheckResult } from '../../day/check-result.js';
import { checkDayHash } from '../../day/proof/day-hash.js';
import { checkLimitsOf, LIMIT_CHECK } from './check-limits.js';
import { CHECK_NAMES, type CheckName, runCheck, runPositionSums } from './checks.js';

export const ALL_CHECKS: readonly string[] = [
  ...CHECK_NAMES,
  ...['position_sums', 'hash', LIMIT_CHECK],
];

/**
 * Runs named checks on a sealed day, by default every one on the last. Throws LoanbookError
 * `unknown_check` and `day_not_sealed` (exit 2).
 */
export async function checkDay(
  client: pg.Client,
  names: readonly string[],
  date?: EpochDay,
): Promise<{ businessDate: string; checks: CheckResult[] }> {
  const wanted = names.length === 0 ? ALL_CHECKS : names;
  for (const name of wanted) {
    if (ALL_CHECKS.includes(name)) continue;
    throw new LoanbookError('unknown_check', 'there is no such check', {
      exitCode: EXIT.usage,
      evidence: { check: name, known: ALL_CHECKS.join(', ') },
      next: 'name one of them, or none for all',
    });
  }
  const { rows } = await client.query<{ day: string; run_id: number; epoch: number }>(
    `SELECT business_date AS day, run_id, business_date - DATE '1970-01-01' AS epoch
     FROM sealed_day WHERE $1::date IS NULL OR business_date = $1
     ORDER BY business_date DESC LIMIT 1`,
    [date === undefined ? null : formatDay(date)],
  );
  const sealed = rows[0];
  if (sealed === undefined) throw notSealed(date);
  const checks: CheckResult[] = [];
  for (const name of wanted) {
    if (name === 'hash') checks.push(await checkDayHash(client, sealed.epoch, sealed.run_id));
    else if (name === LIMIT_CHECK) checks.push(await checkLimitsOf(client, sealed.epoch));
    else if (name === 'position_sums') checks.push(await runPositionSums(client, sealed.epoch));
    else checks.push(await runCheck(client, name as CheckName, sealed.epoch, sealed.run_id));
  }
  return { businessDate: sealed.day, checks };
}

/** Every check that proves a sealed day to tie, but its hash. */
export async function checksBesideHash(
  client: pg.Client,
  date: EpochDay,
): Promise<readonly CheckResult[]> {
  const names = [...CHECK_NAMES, 'position_sums'];
  return (await checkDay(client, names, date)).checks;
}

function notSealed(date: EpochDay | undefined): LoanbookError {
  return new LoanbookError('day_not_sealed', 'there is no such sealed day', {
    exitCode: EXIT.usage,
    evidence: { business_date: date === undefined ? 'none is sealed yet' : formatDay(date) },
    next: 'loanbook eod run closes and seals a day; loanbook runs list shows them',
  });
}
