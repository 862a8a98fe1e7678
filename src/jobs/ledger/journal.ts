import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import type { EpochDay, Fen } from '../../accounting/money/units.js';
import { MOVEMENTS, type MovementKind } from '../../accounting/posting/flow.js';
import { cursorRows } from '../../db/cursor.js';
import type { SealedRange } from '../day/sealed-range.js';
import { ENTRY_KIND, movementOf, TAX_KIND, WRITE_OFF_LOSS_KIND } from './entry.js';

/** A line of a sealed day's journal with what it stands for. */
export interface JournalLine {
  readonly businessDate: string;
  /** Unique within its day. */
  readonly voucher: number;
  readonly line: number;
  readonly accountId: number;
  readonly account: string;
  readonly accountName: string;
  readonly accountNameZh: string;
  /** Minor units, debit positive. */
  readonly amount: Fen;
  readonly kind: number;
  /** Of an entry that no loan's fold made. */
  readonly entryMemo: string | null;
  /** Of the event or the entry; null: the close itself. */
  readonly ref: string | null;
  readonly loanNo: string | null;
  readonly product: string | null;
  readonly org: string | null;
  readonly fundingPlan: string | null;
}

const LINES = `SELECT j.business_date AS "businessDate", j.voucher, j.line,
    j.account_id AS "accountId", a.code AS account, a.name AS "accountName",
    a.name_zh AS "accountNameZh", j.amount, j.kind, n.memo AS "entryMemo",
    coalesce(e.ref, n.reference) AS ref, l.loan_no AS "loanNo", p.code AS product, g.org,
    g.funding_plan AS "fundingPlan"
  FROM journal_line j
    JOIN account a ON a.account_id = j.account_id
    LEFT JOIN loan l ON l.bucket = j.bucket AND l.loan_id = j.loan_id
    LEFT JOIN event e ON j.kind < ${ENTRY_KIND}
      AND e.bucket = j.bucket AND e.loan_id = j.loan_id AND e.event_id = j.event_id
    LEFT JOIN entry n ON j.kind >= ${ENTRY_KIND} AND n.entry_id = j.event_id
    LEFT JOIN accounting_group g ON g.group_id = j.group_id
    LEFT JOIN product_version p ON p.product_id = g.product_id
  WHERE j.business_date = $1 AND ($2::int IS NULL OR j.account_id = $2)
  ORDER BY j.voucher, j.line`;

/** The journal of sealed days in order of day, voucher and line, streamed; of an account or all. */
export async function* journalLines(
  client: pg.Client,
  { from, to }: Pick<SealedRange, 'from' | 'to'>,
  options: { readonly accountId?: number; readonly signal?: AbortSignal } = {},
): AsyncGenerator<JournalLine> {
  const { accountId = null, signal } = options;
  for (let day = from; day <= to; day += 1) {
    yield* cursorRows<JournalLine>(client, LINES, [formatDay(day), accountId], signal);
  }
}

/** What a line is for (摘要): the memo of its entry, or the name of its movement. */
export function memoOf({ kind, entryMemo }: Pick<JournalLine, 'kind' | 'entryMemo'>): string {
  if (kind === TAX_KIND) return '价税分离';
  if (kind === WRITE_OFF_LOSS_KIND) return '核销补提';
  const movement = MOVEMENTS[kind];
  return entryMemo ?? (movement === undefined ? movementOf(kind) : MOVEMENT_MEMOS[movement]);
}

const MOVEMENT_MEMOS: Readonly<Record<MovementKind, string>> = {
  disbursement: '放款',
  opening: '期初迁入',
  accrual: '计提',
  due: '结息',
  repayment: '还款',
  suspense_use: '溢缴款抵扣',
  overdue: '转逾期',
  non_accrual: '转非应计',
  accrual_back: '转回应计',
  fee: '收费',
  waiver: '减免',
  merchant_refund: '退货',
  suspense_refund: '溢缴款退还',
  write_off: '核销',
  recovery: '核销收回',
  transfer: '资产转让',
  service_fee: '服务费',
};

/** Balances at the close of a day by account, in minor units; none before the book's first day. */
export async function balancesAt(client: pg.Client, day: EpochDay): Promise<Map<number, bigint>> {
  const { rows } = await client.query<{ accountId: number; balance: bigint }>(
    `SELECT account_id AS "accountId", sum(balance) AS balance FROM gl_balance
     WHERE business_date = $1 GROUP BY account_id`,
    [formatDay(day)],
  );
  return new Map(rows.map((row) => [row.accountId, row.balance]));
}
