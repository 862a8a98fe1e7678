import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { formatAmount } from '../../accounting/money/amount-text.js';
import type { EpochDay } from '../../accounting/money/units.js';
import { cursorRows } from '../../db/cursor.js';
import type { Report } from '../../files/report.js';
import type { TableColumn, TableRow } from '../../files/table.js';
import { type SealedRange, sealedRange } from '../day/sealed-range.js';
import { findAccount } from './find-account.js';

export interface LedgerQuery {
  /** Code; every account without it. */
  readonly account?: string;
  readonly from: EpochDay;
  readonly to: EpochDay;
  readonly signal?: AbortSignal;
}

const COLUMNS: readonly TableColumn[] = [
  { key: 'account', title: '科目 account', kind: 'text', width: 12 },
  { key: 'nameZh', title: '科目名称', kind: 'text', width: 28 },
  { key: 'name', title: 'name', kind: 'text', width: 28 },
  { key: 'businessDate', title: '日期 day', kind: 'date', width: 12 },
  { key: 'opening', title: '期初 opening', kind: 'amount' },
  { key: 'debit', title: '借方 debit', kind: 'amount' },
  { key: 'credit', title: '贷方 credit', kind: 'amount' },
  { key: 'closing', title: '期末 closing', kind: 'amount' },
];

/**
 * The general ledger (总账): for each account and day its balance before, debits, credits and
 * balance after, debit positive. An account appears from the first day that it moved on. Throws
 * what `sealedRange` and `findAccount` do.
 */
export async function generalLedger(client: pg.Client, query: LedgerQuery): Promise<Report> {
  const range = await sealedRange(client, query);
  const account = query.account === undefined ? null : await findAccount(client, query.account);
  const { entity, currency } = range;
  return {
    head: {
      entity,
      currency,
      account: account?.code ?? null,
      from: formatDay(range.from),
      to: formatDay(range.to),
    },
    tables: [
      {
        name: 'lines',
        title: '总账',
        columns: COLUMNS,
        rows: ledgerRows(client, range, account?.accountId ?? null, query.signal),
      },
    ],
  };
}

interface DayRow {
  readonly account: string;
  readonly name: string;
  readonly nameZh: string;
  readonly businessDate: string;
  readonly debit: bigint;
  readonly credit: bigint;
  readonly closing: bigint;
}

async function* ledgerRows(
  client: pg.Client,
  { from, to, minorDigits }: SealedRange,
  accountId: number | null,
  signal: AbortSignal | undefined,
): AsyncGenerator<TableRow> {
  const rows = cursorRows<DayRow>(
    client,
    `SELECT a.code AS account, a.name, a.name_zh AS "nameZh", g.business_date AS "businessDate",
       sum(g.debit) AS debit, sum(g.credit) AS credit,
       sum(g.balance) AS closing
     FROM gl_balance g JOIN account a ON a.account_id = g.account_id
     WHERE g.business_date BETWEEN $1 AND $2 AND ($3::int IS NULL OR g.account_id = $3)
     GROUP BY a.account_id, g.business_date ORDER BY a.code, g.business_date`,
    [formatDay(from), formatDay(to), accountId],
    signal,
  );
  for await (const { debit, credit, closing, ...row } of rows) {
    yield {
      ...row,
      opening: formatAmount(closing - debit + credit, minorDigits),
      debit: formatAmount(debit, minorDigits),
      credit: formatAmount(credit, minorDigits),
      closing: formatAmount(closing, minorDigits),
    };
  }
}
