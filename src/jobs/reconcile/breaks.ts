import type pg from 'pg';
import { formatAmount } from '../../accounting/money/amount-text.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { minorDigitsOf } from './reconcile-outcome.js';

/** Break types with what users read; the order is that of reports. */
export const BREAK_TYPES = {
  missing_ours: '长款-我方无记录',
  missing_theirs: '短款-对方无记录',
  amount: '金额不符',
  status: '状态不符',
  unposted: '对方成功-我方未入账',
  ledger: '业务与账务不符',
  duplicate: '重复',
  cross_day: '跨日',
  refund: '退款-我方无记录',
  cash: '已入账资金被重算',
  roll: '对方滚动不平',
  class: '五级分类不符',
} as const;
export type BreakType = keyof typeof BREAK_TYPES;

/** One break; amounts are decimal text, empty where a side has none. */
export interface Break {
  readonly id: number;
  readonly code: string;
  readonly since: string;
  readonly ageDays: number;
  readonly type: BreakType;
  readonly typeZh: string;
  /** 长款: theirs is more; 短款: theirs is less. */
  readonly side: '长款' | '短款' | '';
  readonly orderNo: string;
  readonly line: number;
  readonly loanNo: string;
  readonly theirAmount: string;
  readonly ourAmount: string;
  readonly ledgerAmount: string;
  readonly difference: string;
  readonly suspense: string;
  readonly ourStatus: string;
  /** A missing side is waited for until then: a cross-day slip is normal. */
  readonly pendingUntil: string;
  readonly state: 'open' | 'resolved';
  readonly assignee: string;
  readonly resolution: string;
  readonly reason: string;
  readonly resolvedOn: string;
  /** Null: no statement found it. */
  readonly statement: number | null;
}

export interface BreakFilter {
  readonly code?: string;
  readonly type?: string;
  /** Only open ones when left out. */
  readonly isAll?: boolean;
  readonly limit?: number;
  readonly id?: number;
}

/** Of an order of several events, or of a whole statement: sums. */
interface BreakRow {
  readonly their: bigint | null;
  readonly our: bigint | null;
  readonly ledger: bigint | null;
  readonly difference: bigint;
  readonly suspense: bigint;
}

const SELECT = `SELECT b.break_id AS id, coalesce(t.code, b.partner, '') AS code, b.since,
    k.business_date - b.since AS "ageDays", b.type, b.order_no AS "orderNo", b.line,
    coalesce(l.loan_no, '') AS "loanNo",
    b.their_amount::numeric AS their, b.our_amount::numeric AS our,
    b.ledger_amount::numeric AS ledger, b.difference::numeric AS difference,
    b.suspense::numeric AS suspense, b.our_status AS "ourStatus",
    b.pend_until AS "pendingUntil", b.state,
    coalesce(b.assignee, '') AS assignee, coalesce(b.resolution, '') AS resolution,
    coalesce(b.reason, '') AS reason, coalesce(b.resolved_on::text, '') AS "resolvedOn",
    b.statement_id AS statement
  FROM recon_break b CROSS JOIN book k LEFT JOIN statement t USING (statement_id)
    LEFT JOIN loan l ON l.bucket = b.bucket AND l.loan_id = b.loan_id AND b.loan_id > 0`;

/** Open breaks of cash that versions before let go, which `db migrate` lists once. */
export async function countLostCash(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `SELECT count(*) AS count FROM recon_break WHERE type = 'cash' AND state = 'open'`,
  );
  return rows[0]!.count;
}

/** Breaks, the oldest first. Throws LoanbookError `unknown_break_type` (2). */
export async function listBreaks(client: pg.Client, filter: BreakFilter): Promise<Break[]> {
  const { code, type, isAll, limit, id } = filter;
  if (type !== undefined && !(type in BREAK_TYPES)) {
    throw new LoanbookError('unknown_break_type', 'There is no such type of break.', {
      exitCode: EXIT.usage,
      evidence: { type, known: Object.keys(BREAK_TYPES).join(', ') },
      next: 'Name one of them.',
    });
  }
  const digits = await minorDigitsOf(client);
  const { rows } = await client.query<Omit<Break, keyof BreakRow> & BreakRow>(
    `${SELECT} WHERE ($1::text IS NULL OR coalesce(t.code, b.partner) = $1)
       AND ($2::text IS NULL OR b.type = $2)
       AND ($3 OR b.state = 'open') AND ($4::bigint IS NULL OR b.break_id = $4)
     ORDER BY b.since, b.break_id LIMIT $5`,
    [code ?? null, type ?? null, isAll === true, id ?? null, limit ?? null],
  );
  const text = (fen: bigint | null) => (fen === null ? '' : formatAmount(fen, digits));
  return rows.map(({ their, our, ledger, ...row }) => ({
    ...row,
    typeZh: BREAK_TYPES[row.type],
    side: row.difference > 0 ? '长款' : row.difference < 0 ? '短款' : '',
    theirAmount: text(their),
    ourAmount: text(our),
    ledgerAmount: text(ledger),
    difference: text(row.difference),
    suspense: text(row.suspense),
  }));
}

export interface BreakAction {
  readonly action: string;
  readonly byWhom: string;
  readonly checker: string | null;
  readonly note: string;
  readonly at: string;
}

/** One break with what was done about it. Throws LoanbookError `unknown_break` (2). */
export async function showBreak(
  client: pg.Client,
  id: number,
): Promise<Break & { readonly actions: readonly BreakAction[] }> {
  const [found] = await listBreaks(client, { id, isAll: true });
  if (found === undefined) throw unknownBreak(id);
  const { rows } = await client.query<BreakAction>(
    `SELECT action, by_whom AS "byWhom", checker, note,
       to_char(at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS at
     FROM break_action WHERE break_id = $1 ORDER BY action_id`,
    [id],
  );
  return { ...found, actions: rows };
}

export function unknownBreak(id: number): LoanbookError {
  return new LoanbookError('unknown_break', 'There is no such break.', {
    exitCode: EXIT.usage,
    evidence: { break: id },
    next: '`loanbook breaks list --all` shows them.',
  });
}
