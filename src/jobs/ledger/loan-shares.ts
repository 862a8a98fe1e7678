import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { formatAmount } from '../../accounting/money/amount-text.js';
import type { EpochDay, Fen } from '../../accounting/money/units.js';
import { MOVEMENT } from '../../accounting/posting/flow.js';
import { dayTable } from '../day/day-table.js';

/** One loan's share of a summary line. */
export interface LoanShare {
  readonly loanNo: string;
  readonly amount: string;
}

/**
 * The loans behind the accrual of interest of an accounting group, the greatest shares first: what
 * each one's lifetime total grew by since the day before; where the positions of the two days are
 * no longer kept, what its month row says. Empty for any other summary line, and for a day without
 * positions in a month that was not closed.
 */
export async function loanShares(
  client: pg.Client,
  date: EpochDay,
  of: { readonly kind: number; readonly group_id: number; readonly minor_digits: number },
  most: number,
): Promise<LoanShare[]> {
  if (of.kind !== MOVEMENT.accrual) return [];
  const select = (await hasPositions(client, date)) ? FROM_POSITIONS : FROM_MONTH_ROWS;
  const { rows } = await client.query<{ loan_no: string; amount: Fen }>(select, [
    formatDay(date),
    of.group_id,
    most,
  ]);
  return rows.map(({ loan_no: loanNo, amount }) => ({
    loanNo,
    amount: formatAmount(amount, of.minor_digits),
  }));
}

const FROM_POSITIONS = `
  SELECT l.loan_no, t.interest_accrued_total - coalesce(y.interest_accrued_total, 0) AS amount
  FROM position t
    LEFT JOIN position y ON y.bucket = t.bucket AND y.loan_id = t.loan_id
      AND y.business_date = $1::date - 1
    JOIN loan l ON l.bucket = t.bucket AND l.loan_id = t.loan_id
  WHERE t.business_date = $1 AND t.group_id = $2
    AND t.interest_accrued_total <> coalesce(y.interest_accrued_total, 0)
  ORDER BY 2 DESC, l.loan_no LIMIT $3`;

const FROM_MONTH_ROWS = `
  SELECT l.loan_no, m.amount
  FROM (SELECT bucket, loan_id, interest[CASE WHEN on_days IS NULL THEN $1::date - first_on + 1
      ELSE array_position(on_days, $1::date) END] AS amount
    FROM month_row WHERE month = date_trunc('month', $1::date)::date AND group_id = $2) AS m
    JOIN loan l ON l.bucket = m.bucket AND l.loan_id = m.loan_id
  WHERE m.amount <> 0 ORDER BY 2 DESC, l.loan_no LIMIT $3`;

/** Whether the day's positions and those of the day before are kept; the first day has none. */
async function hasPositions(client: pg.Client, date: EpochDay): Promise<boolean> {
  const { rows } = await client.query<{ kept: boolean }>(
    `SELECT to_regclass($1) IS NOT NULL AND (to_regclass($2) IS NOT NULL
       OR first_business_date = $3) AS kept FROM book`,
    [dayTable('position', date), dayTable('position', date - 1), formatDay(date)],
  );
  return rows[0]?.kept === true;
}
