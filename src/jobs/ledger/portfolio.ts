import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { CLASS_NAMES } from '../../accounting/fold/position.js';
import type { EpochDay } from '../../accounting/money/units.js';
import { EXIT, LoanbookError } from '../../errors.js';

/** One line of the portfolio, amounts in minor units. */
export interface PortfolioLine {
  readonly classification: string;
  readonly overdueBucket: string;
  readonly loans: number;
  readonly principal: bigint;
  readonly principalOverdue: bigint;
  readonly interest: bigint;
  readonly penalty: bigint;
  readonly suspense: bigint;
}

export interface Portfolio {
  readonly businessDate: string;
  readonly minorDigits: number;
  readonly currency: string;
  readonly lines: readonly PortfolioLine[];
}

/** Loans and balances by class and M bucket at the close of a sealed day, by default the last. */
export async function portfolio(client: pg.Client, date?: EpochDay): Promise<Portfolio> {
  const book = await client.query<{ day: string; minorDigits: number; currency: string }>(
    `SELECT s.business_date AS day, b.minor_digits AS "minorDigits", b.currency
     FROM book b JOIN sealed_day s ON $1::date IS NULL OR s.business_date = $1
     ORDER BY s.business_date DESC LIMIT 1`,
    [date === undefined ? null : formatDay(date)],
  );
  const sealed = book.rows[0];
  if (sealed === undefined) {
    throw new LoanbookError('day_not_sealed', 'there is no such sealed day', {
      exitCode: EXIT.usage,
      evidence: { as_of: date === undefined ? 'the last' : formatDay(date) },
      next: 'loanbook eod run closes and seals a day',
    });
  }
  const { rows } = await client.query<PortfolioLine & { class: number; bucket: number }>(
    `SELECT classification AS class, overdue_bucket AS bucket, sum(loans)::bigint AS loans,
       sum(coalesce(own_principal, principal)) AS principal,
       sum(coalesce(own_principal_overdue, principal_overdue)) AS "principalOverdue",
       sum(coalesce(own_interest_accrued, interest_accrued)
         + coalesce(own_interest_due, interest_due)) AS interest,
       sum(coalesce(own_penalty_due, penalty_due)
         + coalesce(own_compound_due, compound_due)) AS penalty, sum(suspense) AS suspense
     FROM subledger_total WHERE business_date = $1
     GROUP BY classification, overdue_bucket ORDER BY classification, overdue_bucket`,
    [sealed.day],
  );
  const lines = rows.map(({ class: at, bucket, ...line }) => ({
    ...line,
    classification: CLASS_NAMES[at] ?? String(at),
    overdueBucket: `M${bucket}`,
  }));
  const { day, minorDigits, currency } = sealed;
  return { businessDate: day, minorDigits, currency, lines };
}
