import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { formatAmount } from '../../accounting/money/amount-text.js';
import type { EpochDay } from '../../accounting/money/units.js';
import type { CheckedLedger } from '../book/documents/ledger.js';
import { ledgerInForce } from '../book/load-book.js';
import { type SealedRange, sealedRange } from '../day/sealed-range.js';

/** One account; amounts are decimal text, balances debit positive. */
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
  /** First day of the turnover. */
  readonly from: string;
  /** The day of the closing balances. */
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
  readonly debit: bigint;
  readonly credit: bigint;
  readonly closing: bigint;
}

/**
 * Every account with its balance before `from`, the turnover of the days from it to `date` and its
 * balance at the close of `date`. Left out, `date` is the last sealed day and `from` that same day.
 * Throws what `sealedRange` does.
 */
export async function trialBalance(
  client: pg.Client,
  date?: EpochDay,
  from?: EpochDay,
): Promise<TrialBalance> {
  const range = await sealedRange(client, { from, to: date });
  const rows = asTheyWere(
    await accountRows(client, range),
    await ledgerInForce(client, formatDay(range.to)),
  );
  const text = (fen: bigint) => formatAmount(fen, range.minorDigits);
  return {
    from: formatDay(range.from),
    businessDate: formatDay(range.to),
    currency: range.currency,
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

/** The accounts of the chart in force on the day, by its names: a past day prints as it did. */
function asTheyWere(rows: readonly Row[], { document }: CheckedLedger): Row[] {
  const chart = new Map(document.accounts.map((account) => [account.code, account]));
  return rows.flatMap((row) => {
    const account = chart.get(row.account);
    if (account !== undefined) return [{ ...row, name: account.name, nameZh: account.name_zh }];
    return row.closing === 0n && row.debit === 0n && row.credit === 0n ? [] : [row];
  });
}

async function accountRows(client: pg.Client, { from, to }: SealedRange): Promise<Row[]> {
  const { rows } = await client.query<Row>(
    `SELECT a.code AS account, a.name, a.name_zh AS "nameZh", a.class,
       a.normal_side AS "normalSide", coalesce(sum(g.debit), 0) AS debit,
       coalesce(sum(g.credit), 0) AS credit,
       coalesce(sum(g.balance) FILTER (WHERE g.business_date = $2), 0) AS closing
     FROM account a LEFT JOIN gl_balance g
       ON g.account_id = a.account_id AND g.business_date BETWEEN $1 AND $2
     GROUP BY a.account_id ORDER BY a.code`,
    [formatDay(from), formatDay(to)],
  );
  return rows;
}

function totalsOf(rows: readonly Row[], text: (fen: bigint) => string): TrialBalance['totals'] {
  let debit = 0n;
  let credit = 0n;
  let closingDebit = 0n;
  let closingCredit = 0n;
  for (const row of rows) {
    debit += row.debit;
    credit += row.credit;
    if (row.closing > 0n) closingDebit += row.closing;
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
    balanced: debit === credit && closing === 0n,
  };
}
