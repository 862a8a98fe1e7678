import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { formatAmount } from '../../accounting/money/amount-text.js';
import type { EpochDay } from '../../accounting/money/units.js';
import type { SubledgerMeasure } from '../../accounting/posting/posting.js';
import { cursorRows } from '../../db/cursor.js';
import { EXIT, LoanbookError } from '../../errors.js';
import type { Report } from '../../files/report.js';
import type { TableColumn, TableRow } from '../../files/table.js';
import type { Account } from '../book/book.js';
import { loadAccounts } from '../book/load-book.js';
import {
  type JointGroups,
  jointGroups,
  positionRecord,
  stockOfRecord,
} from '../day/joint/joint-stocks.js';
import { type SealedRange, sealedRange } from '../day/sealed-range.js';
import { findAccount } from './find-account.js';
import { jointMeasure } from './joint-sums.js';
import { balancesAt } from './journal.js';

export interface SubledgerQuery {
  /** Code; every account with a sub-ledger without it. */
  readonly account?: string;
  readonly asOf?: EpochDay;
  readonly signal?: AbortSignal;
}

const COLUMNS: readonly TableColumn[] = [
  { key: 'account', title: '科目 account', kind: 'text', width: 12 },
  { key: 'nameZh', title: '科目名称', kind: 'text', width: 28 },
  { key: 'loanNo', title: '借据号 loan', kind: 'text', width: 24 },
  { key: 'product', title: '产品 product', kind: 'text' },
  { key: 'org', title: '机构 org', kind: 'text' },
  { key: 'fundingPlan', title: '资金方案 funding plan', kind: 'text' },
  { key: 'balance', title: '余额 balance', kind: 'amount' },
];

/** Each measure of a position, the lender's alone, as `subledger_equals_ledger` sums it. */
const MEASURES: Readonly<Record<SubledgerMeasure, string>> = {
  principal_normal: 'p.principal - p.principal_overdue',
  principal_overdue: 'p.principal_overdue',
  interest_accrued: 'CASE WHEN p.accruing THEN p.interest_accrued ELSE 0 END',
  interest_due: 'CASE WHEN p.accruing THEN p.interest_due ELSE 0 END',
  penalty: 'CASE WHEN p.accruing THEN p.penalty_due ELSE 0 END',
  compound: 'CASE WHEN p.accruing THEN p.compound_due ELSE 0 END',
  fee: 'p.fee_due',
  suspense: 'greatest(p.suspense, 0)',
  refund_due: 'greatest(0 - p.suspense, 0)',
  off_balance_interest: `CASE WHEN p.accruing THEN 0
    ELSE p.interest_accrued + p.interest_due + p.penalty_due + p.compound_due END`,
  partner_principal: '0',
  partner_interest: '0',
};

interface LoanBalance {
  readonly loanNo: string;
  readonly product: string;
  readonly org: string;
  readonly fundingPlan: string;
  /** A sum of amounts of the loan, which are safe integers each. */
  readonly balance: bigint;
}

/**
 * The balance of each account with a sub-ledger by loan (分户账), debit positive, with a total an
 * account. Loans are streamed. Throws what `sealedRange` and `findAccount` do and
 * `account_without_subledger` (2); reading the rows throws `subledger_differs` (3) where the loans
 * do not sum to the account.
 */
export async function subledger(client: pg.Client, query: SubledgerQuery): Promise<Report> {
  const range = await sealedRange(client, { to: query.asOf });
  const accounts = await accountsOf(client, query.account);
  const { entity, currency, to } = range;
  return {
    head: { entity, currency, account: query.account ?? null, asOf: formatDay(to) },
    tables: [
      {
        name: 'lines',
        title: '分户账',
        columns: COLUMNS,
        rows: allRows(client, range, accounts, query.signal),
      },
    ],
  };
}

async function accountsOf(client: pg.Client, code: string | undefined): Promise<Account[]> {
  const withSubledger = (await loadAccounts(client)).filter((each) => each.subledger !== null);
  if (code === undefined) return withSubledger;
  const account = await findAccount(client, code);
  if (account.subledger !== null) return [account];
  throw new LoanbookError('account_without_subledger', 'The account has no sub-ledger by loan.', {
    exitCode: EXIT.usage,
    evidence: { account: code, with: withSubledger.map((each) => each.code).join(', ') },
    next: 'Name one of those; `loanbook gl statement` lists the lines of any account.',
  });
}

async function* allRows(
  client: pg.Client,
  { to, minorDigits }: SealedRange,
  accounts: readonly Account[],
  signal: AbortSignal | undefined,
): AsyncGenerator<TableRow> {
  const ledger = await balancesAt(client, to);
  const joint = await jointGroups(client);
  for (const account of accounts) {
    const { accountId, code, nameZh, normalSide } = account;
    const named = { account: code, nameZh };
    let sum = 0n;
    for await (const { balance, ...loan } of loanBalances(client, joint, to, account, signal)) {
      const signed = normalSide === 'debit' ? balance : -balance;
      sum += signed;
      yield { ...named, ...loan, balance: formatAmount(signed, minorDigits) };
    }
    const expected = ledger.get(accountId) ?? 0n;
    if (sum !== expected) {
      throw new LoanbookError('subledger_differs', 'The loans do not sum to the account.', {
        exitCode: EXIT.difference,
        evidence: {
          account: code,
          asOf: formatDay(to),
          expected: formatAmount(expected, minorDigits),
          actual: formatAmount(sum, minorDigits),
        },
        next: '`loanbook check subledger_equals_ledger position_sums` tells what differs.',
      });
    }
    yield { ...named, loanNo: '合计 total', balance: formatAmount(sum, minorDigits) };
  }
}

/** Of a joint loan the lender's share, or the others', is worked out of its row. */
async function* loanBalances(
  client: pg.Client,
  { groupIds, loans }: JointGroups,
  day: EpochDay,
  { subledger: measure }: Account,
  signal: AbortSignal | undefined,
): AsyncGenerator<LoanBalance> {
  const amount = MEASURES[measure as SubledgerMeasure];
  const isJoint = `p.group_id IN (${[0, ...groupIds].join(', ')})`;
  const rows = cursorRows<LoanBalance & { row: Buffer | null }>(
    client,
    `SELECT l.loan_no AS "loanNo", v.code AS product, g.org, g.funding_plan AS "fundingPlan",
       (${amount})::numeric AS balance,
       CASE WHEN ${isJoint} THEN ${positionRecord('p')} END AS row
     FROM position p JOIN loan l ON l.bucket = p.bucket AND l.loan_id = p.loan_id
       JOIN accounting_group g ON g.group_id = p.group_id
       JOIN product_version v ON v.product_id = g.product_id
     WHERE p.business_date = $1 AND ((${amount}) <> 0 OR ${isJoint})
     ORDER BY l.loan_no`,
    [formatDay(day)],
    signal,
  );
  for await (const { row, ...loan } of rows) {
    const stock = row === null ? undefined : stockOfRecord(loans, row);
    if (stock === undefined) yield loan;
    else {
      const share = jointMeasure(measure as SubledgerMeasure, stock.position, stock.stock);
      if (share !== 0) yield { ...loan, balance: BigInt(share) };
    }
  }
}
