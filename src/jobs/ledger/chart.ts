import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { formatAmount } from '../../accounting/money/amount-text.js';
import type { EpochDay } from '../../accounting/money/units.js';
import type { CheckedLedger } from '../book/documents/ledger.js';
import { ledgerInForce, loadBook } from '../book/load-book.js';

export interface ChartAccount {
  readonly account: string;
  readonly name: string;
  readonly nameZh: string;
  readonly class: string;
  readonly normalSide: string;
  readonly subledger: string | null;
  /** On the last sealed day, debit positive. */
  readonly balance: string;
}

/** Every account of the book with its balance on the last sealed day; null before the first. */
export async function listAccounts(
  client: pg.Client,
): Promise<{ asOf: string | null; accounts: ChartAccount[] }> {
  const { rows } = await client.query<
    Omit<ChartAccount, 'balance'> & { balance: bigint; as_of: string | null; digits: number }
  >(
    `SELECT a.code AS account, a.name, a.name_zh AS "nameZh", a.class,
       a.normal_side AS "normalSide", a.subledger, s.as_of, b.minor_digits AS digits,
       coalesce((SELECT sum(g.balance) FROM gl_balance g
         WHERE g.account_id = a.account_id AND g.business_date = s.as_of), 0) AS balance
     FROM account a CROSS JOIN book b
       CROSS JOIN (SELECT max(business_date) AS as_of FROM sealed_day) s
     ORDER BY a.code`,
  );
  return {
    asOf: rows[0]?.as_of ?? null,
    accounts: rows.map(({ balance, as_of: _asOf, digits, ...account }) => ({
      ...account,
      balance: formatAmount(balance, digits),
    })),
  };
}

/** The chart of accounts and rules in force on a day, by default the open one. */
export async function ledgerOn(client: pg.Client, date?: EpochDay): Promise<CheckedLedger> {
  const day = date ?? (await loadBook(client)).businessDate;
  return ledgerInForce(client, formatDay(day));
}
