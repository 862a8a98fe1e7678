import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { EVENT_TYPE, type EventTypeName } from '../../accounting/events/loan-event.js';
import type { EpochDay } from '../../accounting/money/units.js';
import { readSql } from '../../db/sql-file.js';
import { EXIT, LoanbookError } from '../../errors.js';
import type { ChannelDocument } from './documents/channel-document.js';
import { STANDING } from './standing.js';
import type { StatementTotals } from './statement/statement-reader.js';

/** Events that money of a channel stands behind, by its direction. */
const EVENTS_OF = {
  receipts: ['repayment', 'settlement', 'prepayment', 'recovery', 'charge_back'],
  payments: ['disbursement'],
} as const;

/** Events that a line below zero may be of: they pay out, or are money that bounced. */
const REFUNDS = ['suspense_refund', 'merchant_refund', 'charge_back'] as const;

/**
 * What an event's order number is. A loan is paid out once, under its own number; what pays it back
 * is known by the reference of each event.
 */
const ORDERS = {
  receipts: {
    order: 'e.ref',
    of: '',
    events: 'event e ON e.ref COLLATE "C" = p.order_no',
  },
  payments: {
    order: 'n.loan_no',
    of: 'JOIN loan n ON n.bucket = e.bucket AND n.loan_id = e.loan_id',
    events: `loan n ON n.loan_no COLLATE "C" = p.order_no
      JOIN event e ON e.bucket = n.bucket AND e.loan_id = n.loan_id`,
  },
} as const;

export interface Matched {
  /** Lines that agree with our side on all three. */
  readonly matched: number;
  readonly byFallback: number;
  /** Our posted events of the day: number, cash, and what the ledger has of them. */
  readonly ourCount: number;
  readonly ourAmount: bigint;
  readonly ledgerAmount: bigint;
}

/**
 * Matches the staged lines with the events of the day and the clearing account: set-based, by order
 * number and then by the declared fallbacks. Leaves the breaks in `found`, and in `carried` and
 * `around` the earlier ones that this statement explains.
 */
export async function matchChannel(
  client: pg.Client,
  channel: ChannelDocument,
  date: EpochDay,
  { succeeded, paidOut }: StatementTotals,
): Promise<Matched> {
  const { code, cross_days: crossDays, accounts, direction, refund_prefix: refunds } = channel;
  const day = formatDay(date);
  const types = eventTypesOf(channel);
  const named = paidOut > 0n && direction === 'receipts' ? codesOf(REFUNDS) : null;
  const sqlOf = (name: string) => readSql(import.meta.url, name, orderParts(direction));
  const prefix = channel.order_prefix ?? '';
  const side = direction === 'receipts' ? 1 : -1;
  const account = await accountId(client, accounts.clearing);
  await client.query(sqlOf('ours'), [day, types, prefix, account, side, refunds, named]);
  const shared = await client.query(readSql(import.meta.url, 'shared'));
  if ((shared.rowCount ?? 0) > 0) await client.query(readSql(import.meta.url, 'together'));
  await client.query(readSql(import.meta.url, 'pair'));
  await client.query('ANALYZE pair');
  await client.query(readSql(import.meta.url, 'explained'), [code]);
  await client.query(readSql(import.meta.url, 'booked'), [code]);
  const since = await firstDayToLookAt(client, code, formatDay(date - crossDays));
  const until = formatDay(date + crossDays);
  const window = [day, types, since, until, account, side, code, prefix, named];
  await client.query(sqlOf('around'), window);
  await client.query(readSql(import.meta.url, 'carried'), [code]);
  const byFallback = await matchByFallbacks(client, channel);
  await client.query(readSql(import.meta.url, 'found'), [channel.tolerance]);
  await client.query(readSql(import.meta.url, 'known'));
  const before = await dayBefore(client, code, day);
  await client.query(sqlOf('undone'), [day, types, prefix, before, code, refunds]);
  return { ...(await totals(client, succeeded)), byFallback };
}

/** What an order number is in this direction, as parts of a statement. */
export function orderParts(direction: ChannelDocument['direction']): Record<string, string> {
  return ORDERS[direction];
}

/**
 * The codes of the events that money of a channel stands behind; refunds are among them where the
 * channel says how their numbers begin.
 */
export function eventTypesOf({
  direction,
  refund_prefix: refunds,
}: Pick<ChannelDocument, 'direction' | 'refund_prefix'>): number[] {
  const types = codesOf(EVENTS_OF[direction]);
  return refunds === undefined ? types : [...types, EVENT_TYPE.suspense_refund];
}

function codesOf(names: readonly EventTypeName[]): number[] {
  return names.map((name) => EVENT_TYPE[name]);
}

