import type pg from 'pg';
import { formatAmount } from '../../../accounting/money/amount-text.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import type { CheckResult } from '../../day/check-result.js';
import { bookLimits } from '../../funding/limits/book-limits.js';

export const LIMIT_CHECK = 'funding_limits';

/** Differences that a check names. */
const NAMED = 20;

/**
 * Holds the lender's own balances to the bounds of the policy. It gates no close: a breach is red,
 * and stops routing (FUNDING, Limits and routing).
 */
export async function checkLimitsOf(client: pg.Client, date: EpochDay): Promise<CheckResult> {
  const started = performance.now();
  const { checks, minorDigits } = await bookLimits(client, date);
  const text = (fen: bigint) => formatAmount(fen, minorDigits);
  const breached = checks.filter(({ holds }) => !holds);
  return {
    name: LIMIT_CHECK,
    says: 'own balances are within the bounds of the policy',
    ok: breached.length === 0,
    milliseconds: Math.round(performance.now() - started),
    differences: breached.slice(0, NAMED).map(({ rule, of, value, limit }) => ({
      place: of === null ? rule : `${rule} of ${of}`,
      expected: `at most ${text(limit)}`,
      actual: text(value),
    })),
  };
}
