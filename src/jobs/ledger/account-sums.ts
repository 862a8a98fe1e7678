import type pg from 'pg';
import { formatDay } from '../../accounting/epoch-day.js';
import { InvariantError } from '../../accounting/refusal.js';
import type { EpochDay, Fen } from '../../accounting/units.js';
import { readSql } from '../../db/sql-file.js';
import { dayTable } from '../eod/day-table.js';

export interface LedgerAccount {
  readonly accountId: number;
  readonly code: string;
  readonly name: string;
  readonly nameZh: string;
  readonly normalSide: 'debit' | 'credit';
  readonly subledger: string | null;
}

/** One account and group on one day; minor units, debit positive. */
export interface AccountSumLine {
  readonly account: LedgerAccount;
  readonly groupId: number;
  /** Over the positions as they stand now. */
  positions: Fen;
  /** The same when the day was sealed. */
  sealed: Fen;
  /** The balance kept of the day. */
  balance: Fen;
  /** The balance of the day before and the journal of the day. */
  moved: Fen;
}

export interface AccountSums {
  readonly loans: number;
  readonly lines: readonly AccountSumLine[];
}

/** The chart in order of codes. */
export async function ledgerAccounts(client: pg.Client): Promise<LedgerAccount[]> {
  const { rows } = await client.query<LedgerAccount>(
    `SELECT account_id AS "accountId", code, name, name_zh AS "nameZh",
       normal_side AS "normalSide", subledger FROM account ORDER BY code`,
  );
  return rows;
}

interface PositionSum {
  readonly group_id: number;
  readonly accruing: boolean;
  readonly loans: number;
  /** Sums of bigint are numeric: decimal text. */
  readonly [measure: string]: string | number | boolean;
}

const PLAIN = ['principal_normal', 'principal_overdue', 'fee', 'suspense'];
const ON_BALANCE = ['interest_accrued', 'interest_due', 'penalty', 'compound'];

/** Every sum of every account and group that one sealed day gives: one scan of its positions. */
export async function accountSums(
  client: pg.Client,
  date: EpochDay,
  accounts: readonly LedgerAccount[],
): Promise<AccountSums> {
  const lines = new Map<string, AccountSumLine>();
  const lineOf = (account: LedgerAccount, groupId: number): AccountSumLine => {
    const key = `${account.accountId}/${groupId}`;
    let line = lines.get(key);
    if (line === undefined) {
      line = { account, groupId, positions: 0, sealed: 0, balance: 0, moved: 0 };
      lines.set(key, line);
    }
    return line;
  };
  const byMeasure = new Map(accounts.map((account) => [account.subledger, account]));
  const sql = readSql('reconcile-positions').replaceAll(':position', dayTable('position', date));
  const { rows } = await client.query<PositionSum>(sql);
  let loans = 0;
  for (const row of rows) {
    loans += row.loans;
    for (const [measure, amount] of measuresOf(row)) {
      const account = byMeasure.get(measure);
      if (account === undefined) continue;
      const side = account.normalSide === 'debit' ? 1 : -1;
      lineOf(account, row.group_id).positions += side * amount;
    }
  }
  await addLedger(client, date, accounts, lineOf);
  return { loans, lines: [...lines.values()] };
}

function measuresOf(row: PositionSum): [string, Fen][] {
  const amountOf = (measure: string) => exact(row[measure] as string);
  const sums = PLAIN.map((measure): [string, Fen] => [measure, amountOf(measure)]);
  const charged = ON_BALANCE.map((measure): [string, Fen] => [measure, amountOf(measure)]);
  if (row.accruing) return [...sums, ...charged];
  const off = charged.reduce((sum, [, amount]) => sum + amount, 0);
  return [...sums, ['off_balance_interest', off]];
}

async function addLedger(
  client: pg.Client,
  date: EpochDay,
  accounts: readonly LedgerAccount[],
  lineOf: (account: LedgerAccount, groupId: number) => AccountSumLine,
): Promise<void> {
  const sql = readSql('reconcile-ledger').replaceAll(':journal', dayTable('journal_line', date));
  const { rows } = await client.query<{
    account_id: number;
    group_id: number;
    balance: Fen;
    moved: Fen;
    kept: Fen;
  }>(sql, [formatDay(date)]);
  const byId = new Map(accounts.map((account) => [account.accountId, account]));
  for (const row of rows) {
    const account = byId.get(row.account_id) ?? unknownAccount(row.account_id);
    const line = lineOf(account, row.group_id);
    line.balance = row.balance;
    line.moved = row.moved;
    line.sealed = row.kept;
  }
}

/** No foreign key binds the lines of a journal: a changed one may name anything. */
function unknownAccount(accountId: number): LedgerAccount {
  const code = `no account ${accountId}`;
  return { accountId, code, name: '', nameZh: '', normalSide: 'debit', subledger: null };
}

function exact(text: string): Fen {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  throw new InvariantError('a sum does not fit', { sum: text });
}
