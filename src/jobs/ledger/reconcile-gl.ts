import type pg from 'pg';
import { eachDay, formatDay } from '../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../accounting/money/units.js';
import { shareOut } from '../../db/share-out.js';
import { EXIT, LoanbookError } from '../../errors.js';
import {
  type AccountSums,
  accountSums,
  type LedgerAccount,
  ledgerAccounts,
} from './account-sums.js';
import { type LoanBreak, loanBreaks } from './reconcile-loans.js';

export interface GlReconcileOptions {
  /** The last day, by default the last sealed one. */
  readonly asOf?: EpochDay;
  /** The first day, by default `asOf` alone. */
  readonly from?: EpochDay;
  /** Compare loan by loan on every day, and not only where an account differs. */
  readonly everyLoan?: boolean;
  /** Read the rows of every day, though the server shows that none was written since the seal. */
  readonly rescan?: boolean;
  /** More sessions of the same book: days are shared out among all of them. */
  readonly helpers?: readonly pg.Client[];
  readonly onDay?: (days: number) => void;
  readonly signal?: AbortSignal;
}

/** Two sums of one account and group that ought to be the same; minor units, debit positive. */
export interface AccountBreak {
  readonly businessDate: string;
  readonly account: string;
  readonly groupId: number;
  readonly rule: 'positions_equal_ledger' | 'positions_as_sealed' | 'journal_makes_balance';
  readonly expected: bigint;
  readonly actual: bigint;
}

/** One account at the close of the last day. */
export interface AccountTie {
  readonly account: string;
  readonly name: string;
  readonly nameZh: string;
  readonly subledger: string | null;
  /** Sum over the positions; null where no sub-ledger stands behind the account. */
  readonly positions: bigint | null;
  readonly ledger: bigint;
}

export interface GlReconciliation {
  readonly from: string;
  readonly asOf: string;
  readonly days: number;
  readonly loans: number;
  readonly minorDigits: number;
  readonly ok: boolean;
  readonly milliseconds: number;
  readonly accounts: readonly AccountTie[];
  readonly accountBreaks: readonly AccountBreak[];
  readonly loanBreaks: readonly LoanBreak[];
  /** The last day before the first difference on which all tied; null: none, or no break. */
  readonly lastGoodDay: string | null;
}

interface Range {
  readonly from: EpochDay;
  readonly asOf: EpochDay;
  readonly firstSealed: EpochDay;
  readonly minorDigits: number;
}

/**
 * Compares every account with its sub-ledger on each day: the positions as they stand now, summed
 * by account and group, with the balance kept of the day, with the balance that the journal makes
 * of the day before, and with the sums taken at the seal. The rows of the last day are read; those
 * of a day before it where one was written since the seal. Where the positions differ, the loans
 * are named. Throws LoanbookError `day_not_sealed` (exit 2).
 */
export async function reconcileGl(
  client: pg.Client,
  options: GlReconcileOptions,
): Promise<GlReconciliation> {
  const started = performance.now();
  const range = await rangeOf(client, options);
  const accounts = await ledgerAccounts(client);
  const found = await lookAtDays([client, ...(options.helpers ?? [])], range, accounts, options);
  const breaks = found.flatMap((day) => day.accountBreaks);
  const loans = found.flatMap((day) => day.loanBreaks);
  const good = breaks.length === 0 ? null : await lastGoodDay(client, range, accounts, breaks[0]!);
  const total = found.at(-1)!.sums;
  return {
    from: formatDay(range.from),
    asOf: formatDay(range.asOf),
    days: range.asOf - range.from + 1,
    loans: total.loans,
    minorDigits: range.minorDigits,
    ok: breaks.length === 0 && loans.length === 0,
    milliseconds: Math.round(performance.now() - started),
    accounts: accounts.map((account) => tieOf(account, total)),
    accountBreaks: breaks,
    loanBreaks: loans,
    lastGoodDay: good,
  };
}