/** Refuses a statement that has an order number twice, and lists the first of them. */
export async function findRepeated(
  client: pg.Client,
  channel: ChannelDocument,
  file: string,
): Promise<void> {
  await client.query(readSql(import.meta.url, 'repeated'));
  if (channel.file.repeated_orders === 'break') return;
  const { rows } = await client.query<{ line: number; first_line: number; order_no: string }>(
    'SELECT line, first_line, order_no FROM repeated ORDER BY line LIMIT 10',
  );
  if (rows.length === 0) return;
  const { rows: counted } = await client.query<{ count: number }>(
    'SELECT count(*) AS count FROM repeated',
  );
  throw new LoanbookError('order_repeated', 'The statement has order numbers twice.', {
    exitCode: EXIT.failed,
    evidence: {
      file,
      repeated: counted[0]!.count,
      lines: rows.map((row) => `${row.order_no} (${row.first_line}, ${row.line})`).join(', '),
    },
    next: 'Nothing was taken. Ask for a correct file, or let `repeated_orders: break` take it.',
  });
}

async function accountId(client: pg.Client, code: string): Promise<number> {
  const { rows } = await client.query<{ account_id: number }>(
    'SELECT account_id FROM account WHERE code = $1',
    [code],
  );
  return rows[0]!.account_id;
}

/**
 * The day of the channel's statement before this one: reversals until then have been looked at. The
 * day itself where there is none, since nothing was matched before.
 */
async function dayBefore(client: pg.Client, code: string, day: string): Promise<string> {
  const { rows } = await client.query<{ day: string }>(
    `SELECT coalesce(max(statement_date), $2::date) AS day FROM statement
     WHERE code = $1 AND statement_date < $2::date AND state <> 'replaced'`,
    [code, day],
  );
  return rows[0]!.day;
}

/** Open shorts may be older than a cross-day slip: their lines are looked for all the same. */
async function firstDayToLookAt(client: pg.Client, code: string, since: string): Promise<string> {
  const { rows } = await client.query<{ since: string }>(
    `SELECT least($2::date, min(b.since)) AS since
     FROM recon_break b JOIN statement t USING (statement_id)
     WHERE t.code = $1 AND b.state = 'open' AND b.type = 'missing_theirs'`,
    [code, since],
  );
  return rows[0]!.since;
}

const THEIR = { loan_no: 'p.loan_no', amount: 'p.their_amount', value_date: 'p.their_date' };
const OUR = { loan_no: 'l.loan_no', amount: 'p.our_amount', value_date: 'p.our_date' };
const BOTH = {
  loan_no: 's.loan_no = o.our_loan_no',
  amount: 's.their_amount = o.our_amount',
  value_date: 's.their_date = o.our_date',
};

/** Joins what no order number joined, key after key; returns the number of pairs. */
async function matchByFallbacks(
  client: pg.Client,
  { fallbacks }: ChannelDocument,
): Promise<number> {
  let pairs = 0;
  for (const [place, keys] of fallbacks.entries()) {
    const list = (names: Readonly<Record<(typeof keys)[number], string>>, by: string) =>
      keys.map((key) => names[key]).join(by);
    const sql = readSql(import.meta.url, 'fallback', {
      place,
      keys: list(BOTH, ' AND '),
      their: list(THEIR, ', '),
      our: list(OUR, ', '),
    });
    await client.query(sql);
    const joined = await client.query(
      `UPDATE pair p SET bucket = o.bucket, loan_id = o.loan_id, event_id = o.event_id,
         events = o.events, standing = o.standing, our_amount = o.our_amount, ledger = o.ledger,
         business_date = o.business_date, our_date = o.our_date
       FROM fallback_${place} f
       JOIN pair o ON o.order_no = f.our_order_no AND o.line IS NULL
       WHERE p.line = f.line`,
    );
    await client.query(
      `DELETE FROM pair p USING fallback_${place} f
       WHERE p.line IS NULL AND p.order_no = f.our_order_no`,
    );
    pairs += joined.rowCount ?? 0;
  }
  return pairs;
}

async function totals(client: pg.Client, succeeded: number): Promise<Omit<Matched, 'byFallback'>> {
  const { rows } = await client.query<Omit<Matched, 'byFallback'>>(
    `SELECT $1::bigint - (SELECT count(*) FROM found
         WHERE line > 0 AND NOT (type = 'status' AND difference < 0)) AS matched,
       count(*) AS "ourCount", coalesce(sum(amount), 0) AS "ourAmount",
       coalesce(sum(ledger), 0) AS "ledgerAmount"
     FROM ours WHERE standing = ${STANDING.posted}`,
    [succeeded],
  );
  return rows[0]!;
}
