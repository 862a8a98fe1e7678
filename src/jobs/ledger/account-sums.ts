import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../accounting/money/units.js';
import { daySql } from '../day/day-sql.js';
import { type JointGroups, jointGroups } from '../day/joint/joint-stocks.js';
import { type JointSums, jointSums } from './joint-sums.js';
import { untouchedLoans } from './untouched.js';

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
  positions: bigint;
  /** The same when the day was sealed. */
  sealed: bigint;
  /** The balance kept of the day. */
  balance: bigint;
  /** The balance of the day before and the journal of the day. */
  moved: bigint;
}

export interface AccountSums {
  readonly loans: number;
  readonly lines: readonly AccountSumLine[];
  /** Over all groups, by account id: what the positions sum to. */
  readonly totals: ReadonlyMap<number, bigint>;
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
  /** Sums of bigint are numeric. */
  readonly [measure: string]: bigint | number | boolean;
}

const PLAIN = ['principal_normal', 'principal_overdue', 'fee', 'suspense', 'refund_due'];
const ON_BALANCE = ['interest_accrued', 'interest_due', 'penalty', 'compound'];

type LineOf = (account: LedgerAccount, groupId: number) => AccountSumLine;

/** How the positions of a day are summed. */
export interface SumsOptions {
  /** Group by group at once, not only where the totals differ. */
  readonly byGroup?: boolean;
  /** Take the sums of the seal where the server shows that no row was touched since. */
  readonly untouchedAsSealed?: boolean;
}

/**
 * Every sum of every account that one sealed day gives: one scan of its positions. Where that shows
 * a difference, or `byGroup` asks for it, a second scan tells the groups apart; otherwise the
 * positions of each line are its balance.
 */
export async function accountSums(
  client: pg.Client,
  date: EpochDay,
  accounts: readonly LedgerAccount[],
  options: SumsOptions = {},
): Promise<AccountSums> {
  const lines = new Map<string, AccountSumLine>();
  const lineOf: LineOf = (account, groupId) => {
    const key = `${account.accountId}/${groupId}`;
    let line = lines.get(key);
    if (line === undefined) {
      line = { account, groupId, positions: 0n, sealed: 0n, balance: 0n, moved: 0n };
      lines.set(key, line);
    }
    return line;
  };
  const all = () => [...lines.values()];
  await addLedger(client, date, accounts, lineOf);
  if (options.untouchedAsSealed === true) {
    const loans = await untouchedLoans(client, date);
    if (loans !== null) return asSealed(all(), loans);
  }
  const groups = await jointGroups(client);
  const joint = await jointSums(client, date, groups);
  const { loans, totals, weighed } = await positionTotals(client, date, accounts, groups);
  const plain = all().filter(({ groupId }) => !groups.groupIds.includes(groupId));
  if (options.byGroup === true || !ties(plain, accounts, totals, weighed)) {
    await addPositions(client, date, accounts, groups, lineOf);
  } else {
    for (const line of plain) line.positions = line.balance;
  }
  return {
    loans: loans + joint.loans,
    totals: addJoint(joint, accounts, totals, lineOf),
    lines: all(),
  };
}

/** Sums of loans that others fund as well: of them accounts hold the lender's share alone. */
function addJoint(
  joint: JointSums,
  accounts: readonly LedgerAccount[],
  plain: ReadonlyMap<number, bigint>,
  lineOf: LineOf,
): ReadonlyMap<number, bigint> {
  const totals = new Map(plain);
  for (const [groupId, measures] of joint.groups) {
    for (const account of accounts) {
      if (account.subledger === null) continue;
      const sum = measures.get(account.subledger) ?? 0n;
      if (sum === 0n) continue;
      const signed = account.normalSide === 'debit' ? sum : -sum;
      lineOf(account, groupId).positions = signed;
      totals.set(account.accountId, (totals.get(account.accountId) ?? 0n) + signed);
    }
  }
  return totals;
}

