import type pg from 'pg';
import { formatDay, parseDay } from '../../accounting/calendar/epoch-day.js';
import { bucketOf } from '../../accounting/fold/loan-bucket.js';
import { STATUS } from '../../accounting/fold/position.js';
import { formatAmount } from '../../accounting/money/amount-text.js';
import { Total } from '../../accounting/money/total.js';
import { type EpochDay, type Fen, NO_DAY } from '../../accounting/money/units.js';
import { EXIT, LoanbookError } from '../../errors.js';
import type { Report } from '../../files/report.js';
import type { Table, TableColumn } from '../../files/table.js';
import { readOpen } from '../day/packed.js';
import { sealedRange } from '../day/sealed-range.js';
import type { KeySource } from '../parties/key-source.js';
import { type LoanParty, partyOfLoan } from '../parties/party-view.js';
import {
  findLoan,
  type LoanRow,
  loadEvents,
  loadPosition,
  type StoredPosition,
} from './loan-queries.js';
import { unknownLoan } from './show-loan.js';
import { loadStatementAllocations, loadStatementMoves } from './statement-queries.js';
import { statementRows, TRANSACTION_COLUMNS } from './statement-rows.js';

export interface CustomerQuery {
  readonly loanNo: string;
  /** Left out: the day on which the loan entered the book. */
  readonly from?: EpochDay;
  /** Left out: the last sealed day. */
  readonly to?: EpochDay;
  /** Where the master keys are: the customer stands in it by a mask. */
  readonly keys?: KeySource;
}

/**
 * The statement of one loan for its customer (客户对账单): disbursement, each repayment with its
 * split, what is held, and what is owed at the close of the last day. Throws what `sealedRange`
 * does, `unknown_loan` (1), `loan_not_in_book` (2), and `statement_differs` (3) where the rows do
 * not lead to the position.
 */
export async function customerStatement(client: pg.Client, query: CustomerQuery): Promise<Report> {
  const { loanNo } = query;
  const loan = await findLoan(client, bucketOf(loanNo), loanNo, null);
  if (loan === undefined) throw unknownLoan(loanNo);
  const { to } = await sealedRange(client, { to: query.to });
  const bornOn = parseDay(loan.bornOn)!;
  if (bornOn > to) throw notInBook(loanNo, loan, to);
  const { from } = await sealedRange(client, { from: query.from ?? bornOn, to });
  const last = formatDay(to);
  const position = await loadPosition(client, loan, last);
  if (position === undefined) throw notInBook(loanNo, loan, to);
  const sources = {
    events: await loadEvents(client, loan, last),
    allocations: await loadStatementAllocations(client, loan, to),
    moves: await loadStatementMoves(client, loan, to),
  };
  const party = await partyOfLoan(client, loan, query.keys);
  const said = statementRows(sources, formatDay(from), loan.minorDigits);
  const owed = owedOf(position);
  requireEqual(
    loanNo,
    loan,
    { ...said },
    {
      principal: owed[0]!.total,
      suspense: position.suspense,
      refundDue: position.refundDue,
    },
  );
  return {
    head: {},
    main: 'transactions',
    tables: [
      loanTable(loanNo, loan, position, { from: formatDay(from), to: last, party }),
      { name: 'transactions', title: '交易明细', columns: TRANSACTION_COLUMNS, rows: said.rows },
      owedTable(owed, position, loan.minorDigits),
    ],
  };
}

const LOAN_COLUMNS: readonly TableColumn[] = [
  { key: 'itemZh', title: '借据信息', kind: 'text' },
  { key: 'item', title: 'item', kind: 'text' },
  { key: 'value', title: '内容', kind: 'text', width: 40 },
];

function loanTable(
  loanNo: string,
  loan: LoanRow,
  position: StoredPosition,
  span: { readonly from: string; readonly to: string; readonly party: LoanParty | null },
): Table {
  const { from, to, party } = span;
  const next = position.nextDueOn === formatDay(NO_DAY) ? null : position.nextDueOn;
  const lines = [
    ['loanNo', '借据号', loanNo],
    ...(party === null ? [] : ([['customer', '客户', party.name ?? party.party]] as const)),
    ['product', '产品', `${loan.product} ${loan.productName}`],
    ['currency', '币种', loan.currency],
    ['loanAmount', '借款金额', formatAmount(loan.principal, loan.minorDigits)],
    ['rate', '利率', loan.rate],
    ['periods', '期数', loan.periods],
    ['disbursedOn', '放款日', loan.disbursedOn],
    ['from', '对账起日', from],
    ['to', '对账止日', to],
    ['status', '状态', STATUS_ZH[position.status] ?? String(position.status)],
    ['daysPastDue', '逾期天数', position.daysPastDue],
    ['nextDueOn', '下一应还日', next],
  ] as const;
  const rows = lines.map(([item, itemZh, value]) => ({ item, itemZh, value }));
  return { name: 'loan', title: '借据信息', columns: LOAN_COLUMNS, rows };
}

