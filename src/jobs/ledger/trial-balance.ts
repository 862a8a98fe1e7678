import type pg from 'pg';
import { formatAmount } from '../../accounting/amount-text.js';
import { formatDay } from '../../accounting/epoch-day.js';
import type { EpochDay, Fen } from '../../accounting/units.js';
import { EXIT, LoanbookError } from '../../errors.js';

/** One account on one day; amounts are decimal text, balances debit positive. */
export interface TrialBalanceLine {
  readonly account: string;
  readonly name: string;
  readonly nameZh: string;
  readonly class: string;
  readonly normalSide: string;
  readonly opening: string;
  readonly debit: string;
  readonly credit: string;
  readonly closing: string;
}

export interface TrialBalance {
  readonly businessDate: string;
  readonly currency: string;
  readonly lines: readonly TrialBalanceLine[];
  readonly totals: {
    readonly opening: string;
    readonly debit: string;
    readonly credit: string;
    readonly closing: string;
    /** Sums of the closing balances on either side. */
    readonly closingDebit: string;
    readonly closingCredit: string;
    readonly balanced: boolean;
  };
}

interface Row {
  readonly account: string;
  readonly name: string;
  readonly nameZh: string;
  readonly class: string;
  readonly normalSide: string;
  readonly debit: Fen;
  readonly credit: Fen;
  readonly closing: Fen;
}

/**
 * Every account with its balance before a sealed day, the day's turnover and its balance at the
 * close; by default the last sealed day. Throws LoanbookError `nothing_sealed` and `day_not_sealed`
 * (exit 2).
 */
export async function trialBalance(client: pg.Client, date?: EpochDay): Promise<TrialBalance> {
  const { day, currency, minorDigits } = await sealedDay(client, date);
  const { rows } = await client.query<Row>(
    `SELECT a.code AS account, a.name, a.name_zh AS "nameZh", a.class,
       a.normal_side AS "normalSide", coalesce(sum(g.debit), 0)::bigint AS debit,
       coalesce(sum(g.credit), 0)::bigint AS credit, coalesce(sum(g.balance), 0)::bigint AS closing
     FROM account a LEFT JOIN gl_balance g
       ON g.account_id = a.account_id AND g.business_date = $1
     GROUP BY a.account_id ORDER BY a.code`,
    [day],
  );
  const text = (fen: Fen) => formatAmount(fen, minorDigits);
  return {
    businessDate: day,
    currency,
    lines: rows.map(({ debit, credit, closing, ...account }) => ({
      ...account,
      opening: text(closing - debit + credit),
      debit: text(debit),
      credit: text(credit),
      closing: text(closing),
    })),
    totals: totalsOf(rows, text),
  };
}

function totalsOf(rows: readonly Row[], text: (fen: Fen) => string): TrialBalance['totals'] {
  let debit = 0;
  let credit = 0;
  let closingDebit = 0;
  let closingCredit = 0;
  for (const row of rows) {
    debit += row.debit;
    credit += row.credit;
    if (row.closing > 0) closingDebit += row.closing;
    else closingCredit -= row.closing;
  }
  const closing = closingDebit - closingCredit;
  return {
    opening: text(closing - debit + credit),
    debit: text(debit),
    credit: text(credit),
    closing: text(closing),
    closingDebit: text(closingDebit),
    closingCredit: text(closingCredit),
    balanced: debit === credit && closing === 0,
  };
}

interface SealedDay {
  readonly day: string;
  readonly currency: string;
  readonly minorDigits: number;
}

async function sealedDay(client: pg.Client, date: EpochDay | undefined): Promise<SealedDay> {
  const asOf = date === undefined ? null : formatDay(date);
  const { rows } = await client.query<SealedDay & { lastSealed: string }>(
    `SELECT s.business_date AS day, b.currency, b.minor_digits AS "minorDigits",
       max(s.business_date) OVER () AS "lastSealed"
     FROM sealed_day s CROSS JOIN book b
     ORDER BY s.business_date = $1 DESC NULLS LAST, s.business_date DESC LIMIT 1`,
    [asOf],
  );
  const [found] = rows;
  if (found === undefined) {
    throw new LoanbookError('nothing_sealed', 'No day is sealed yet: the ledger has no balances.', {
      next: '`loanbook eod run` closes and seals a day.',
    });
  }
  if (asOf === null || found.day === asOf) return found;
  throw new LoanbookError('day_not_sealed', 'There is no such sealed day.', {
    exitCode: EXIT.usage,
    evidence: { asOf, lastSealed: found.lastSealed },
    next: '`loanbook eod run` closes and seals a day.',
  });
}
