import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { formatAmount } from '../../accounting/money/amount-text.js';
import type { EpochDay } from '../../accounting/money/units.js';
import { EXIT, LoanbookError } from '../../errors.js';
import type { Report } from '../../files/report.js';
import type { TableColumn, TableRow } from '../../files/table.js';
import type { Account } from '../book/book.js';
import { type SealedRange, sealedRange } from '../day/sealed-range.js';
import { movementOf } from './entry.js';
import { findAccount } from './find-account.js';
import { balancesAt, journalLines, memoOf } from './journal.js';

export interface StatementQuery {
  readonly account: string;
  readonly from: EpochDay;
  readonly to: EpochDay;
  readonly signal?: AbortSignal;
}

const COLUMNS: readonly TableColumn[] = [
  { key: 'businessDate', title: '日期 day', kind: 'date', width: 12 },
  { key: 'voucher', title: '凭证 voucher', kind: 'text', width: 16 },
  { key: 'line', title: '行 line', kind: 'count', width: 8 },
  { key: 'memo', title: '摘要 memo', kind: 'text' },
  { key: 'movement', title: 'movement', kind: 'text' },
  { key: 'ref', title: '流水号 ref', kind: 'text', width: 24 },
  { key: 'loanNo', title: '借据号 loan', kind: 'text', width: 20 },
  { key: 'debit', title: '借方 debit', kind: 'amount' },
  { key: 'credit', title: '贷方 credit', kind: 'amount' },
  { key: 'balance', title: '余额 balance', kind: 'amount' },
];

/**
 * The statement of one account (明细账): its opening balance, each journal line with the balance
 * behind it, its closing balance, debit positive. Lines are streamed. Throws what `sealedRange` and
 * `findAccount` do; reading the rows throws `statement_differs` (3) where they do not lead to the
 * ledger's closing balance.
 */
export async function accountStatement(client: pg.Client, query: StatementQuery): Promise<Report> {
  const range = await sealedRange(client, query);
  const account = await findAccount(client, query.account);
  const before = await balancesAt(client, range.from - 1);
  const after = await balancesAt(client, range.to);
  const opening = before.get(account.accountId) ?? 0n;
  const closing = after.get(account.accountId) ?? 0n;
  const text = (fen: bigint) => formatAmount(fen, range.minorDigits);
  return {
    head: {
      entity: range.entity,
      currency: range.currency,
      account: account.code,
      nameZh: account.nameZh,
      name: account.name,
      from: formatDay(range.from),
      to: formatDay(range.to),
      opening: text(opening),
      closing: text(closing),
    },
    tables: [
      {
        name: 'lines',
        title: '明细账',
        columns: COLUMNS,
        rows: statementRows(client, range, account, { opening, closing }, query.signal),
      },
    ],
  };
}

async function* statementRows(
  client: pg.Client,
  range: SealedRange,
  { accountId, code }: Account,
  { opening, closing }: { readonly opening: bigint; readonly closing: bigint },
  signal: AbortSignal | undefined,
): AsyncGenerator<TableRow> {
  const text = (fen: bigint) => formatAmount(fen, range.minorDigits);
  let [balance, debits, credits] = [opening, 0n, 0n];
  yield { businessDate: formatDay(range.from), memo: '期初余额', balance: text(opening) };
  for await (const line of journalLines(client, range, { accountId, signal })) {
    const amount = BigInt(line.amount);
    balance += amount;
    if (amount > 0n) debits += amount;
    else credits -= amount;
    yield {
      businessDate: line.businessDate,
      voucher: String(line.voucher),
      line: line.line,
      memo: memoOf(line),
      movement: movementOf(line.kind),
      ref: line.ref,
      loanNo: line.loanNo,
      debit: amount > 0n ? text(amount) : null,
      credit: amount < 0n ? text(-amount) : null,
      balance: text(balance),
    };
  }
  if (balance !== closing) {
    throw new LoanbookError('statement_differs', 'The lines do not lead to the closing balance.', {
      exitCode: EXIT.difference,
      evidence: { account: code, expected: text(closing), actual: text(balance) },
      next: '`loanbook check --date DAY` finds the day whose rows are not those that were sealed.',
    });
  }
  yield {
    businessDate: formatDay(range.to),
    memo: '期末余额',
    debit: text(debits),
    credit: text(credits),
    balance: text(balance),
  };
}
