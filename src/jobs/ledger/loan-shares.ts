import type pg from 'pg';
import { formatAmount } from '../../accounting/amount-text.js';
import { formatDay } from '../../accounting/epoch-day.js';
import { MOVEMENT } from '../../accounting/flow.js';
import type { EpochDay, Fen } from '../../accounting/units.js';

/** One loan's share of a summary line. */
export interface LoanShare {
  readonly loanNo: string;
  readonly amount: string;
}

/**
 * The loans behind the accrual of interest of an accounting group, the greatest shares first: what
 * each one's lifetime total grew by since the day before. Empty for any other summary line, and
 * where the positions of the two days are no longer kept.
 */
export async function loanShares(
  client: pg.Client,
  date: EpochDay,
  of: { readonly kind: number; readonly group_id: number; readonly minor_digits: number },
  most: number,
): Promise<LoanShare[]> {
  if (of.kind !== MOVEMENT.accrual) return [];
  const { rows } = await client.query<{ loan_no: string; amount: Fen }>(
    `SELECT l.loan_no, t.interest_accrued_total - coalesce(y.interest_accrued_total, 0) AS amount
     FROM position t
       LEFT JOIN position y ON y.bucket = t.bucket AND y.loan_id = t.loan_id
         AND y.business_date = $1::date - 1
       JOIN loan l ON l.bucket = t.bucket AND l.loan_id = t.loan_id
     WHERE t.business_date = $1 AND t.group_id = $2
       AND t.interest_accrued_total <> coalesce(y.interest_accrued_total, 0)
     ORDER BY 2 DESC, l.loan_no LIMIT $3`,
    [formatDay(date), of.group_id, most],
  );
  return rows.map(({ loan_no: loanNo, amount }) => ({
    loanNo,
    amount: formatAmount(amount, of.minor_digits),
  }));
}
