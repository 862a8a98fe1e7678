import type pg from 'pg';
import { formatAmount } from '../../accounting/money/amount-text.js';
import type { TableColumn } from '../../files/table.js';
import { BREAK_TYPES, type Break, listBreaks } from './breaks.js';
import { minorDigitsOf } from './reconcile-outcome.js';
import { STATEMENT_ROW, type StatementRow } from './statement-record.js';

/** Age bands of open breaks by their first day, in days; the titles are what reports show. */
export const AGE_BANDS = [
  { title: '0-1天', until: 1 },
  { title: '2-3天', until: 3 },
  { title: '4-7天', until: 7 },
  { title: '8-30天', until: 30 },
  { title: '30天以上', until: Number.POSITIVE_INFINITY },
] as const;

/** One statement of the report; amounts are decimal text. */
export interface ReportStatement {
  readonly code: string;
  readonly date: string;
  readonly revision: number;
  readonly state: string;
  readonly lines: number;
  readonly amount: string;
  readonly fee: string;
  readonly ourAmount: string;
  readonly ledgerAmount: string;
  readonly matched: number;
  readonly suspense: string;
  readonly tolerated: string;
  readonly settled: string;
}

export interface ReconcileReport {
  readonly businessDate: string;
  readonly entity: string;
  readonly statements: readonly ReportStatement[];
  readonly breaks: readonly Break[];
  /** Open breaks by type (in the order of BREAK_TYPES) and age band. */
  readonly ages: readonly { readonly type: string; readonly title: string; counts: number[] }[];
}

/** What stands: the last statements of each channel and every open break, aged by the open day. */
export async function reconcileReport(client: pg.Client): Promise<ReconcileReport> {
  const digits = await minorDigitsOf(client);
  const { rows: books } = await client.query<{ entity: string; day: string }>(
    'SELECT entity, business_date AS day FROM book',
  );
  const { rows } = await client.query<StatementRow>(
    `SELECT ${STATEMENT_ROW} FROM statement t WHERE state <> 'replaced'
     ORDER BY statement_date DESC, code LIMIT 100`,
  );
  const text = (fen: bigint) => formatAmount(fen, digits);
  const breaks = await listBreaks(client, {});
  return {
    businessDate: books[0]!.day,
    entity: books[0]!.entity,
    statements: rows.map((row) => ({
      code: row.code,
      date: row.statement_date,
      revision: row.revision,
      state: STATE_TITLES[row.state],
      lines: row.lines,
      amount: text(row.amount),
      fee: text(row.fee),
      ourAmount: text(row.our_amount),
      ledgerAmount: row.kind === 'bank' ? '' : text(row.ledger_amount),
      matched: row.matched,
      suspense: text(row.suspense),
      tolerated: text(row.tolerated_long - row.tolerated_short),
      settled: row.kind === 'bank' ? '' : row.settled_by === null ? '未到账' : '已到账',
    })),
    breaks,
    ages: agesOf(breaks),
  };
}

const STATE_TITLES = { matched: '已对账', posted: '已记账', replaced: '已替换' } as const;

function agesOf(breaks: readonly Break[]): ReconcileReport['ages'] {
  return Object.entries(BREAK_TYPES).map(([type, title]) => {
    const counts = AGE_BANDS.map(() => 0);
    for (const found of breaks) {
      if (found.type !== type) continue;
      const band = AGE_BANDS.findIndex(({ until }) => found.ageDays <= until);
      counts[band] = counts[band]! + 1;
    }
    return { type, title, counts };
  });
}

export const column = (key: string, title: string, kind: TableColumn['kind']): TableColumn => ({
  key,
  title,
  kind,
});

export const BREAK_COLUMNS: readonly TableColumn[] = [
  column('id', '差异号', 'count'),
  column('code', '渠道', 'text'),
  column('since', '账单日', 'date'),
  column('ageDays', '账龄(天)', 'count'),
  column('typeZh', '差异类型', 'text'),
  column('side', '长短款', 'text'),
  column('orderNo', '订单号', 'text'),
  column('loanNo', '借据号', 'text'),
  column('theirAmount', '对方金额', 'amount'),
  column('ourAmount', '我方金额', 'amount'),
  column('ledgerAmount', '账务金额', 'amount'),
  column('difference', '差额', 'amount'),
  column('suspense', '挂账金额', 'amount'),
  column('pendingUntil', '等待至', 'date'),
  column('assignee', '处理人', 'text'),
];

export const STATEMENT_COLUMNS: readonly TableColumn[] = [
  column('code', '渠道', 'text'),
  column('date', '账单日', 'date'),
  column('revision', '版本', 'count'),
  column('state', '状态', 'text'),
  column('lines', '笔数', 'count'),
  column('amount', '对方金额', 'amount'),
  column('fee', '手续费', 'amount'),
  column('ourAmount', '我方金额', 'amount'),
  column('ledgerAmount', '账务金额', 'amount'),
  column('matched', '一致笔数', 'count'),
  column('suspense', '挂账金额', 'amount'),
  column('tolerated', '容差尾差', 'amount'),
  column('settled', '到账', 'text'),
];
