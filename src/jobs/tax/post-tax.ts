import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { InvariantError } from '../../accounting/money/refusal.js';
import { safeParts } from '../../accounting/money/total.js';
import type { EpochDay } from '../../accounting/money/units.js';
import { BALANCES, MOVEMENT } from '../../accounting/posting/flow.js';
import type { PostingRules } from '../../accounting/posting/posting.js';
import { type TaxRule, taxOfDay } from '../../accounting/posting/tax-rule.js';
import type { Book } from '../book/book.js';
import { dayTable } from '../day/day-table.js';
import type { SideRows } from '../day/side-rows.js';
import { TAX_KIND } from '../ledger/entry.js';

/** What an account and group came to: yesterday's total or balance, and what moved today. */
interface Amounts {
  before: bigint;
  moved: bigint;
  /** Of what moved: with migrated loans. */
  opened: bigint;
  /** Tax so far. */
  tax: bigint;
  /** It was taxed yesterday. */
  isTaxed: boolean;
}

/**
 * Takes the tax out of the day's income, an entry for each accounting group and taxed income, once
 * the other entries of the day stand in its journal; keeps the totals that the next night starts
 * from. Entries that people made are theirs to tax.
 */
export async function addTax(
  client: pg.Client,
  side: SideRows,
  book: Book,
  date: EpochDay,
): Promise<void> {
  if (book.taxRules.length === 0) return;
  const amounts = await amountsOf(client, book.taxRules, date);
  const kept: { account: number; group: number; gross: bigint; tax: bigint }[] = [];
  for (const rule of book.taxRules) {
    for (const groupId of [0, ...book.groups.keys()].sort((a, b) => a - b)) {
      const income = amounts(rule.incomeAccountId, groupId);
      const waiting = amounts(rule.deferred?.whileInAccountId ?? 0, groupId);
      const waitingNow = waiting.before + waiting.moved;
      // On the first day that income is taxed, what has not reached its tax point counts as new.
      const waitingBefore = income.isTaxed ? waiting.before : 0n;
      const grossBefore = income.before;
      // Income is a credit: its gross total grows with it.
      const gross = grossBefore - income.moved + waiting.before - waitingBefore;
      const parts = taxOfDay(rule, {
        grossBefore,
        gross,
        waitingBefore,
        waiting: waitingNow,
        migrated: waiting.opened,
      });
      const { fromIncome, fromMigration, toDeferred, toOutput } = parts;
      const lines = [
        { accountId: rule.incomeAccountId, amount: fromIncome },
        { accountId: rule.deferred?.accountId ?? 0, amount: -toDeferred },
        { accountId: rule.outputAccountId, amount: -toOutput },
      ];
      if (fromMigration !== 0n) {
        const accountId = enteredFrom(book.postingRulesOf(groupId), rule);
        lines.push({ accountId, amount: fromMigration });
      }
      const posted = lines.flatMap(({ accountId, amount }) =>
        safeParts(amount).map((part) => ({ accountId, amount: part })),
      );
      if (posted.length > 0)
        side.addVoucher(posted, { loanId: 0, bucket: 0, groupId }, 0, TAX_KIND);
      if (gross === 0n && income.tax === 0n && waitingNow === 0n) continue;
      kept.push({
        account: rule.incomeAccountId,
        group: groupId,
        gross,
        tax: income.tax + fromIncome,
      });
    }
  }
  await client.query('SELECT keep_tax($1, $2, $3, $4, $5)', [
    formatDay(date),
    kept.map((row) => row.account),
    kept.map((row) => row.group),
    kept.map((row) => row.gross),
    kept.map((row) => row.tax),
  ]);
}

/** The account that a migrated loan's untaxed interest was entered against. */
function enteredFrom(rules: PostingRules, { deferred }: TaxRule): number {
  for (const balance of BALANCES.keys()) {
    const legs = rules.legs(MOVEMENT.opening, balance, true) ?? [];
    const at = legs.findIndex((leg) => leg.accountId === deferred?.whileInAccountId);
    if (at >= 0) return legs[at % 2 === 0 ? at + 1 : at - 1]!.accountId;
  }
  throw new InvariantError('no rule enters the account whose tax is deferred', {});
}

async function amountsOf(
  client: pg.Client,
  rules: readonly TaxRule[],
  date: EpochDay,
): Promise<(accountId: number, groupId: number) => Amounts> {
  const income = rules.map((rule) => rule.incomeAccountId);
  const waiting = rules.flatMap((rule) => rule.deferred?.whileInAccountId ?? []);
  const found = new Map<string, Amounts>();
  const at = (accountId: number, groupId: number): Amounts => {
    const key = `${accountId}/${groupId}`;
    let own = found.get(key);
    if (own === undefined) {
      own = { before: 0n, moved: 0n, opened: 0n, tax: 0n, isTaxed: false };
      found.set(key, own);
    }
    return own;
  };
  const { rows: totals } = await client.query<
    Record<'account' | 'group', number> & { gross: bigint; tax: bigint; taxed: boolean }
  >(
    `SELECT income_account_id AS account, group_id AS group, gross::numeric AS gross,
       tax::numeric AS tax, true AS taxed
     FROM tax_total WHERE business_date = $1::date - 1
     UNION ALL
     SELECT account_id, group_id, balance::numeric, 0, false FROM gl_balance
     WHERE business_date = $1::date - 1 AND account_id = ANY($2)`,
    [formatDay(date), waiting],
  );
  for (const { account, group, gross, tax, taxed } of totals) {
    Object.assign(at(account, group), { before: gross, tax, isTaxed: taxed });
  }
  const { rows: moves } = await client.query<
    Record<'account' | 'group', number> & Record<'moved' | 'opened', bigint>
  >(
    `SELECT account_id AS account, group_id AS group, sum(amount) AS moved,
       coalesce(sum(amount) FILTER (WHERE kind = $2), 0) AS opened
     FROM ${dayTable('journal_line', date)}
     WHERE account_id = ANY($1) AND kind < $3 GROUP BY 1, 2`,
    [[...income, ...waiting], MOVEMENT.opening, TAX_KIND],
  );
  for (const { account, group, moved, opened } of moves) {
    Object.assign(at(account, group), { moved, opened });
  }
  return at;
}
