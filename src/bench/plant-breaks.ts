import { closeSync, openSync, writeSync } from 'node:fs';
import { formatDay } from '../accounting/calendar/epoch-day.js';
import { formatAmount } from '../accounting/money/amount-text.js';
import type { EpochDay } from '../accounting/money/units.js';
import { encodeGb18030 } from '../files/gb18030.js';

/** What is planted, in turn: the type of break, or how a match is made hard. */
const PLANTED = [
  'missing_theirs',
  'missing_ours',
  'amount',
  'status',
  'duplicate',
  'cross_day',
  'unposted',
  'ledger',
  'tolerated',
  'failed',
] as const;
type Planted = (typeof PLANTED)[number];

/** Within it a difference is posted, not kept open. */
export const PLANT_TOLERANCE = 5;

/** One order in a hundred is broken; another one of a thousand comes under another number. */
export function plantedAt(i: number): Planted | 'renumbered' | undefined {
  if (i % 1000 === 550) return 'renumbered';
  return i % 100 === 0 ? PLANTED[(i / 100) % PLANTED.length] : undefined;
}

/** The same in SQL, for a column `i`. */
const PLANTED_SQL = `CASE WHEN i % 1000 = 550 THEN 'renumbered' WHEN i % 100 = 0
  THEN (ARRAY['${PLANTED.join("','")}'])[i / 100 % ${PLANTED.length} + 1] ELSE '' END`;

export function orderNo(i: number): string {
  return `WX${String(i).padStart(12, '0')}`;
}

function amountOf(i: number): number {
  return 1_000 + ((i * 7_919) % 500_000);
}

/** How a planted statement is written. */
export interface PlantedFile {
  readonly charset: 'utf-8' | 'gb18030';
  /** A line of totals behind the rows. */
  readonly trailer: boolean;
}

/** As most partners write them. */
const USUAL: PlantedFile = { charset: 'utf-8', trailer: true };

/** A channel whose statements are written by `writeStatement`. */
export function plantedChannel({ charset, trailer }: PlantedFile = USUAL): string {
  const totals = trailer ? '  trailer: {starts: T, count: 2, amount: 3}\n' : '';
  return `code: WX
name: 微信支付
order_prefix: WX
file:
  charset: ${charset}
  head: {starts: H, count: 2, amount: 3, date: 4}
  titles: true
${totals}  repeated_orders: break
columns:
  order_no: 商户订单号
  amount: 订单金额
  fee: 手续费
  status: 交易状态
  value_date: 交易日期
  loan_no: 借据号
statuses: {success: [SUCCESS], failed: [FAIL]}
fallbacks: [[loan_no, amount, value_date]]
tolerance: ${PLANT_TOLERANCE}
cross_days: 2
`;
}

/**
 * Inserts the events of a day set-based, with their outcomes and journal lines, and moves the book
 * to the next day: what a close of so many would leave. As the owner of the tables, in one go.
 */
