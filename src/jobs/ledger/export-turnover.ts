import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { formatAmount } from '../../accounting/money/amount-text.js';
import { EXIT, LoanbookError } from '../../errors.js';
import type { SealedRange } from '../day/sealed-range.js';

/**
 * Proves that exported lines are all of the journal: their debits and credits are the ledger's
 * turnover of the days. Throws LoanbookError `export_differs` (3).
 */
export async function requireTurnover(
  client: pg.Client,
  { from, to, minorDigits }: SealedRange,
  sums: { readonly debit: bigint; readonly credit: bigint },
): Promise<void> {
  const { rows } = await client.query<{ debit: bigint; credit: bigint }>(
    `SELECT coalesce(sum(debit), 0) AS debit, coalesce(sum(credit), 0) AS credit
     FROM gl_balance WHERE business_date BETWEEN $1 AND $2`,
    [formatDay(from), formatDay(to)],
  );
  const { debit, credit } = rows[0]!;
  if (debit === sums.debit && credit === sums.credit) return;
  const text = (fen: bigint) => formatAmount(fen, minorDigits);
  throw new LoanbookError('export_differs', 'The lines are not the turnover of the ledger.', {
    exitCode: EXIT.difference,
    evidence: {
      from: formatDay(from),
      to: formatDay(to),
      expected: `debit ${text(debit)}, credit ${text(credit)}`,
      actual: `debit ${text(sums.debit)}, credit ${text(sums.credit)}`,
    },
    next: '`loanbook check --date DAY` finds the day whose rows are not those that were sealed.',
  });
}
