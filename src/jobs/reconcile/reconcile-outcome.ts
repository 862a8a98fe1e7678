import type pg from 'pg';
import { formatAmount } from '../../accounting/money/amount-text.js';
import { noBook } from '../book/open-day.js';
import type { ProvedBy } from '../import/source/file-proof.js';
import { listChannels } from './channel.js';
import { overlapsAmong, overlapText } from './clearing/claims.js';
import type { StatementRow } from './statement-record.js';

/** What a reconciliation did and found; amounts are decimal text. */
export interface Outcome {
  readonly outcome: 'taken' | 'replaced' | 'posted' | 'unchanged';
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
  /** What shows that the file is whole, where it was read. */
  readonly provedBy?: ProvedBy;
}

export async function minorDigitsOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ minor_digits: number }>('SELECT minor_digits FROM book');
  if (rows[0] === undefined) throw noBook();
  return rows[0].minor_digits;
}

export async function outcomeOf(
  client: pg.Client,
  row: StatementRow,
  outcome: Outcome['outcome'],
  provedBy?: ProvedBy,
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
    provedBy,
  };
}
