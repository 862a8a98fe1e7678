import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { ledgerInForce, loadAccounts } from '../../book/load-book.js';
import type { Difference } from '../../day/check-result.js';
import { daySql } from '../../day/day-sql.js';
import { dayTable } from '../../day/day-table.js';

/** The engine since which the cash of an event stays; what one before did is no fault of a day. */
const CASH_ENGINE = 4;

/**
 * What the first posting of a money event moves, by what the event says: one that names no cash,
 * such as a prepayment, moves what it moved, which the turnover is held against.
 */
const FIRST_CASH = `CASE WHEN rule <> '' THEN 0
    WHEN type IN (event_type_repayment(), event_type_recovery()) THEN amount
    WHEN type IN (event_type_suspense_refund(), event_type_charge_back()) THEN 0 - amount
    WHEN type = event_type_settlement() AND amount > 0 THEN amount
    WHEN type = event_type_prepayment() THEN greatest(cash, amount) ELSE cash END`;

interface Found {
  readonly loan_id: number | null;
  readonly ref: string;
  readonly expected: string;
  readonly actual: string;
}

/**
 * Holds that the cash of all money events as first posted, less reversals, is the turnover of the
 * transit accounts, over lines whose source is a loan event (CONVENTIONS, Events: Cash stays).
 */
export async function cashDifferences(client: pg.Client, date: EpochDay): Promise<Difference[]> {
  if (await wasClosedBefore(client, date)) return [];
  const day = formatDay(date);
  const { rows } = await client.query<Found & { older: string | null }>(sqlOf('check-cash', date), [
    day,
    await transitAccounts(client, day),
  ]);
  const [turnover, ...wrong] = rows;
  const found = wrong.map(eventDifference);
  const from = turnover?.older ?? null;
  if (from !== null) {
    const sql = sqlOf('check-cash-older', date, { from: `DATE '${from}'` });
    found.push(...(await client.query<Found>(sql, [day])).rows.map(eventDifference));
  }
  if (turnover !== undefined && turnover.expected !== turnover.actual) {
    const { expected, actual } = turnover;
    found.unshift({ place: 'turnover of the transit accounts', expected, actual });
  }
  return found.slice(0, 20);
}

function sqlOf(name: string, date: EpochDay, parts: Readonly<Record<string, string>> = {}): string {
  return daySql(import.meta.url, name, date, { first: FIRST_CASH, ...parts });
}

function eventDifference({ loan_id: loanId, ref, expected, actual }: Found): Difference {
  return { place: `event ${ref} of loan ${loanId}`, expected, actual };
}

async function wasClosedBefore(client: pg.Client, date: EpochDay): Promise<boolean> {
  const { rows } = await client.query<{ engine: number }>(
    `SELECT engine_version AS engine FROM ${dayTable('position', date)}
     WHERE folded_on = business_date LIMIT 1`,
  );
  return (rows[0]?.engine ?? CASH_ENGINE) < CASH_ENGINE;
}

/** Where the rules in force on a day put money that comes, and take money that goes. */
async function transitAccounts(client: pg.Client, day: string): Promise<number[]> {
  const { rules } = await ledgerInForce(client, day);
  const accounts = new Map((await loadAccounts(client)).map((each) => [each.code, each]));
  const found = new Set<number>();
  for (const { on, post } of rules) {
    for (const { debit, credit } of post) {
      const code = on === 'suspense_refund' ? credit : debit;
      const isCash = on === 'repayment' || on === 'recovery' || on === 'suspense_refund';
      const account = accounts.get(code);
      if (!isCash || account === undefined || account.class === 'memorandum') continue;
      found.add(account.accountId);
    }
  }
  return [...found];
}