/** By status, for the customer: a loan that was written off is owed and overdue. */
const STATUS_ZH: Readonly<Record<number, string>> = {
  [STATUS.normal]: '正常',
  [STATUS.overdue]: '逾期',
  [STATUS.settled]: '已结清',
  [STATUS.writtenOff]: '逾期',
  [STATUS.cancelled]: '已取消',
  [STATUS.transferred]: '已转让',
};

interface Owed {
  readonly item: string;
  readonly itemZh: string;
  readonly due: Fen;
  readonly total: Fen;
}

/** What is owed, principal first; of a loan that was written off what is left of the claim. */
function owedOf(position: StoredPosition): Owed[] {
  const { open } = readOpen(position.openInstallments);
  const sum = (of: (item: (typeof open)[number]) => Fen) =>
    open.reduce((total, item) => total + of(item), 0);
  const principal = sum((item) => item.principalOpen);
  const interest = sum((item) => item.interestOpen);
  const isWrittenOff = position.status === STATUS.writtenOff;
  const all = (due: Fen, notDue: Fen) => ({ due, total: due + (isWrittenOff ? 0 : notDue) });
  return [
    { item: 'principal', itemZh: '本金', ...all(principal, position.principal - principal) },
    { item: 'interest', itemZh: '利息', ...all(interest, position.interestAccrued) },
    {
      item: 'penalty',
      itemZh: '罚息',
      ...all(
        sum((item) => item.penalty.open),
        0,
      ),
    },
    {
      item: 'compound',
      itemZh: '复利',
      ...all(
        sum((item) => item.compound.open),
        0,
      ),
    },
    {
      item: 'fee',
      itemZh: '费用',
      ...all(
        sum((item) => item.feeOpen),
        0,
      ),
    },
    { item: 'refund_due', itemZh: '应退回款', due: position.refundDue, total: position.refundDue },
  ];
}

const OWED_COLUMNS: readonly TableColumn[] = [
  { key: 'itemZh', title: '应还项目', kind: 'text' },
  { key: 'item', title: 'item', kind: 'text' },
  { key: 'due', title: '已到期应还', kind: 'amount' },
  { key: 'notDue', title: '未到期', kind: 'amount' },
  { key: 'total', title: '合计', kind: 'amount' },
];

function owedTable(owed: readonly Owed[], { suspense }: StoredPosition, digits: number): Table {
  const text = (fen: Fen | bigint) => formatAmount(fen, digits);
  const [due, notDue, total] = [new Total(), new Total(), new Total()];
  const rows = owed.map((each) => {
    const ahead = each.total - each.due;
    due.add(each.due);
    notDue.add(ahead);
    total.add(each.total);
    const { item, itemZh } = each;
    return { item, itemZh, due: text(each.due), notDue: text(ahead), total: text(each.total) };
  });
  const all = { due: text(due.value), notDue: text(notDue.value), total: text(total.value) };
  const sum = { item: 'total', itemZh: '应还合计', ...all };
  const held = { item: 'suspense', itemZh: '暂收款余额', total: text(suspense) };
  return { name: 'owed', title: '应还情况', columns: OWED_COLUMNS, rows: [...rows, sum, held] };
}

interface Standing {
  readonly principal: Fen;
  readonly suspense: Fen;
  readonly refundDue: Fen;
}

function requireEqual(
  loanNo: string,
  { minorDigits }: LoanRow,
  actual: Standing,
  expected: Standing,
): void {
  const said = ({ principal, suspense, refundDue }: Standing) =>
    `principal ${formatAmount(principal, minorDigits)}, ` +
    `suspense ${formatAmount(suspense, minorDigits)}, ` +
    `refund due ${formatAmount(refundDue, minorDigits)}`;
  if (said(actual) === said(expected)) return;
  throw new LoanbookError('statement_differs', 'The rows do not lead to what the loan stands at.', {
    exitCode: EXIT.difference,
    evidence: { loanNo, expected: said(expected), actual: said(actual) },
    next: '`loanbook check` tells whether the day ties; `loanbook loan show` lists the entries.',
  });
}

function notInBook(loanNo: string, { bornOn }: LoanRow, to: EpochDay): LoanbookError {
  return new LoanbookError('loan_not_in_book', 'The loan was not in the book on that day yet.', {
    exitCode: EXIT.usage,
    evidence: { loanNo, entersOn: bornOn, to: formatDay(to) },
    next: 'Name a sealed day from the one on which it enters.',
  });
}