export function plantEventsSql(events: number, date: EpochDay): string {
  const day = formatDay(date);
  const tables = ['event_outcome', 'journal_line'].map((parent) => {
    const child = `${parent}_${day.replaceAll('-', '')}`;
    return `CREATE TABLE ${child} PARTITION OF ${parent} FOR VALUES IN ('${day}');
      GRANT SELECT ON ${child} TO loanbook_batch;`;
  });
  const before = formatDay(date - 1).replaceAll('-', '');
  return `${tables.join('\n')}
    CREATE TABLE event_outcome_${before} PARTITION OF event_outcome
      FOR VALUES IN ('${formatDay(date - 1)}');
    CREATE TABLE journal_line_${before} PARTITION OF journal_line
      FOR VALUES IN ('${formatDay(date - 1)}');
    CREATE TEMP TABLE planted AS
    SELECT i, i % 1024 AS bucket, i AS loan_id, i + 1 AS event_id, planted,
      1000 + i::bigint * 7919 % 500000 AS amount,
      DATE '${day}' + CASE planted WHEN 'cross_day' THEN -1 WHEN 'unposted' THEN 1 ELSE 0 END
        AS booked_on
    FROM (SELECT i, ${PLANTED_SQL} AS planted FROM generate_series(0, ${events - 1}) AS i) AS p;
    INSERT INTO event (bucket, loan_id, event_id, type, ref, value_date, business_date, amount,
      import_id)
    SELECT bucket, loan_id, event_id, 3, 'WX' || lpad(i::text, 12, '0'),
      least(booked_on, DATE '${day}'), booked_on, amount, 0
    FROM planted WHERE planted <> 'missing_ours';
    INSERT INTO loan (bucket, loan_id, loan_no, group_id, product_id, org, principal, rate,
      rate_ppb, periods, disbursed_on, born_on, import_id)
    SELECT bucket, loan_id, 'L' || i, 1, 1, 'SH', 1000000, '0.18', 180000000, 12,
      DATE '${day}' - 30, DATE '${day}' - 30, 0
    FROM planted WHERE planted IN ('missing_theirs', 'renumbered');
    INSERT INTO event_outcome (loan_id, event_id, allocated, to_suspense, business_date, bucket,
      rule)
    SELECT loan_id, event_id, amount, 0, booked_on, bucket,
      CASE WHEN planted = 'status' THEN 'loan_settled' ELSE '' END
    FROM planted WHERE planted NOT IN ('missing_ours', 'unposted');
    INSERT INTO journal_line (voucher, loan_id, event_id, amount, business_date, account_id,
      group_id, bucket, line, kind)
    SELECT i, loan_id, event_id, l.amount, booked_on, a.account_id, 1, bucket, l.line, 4
    FROM planted, LATERAL (VALUES
      (1, '1012.02', planted.amount - CASE WHEN planted = 'ledger' THEN 100 ELSE 0 END),
      (2, '1303.01', -700), (3, '1132.02', 700 - planted.amount)) AS l (line, code, amount)
    JOIN account a ON a.code = l.code
    WHERE planted NOT IN ('missing_ours', 'status', 'unposted');
    UPDATE book SET business_date = DATE '${day}' + 1;
    CREATE INDEX ON journal_line_${before} (bucket, loan_id);
    ANALYZE event; ANALYZE event_outcome; ANALYZE journal_line;`;
}

/** Writes the channel's statement of the day; returns its lines, and its total in minor units. */
export function writeStatement(
  file: string,
  events: number,
  date: EpochDay,
  { charset, trailer }: PlantedFile = USUAL,
): { lines: number; total: number } {
  const day = formatDay(date);
  let lines = 0;
  let total = 0;
  for (let i = 0; i < events; i += 1) {
    for (const [, amount] of linesOf(i)) {
      lines += 1;
      total += amount;
    }
  }
  const out = openSync(file, 'w');
  const write = (text: string) =>
    writeSync(out, charset === 'gb18030' ? encodeGb18030(text) : Buffer.from(text));
  const totals = `${lines},${formatAmount(total, 2)}`;
  let text = `H,${totals},${day}\n商户订单号,订单金额,手续费,交易状态,交易日期,借据号\n`;
  for (let i = 0; i < events; i += 1) {
    for (const [order, amount, status] of linesOf(i)) {
      text += `${order},${formatAmount(amount, 2)},${formatAmount(fee(amount), 2)},${status},`;
      text += `${day},L${i}\n`;
    }
    if (text.length < 1 << 20) continue;
    write(text);
    text = '';
  }
  write(trailer ? `${text}T,${totals}\n` : text);
  closeSync(out);
  return { lines, total };
}

/** 0.2%, at least one. */
function fee(amount: number): number {
  return Math.max(1, Math.floor(amount / 500));
}

function linesOf(i: number): [order: string, amount: number, status: string][] {
  const amount = amountOf(i);
  const line = (changed: number, status = 'SUCCESS'): [string, number, string] => [
    orderNo(i),
    amount + changed,
    status,
  ];
  switch (plantedAt(i)) {
    case 'missing_theirs':
      return [];
    case 'amount':
      return [line(i % 2000 < 1000 ? 700 : -700)];
    case 'duplicate':
      return [line(0), line(0)];
    case 'tolerated':
      return [line(i % 2000 < 1000 ? 3 : -3)];
    case 'failed':
      return [line(0, 'FAIL')];
    case 'renumbered':
      return [[`T${orderNo(i)}`, amount, 'SUCCESS']];
    default:
      return [line(0)];
  }
}

/** The type that a planted break must be found with; undefined where nothing may be found. */
export function expectedType(planted: ReturnType<typeof plantedAt>): string | undefined {
  if (planted === 'renumbered') return undefined;
  if (planted === 'tolerated') return 'amount';
  return planted === 'failed' ? 'status' : planted;
}
