import type pg from 'pg';
import { formatAmount } from '../../accounting/money/amount-text.js';
import { noBook } from '../book/open-day.js';
import { listChannels } from './channel.js';
import { overlapsAmong, overlapText } from './clearing/claims.js';
import type { OpenStatement } from './statement/stage-statement.js';
import type { StatementMoney, StatementTotals } from './statement/statement-reader.js';
import type { StatementRow } from './statement-record.js';

/** What a reconciliation did, found and, where it read the file, had; amounts are decimal text. */
export interface Outcome extends Partial<ReadOutcome> {
  /** `tried`: nothing of it is kept. */
  readonly outcome: 'taken' | 'replaced' | 'posted' | 'unchanged' | 'tried';
  readonly code: string;
  readonly date: string;
  readonly statement: number;
  readonly revision: number;
  readonly lines: number;
  /** The statement's total, and that of the fees. */
  readonly amount: string;
  readonly fee: string;
  readonly matched: number;
  /** Pairs that no order number joined; null: taken before it was kept. */
  readonly byFallback: number | null;
  readonly ourCount: number;
  readonly ourAmount: string;
  /** Null for a bank: its statement is compared with what channels owe. */
  readonly ledgerAmount: string | null;
  /** Put into suspense, taken back from it, and posted as tails. */
  readonly suspense: string;
  readonly released: string;
  readonly tolerated: string;
  /** Breaks of this statement that are open, by type. */
  readonly breaks: Readonly<Record<string, number>>;
  /** Open breaks of the channel, earlier statements included. */
  readonly open: number;
  /** Other channels that claim some of its orders; in words. */
  readonly overlaps: readonly string[];
}

/** What a file had; amounts are decimal text, of the lines that succeeded. */
export interface ReadOutcome {
  readonly layout: string;
  readonly charset: string;
  readonly succeeded: number;
  readonly failed: number;
  /** Lines that the layout leaves out. */
  readonly leftOut: number;
  /** The total is the one less the other. */
  readonly received: string;
  readonly paidOut: string;
  /** What shows that the file is whole. */
  readonly provedBy: StatementTotals['provedBy'];
}

/** What the amounts of the book are in. */
export async function moneyOf(client: pg.Client): Promise<StatementMoney> {
  const { rows } = await client.query<StatementMoney>(
    'SELECT currency, minor_digits AS "minorDigits" FROM book',
  );
  if (rows[0] === undefined) throw noBook();
  return rows[0];
}

export async function minorDigitsOf(client: pg.Client): Promise<number> {
  return (await moneyOf(client)).minorDigits;
}

/** What was read of a statement, as its outcome shows it. */
export function readOutcome(
  { layout, money }: OpenStatement,
  totals: StatementTotals,
): ReadOutcome {
  const text = (fen: bigint) => formatAmount(fen, money.minorDigits);
  return {
    layout: layout.layout,
    charset: layout.charset,
    succeeded: totals.succeeded,
    failed: totals.lines - totals.succeeded,
    leftOut: totals.leftOut,
    received: text(totals.received),
    paidOut: text(totals.paidOut),
    provedBy: totals.provedBy,
  };
}

export async function outcomeOf(
  client: pg.Client,
  row: StatementRow,
  outcome: Outcome['outcome'],
  read?: ReadOutcome,
): Promise<Outcome> {
  const digits = await minorDigitsOf(client);
  const text = (fen: bigint) => formatAmount(fen, digits);
  const { rows } = await client.query<{ type: string; own: number; count: number }>(
    `SELECT b.type, count(*) AS count,
       count(*) FILTER (WHERE b.statement_id = $2) AS own
     FROM recon_break b JOIN statement t USING (statement_id)
     WHERE t.code = $1 AND b.state = 'open' GROUP BY b.type ORDER BY b.type`,
    [row.code, row.statement_id],
  );
  const own = rows.filter((found) => found.own > 0);
  return {
    outcome,
    code: row.code,
    date: row.statement_date,
    statement: row.statement_id,
    revision: row.revision,
    lines: row.lines,
    amount: text(row.amount),
    fee: text(row.fee),
    matched: row.matched,
    byFallback: row.by_fallback,
    ourCount: row.our_count,
    ourAmount: text(row.our_amount),
    ledgerAmount: row.kind === 'bank' ? null : text(row.ledger_amount),
    suspense: text(row.suspense),
    released: text(row.released),
    tolerated: text(row.tolerated_long - row.tolerated_short),
    breaks: Object.fromEntries(own.map((found) => [found.type, found.own])),
    open: rows.reduce((sum, { count }) => sum + count, 0),
    overlaps: overlapsAmong(await listChannels(client))
      .filter(({ codes }) => codes.includes(row.code))
      .map(overlapText),
    ...read,
  };
}