interface FoundDay {
  readonly sums: AccountSums;
  readonly accountBreaks: readonly AccountBreak[];
  readonly loanBreaks: readonly LoanBreak[];
}

/** Every session takes the next day that no other has taken; the days come back in order. */
async function lookAtDays(
  sessions: readonly pg.Client[],
  range: Range,
  accounts: readonly LedgerAccount[],
  options: GlReconcileOptions,
): Promise<FoundDay[]> {
  const { from, asOf, firstSealed } = range;
  return shareOut(sessions, eachDay(from, asOf), async (session, day) => {
    options.signal?.throwIfAborted();
    const everyLoan = options.everyLoan === true;
    const readsRows = everyLoan || options.rescan === true || day === asOf;
    const sums = await accountSums(session, day, accounts, {
      byGroup: everyLoan,
      untouchedAsSealed: !readsRows,
    });
    const accountBreaks = breaksOf(sums, formatDay(day));
    const isLookedInto = everyLoan || accountBreaks.length > 0;
    const loans = isLookedInto ? await loanBreaks(session, day, day > firstSealed) : [];
    options.onDay?.(asOf - from + 1);
    return { sums, accountBreaks, loanBreaks: loans };
  });
}

function breaksOf(sums: AccountSums, businessDate: string): AccountBreak[] {
  const found: AccountBreak[] = [];
  for (const { account, groupId, positions, sealed, balance, moved } of sums.lines) {
    const say = (rule: AccountBreak['rule'], expected: bigint, actual: bigint) => {
      if (expected === actual) return;
      found.push({ businessDate, account: account.code, groupId, rule, expected, actual });
    };
    say('journal_makes_balance', moved, balance);
    if (account.subledger === null) continue;
    say('positions_equal_ledger', positions, balance);
    say('positions_as_sealed', sealed, positions);
  }
  return found;
}

function tieOf(account: LedgerAccount, sums: AccountSums): AccountTie {
  let ledger = 0n;
  for (const line of sums.lines) {
    if (line.account.accountId === account.accountId) ledger += line.balance;
  }
  const { accountId, code, name, nameZh, subledger } = account;
  const positions = sums.totals.get(accountId) ?? null;
  return { account: code, name, nameZh, subledger, positions, ledger };
}

/** Looks back from the first difference in sight to the day before the first that has one. */
async function lastGoodDay(
  client: pg.Client,
  range: Range,
  accounts: readonly LedgerAccount[],
  first: AccountBreak,
): Promise<string | null> {
  let day = range.from;
  while (formatDay(day) !== first.businessDate) day += 1;
  if (day > range.from) return formatDay(day - 1);
  for (day -= 1; day >= range.firstSealed; day -= 1) {
    const sums = await accountSums(client, day, accounts);
    if (breaksOf(sums, '').length === 0) return formatDay(day);
  }
  return null;
}

async function rangeOf(client: pg.Client, options: GlReconcileOptions): Promise<Range> {
  const { rows } = await client.query<{ first: number | null; last: number; digits: number }>(
    `SELECT min(s.business_date) - DATE '1970-01-01' AS first,
       max(s.business_date) - DATE '1970-01-01' AS last, max(b.minor_digits) AS digits
     FROM sealed_day s CROSS JOIN book b`,
  );
  const { first = null, last = 0, digits = 2 } = rows[0] ?? {};
  const asOf = options.asOf ?? last;
  const from = options.from ?? asOf;
  if (first !== null && first <= from && from <= asOf && asOf <= last) {
    return { from, asOf, firstSealed: first, minorDigits: digits };
  }
  throw new LoanbookError('day_not_sealed', 'Not every day of that range is sealed.', {
    exitCode: EXIT.usage,
    evidence: {
      from: formatDay(from),
      asOf: formatDay(asOf),
      firstSealed: first === null ? 'none' : formatDay(first),
      lastSealed: first === null ? 'none' : formatDay(last),
    },
    next: '`loanbook eod run` closes and seals a day.',
  });
}
