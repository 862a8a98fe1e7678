import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { accountOfRole } from '../book/documents/ledger-roles.js';
import { ledgerInForce } from '../book/load-book.js';
import { openDate } from '../book/open-day.js';
import { addEntries, linesOfTotals, type NewEntry } from '../ledger/entry.js';
import type { Period } from './period.js';

export interface CarriedProfit {
  /** Minor units; a loss is negative. */
  readonly profit: bigint;
  /** One entry a group; 0: there was nothing to carry, or it was carried before. */
  readonly entries: number;
  /** The open day, whose close posts them. */
  readonly postedOn: string;
}

/**
 * Takes the balances of all income and expense accounts at the end of a year to retained earnings,
 * one entry an accounting group, into the open day. A second call takes nothing more: closed days
 * do not change. Call it inside of a transaction; throws `ledger_role_missing` and what
 * `addEntries` throws.
 */
export async function carryProfit(
  client: pg.Client,
  period: Period,
  maker: string,
): Promise<CarriedProfit> {
  const year = period.name.slice(0, 4);
  const { rows } = await client.query<{ group_id: number; code: string; balance: bigint }>(
    `SELECT g.group_id, a.code, g.balance::numeric AS balance
     FROM gl_balance g JOIN account a USING (account_id)
     WHERE g.business_date = $1 AND a.class IN ('income', 'expense') AND g.balance <> 0
       AND NOT EXISTS (SELECT FROM entry e WHERE e.source = 'period'
         AND e.reference = 'year-end ' || $2::text || ', group ' || g.group_id)
     ORDER BY g.group_id, a.code`,
    [formatDay(period.last), year],
  );
  const groups = new Map<number, { account: string; amount: bigint }[]>();
  let profit = 0n;
  for (const { group_id, code, balance } of rows) {
    const lines = groups.get(group_id) ?? [];
    lines.push({ account: code, amount: -balance });
    groups.set(group_id, lines);
    profit -= balance;
  }
  const retained = groups.size === 0 ? '' : await retainedEarnings(client);
  const entries = [...groups].map(([groupId, lines]): NewEntry => {
    const sum = lines.reduce((total, { amount }) => total + amount, 0n);
    return {
      source: 'period',
      reference: `year-end ${year}, group ${groupId}`,
      memo: `本年利润结转 ${year}`,
      maker,
      groupId,
      lines: linesOfTotals([...lines, { account: retained, amount: -sum }]),
    };
  });
  const postedOn = await addEntries(client, entries);
  return { profit, entries: entries.length, postedOn: formatDay(postedOn) };
}

async function retainedEarnings(client: pg.Client): Promise<string> {
  const { roles } = await ledgerInForce(client, formatDay(await openDate(client)));
  return accountOfRole(roles, 'retained_earnings');
}