function asSealed(lines: AccountSumLine[], loans: number): AccountSums {
  const totals = new Map<number, bigint>();
  for (const line of lines) {
    if (line.account.subledger === null) continue;
    line.positions = line.sealed;
    const { accountId } = line.account;
    totals.set(accountId, (totals.get(accountId) ?? 0n) + line.sealed);
  }
  return { loans, lines, totals };
}

interface PositionTotals {
  readonly loans: number;
  readonly totals: ReadonlyMap<number, bigint>;
  readonly weighed: bigint;
}

async function positionTotals(
  client: pg.Client,
  date: EpochDay,
  accounts: readonly LedgerAccount[],
  { groupIds }: JointGroups,
): Promise<PositionTotals> {
  const sql = daySql(import.meta.url, 'reconcile-totals', date);
  const { rows } = await client.query<{ loans: number; [measure: string]: bigint | number }>(sql, [
    groupIds,
  ]);
  const row = rows[0]!;
  const totals = new Map<number, bigint>();
  for (const { accountId, subledger, normalSide } of accounts) {
    if (subledger === null) continue;
    const sum = BigInt(row[subledger] ?? 0n);
    totals.set(accountId, normalSide === 'debit' ? sum : -sum);
  }
  return { loans: row.loans, totals, weighed: BigInt(row.weighed!) };
}

/** Whether ledger, seal and positions are the same in total and weighed by group. */
function ties(
  lines: readonly AccountSumLine[],
  accounts: readonly LedgerAccount[],
  totals: ReadonlyMap<number, bigint>,
  weighed: bigint,
): boolean {
  let byGroups = 0n;
  const left = new Map(totals);
  for (const { account, groupId, sealed, balance } of lines) {
    if (account.subledger === null) continue;
    if (sealed !== balance) return false;
    left.set(account.accountId, (left.get(account.accountId) ?? 0n) - balance);
    const sum = BigInt(groupId) * balance;
    byGroups += account.normalSide === 'debit' ? sum : -sum;
  }
  const isWhole = accounts.every(({ accountId }) => (left.get(accountId) ?? 0n) === 0n);
  return isWhole && byGroups === weighed;
}

async function addPositions(
  client: pg.Client,
  date: EpochDay,
  accounts: readonly LedgerAccount[],
  { groupIds }: JointGroups,
  lineOf: LineOf,
): Promise<void> {
  const byMeasure = new Map(accounts.map((account) => [account.subledger, account]));
  const sql = daySql(import.meta.url, 'reconcile-groups', date);
  const { rows } = await client.query<PositionSum>(sql, [groupIds]);
  for (const row of rows) {
    for (const [measure, amount] of measuresOf(row)) {
      const account = byMeasure.get(measure);
      if (account === undefined) continue;
      const side = account.normalSide === 'debit' ? 1n : -1n;
      lineOf(account, row.group_id).positions += side * amount;
    }
  }
}

function measuresOf(row: PositionSum): [string, bigint][] {
  const amountOf = (measure: string) => BigInt(row[measure] ?? 0n);
  const sums = PLAIN.map((measure): [string, bigint] => [measure, amountOf(measure)]);
  const charged = ON_BALANCE.map((measure): [string, bigint] => [measure, amountOf(measure)]);
  if (row.accruing) return [...sums, ...charged];
  const off = charged.reduce((sum, [, amount]) => sum + amount, 0n);
  return [...sums, ['off_balance_interest', off]];
}

async function addLedger(
  client: pg.Client,
  date: EpochDay,
  accounts: readonly LedgerAccount[],
  lineOf: LineOf,
): Promise<void> {
  const sql = daySql(import.meta.url, 'reconcile-ledger', date);
  const { rows } = await client.query<{
    account_id: number;
    group_id: number;
    balance: bigint;
    moved: bigint;
    kept: bigint;
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
