import type pg from 'pg';
import { formatDay, parseDay } from '../../../accounting/calendar/epoch-day.js';
import type { EpochDay, Fen } from '../../../accounting/money/units.js';
import { readSql } from '../../../db/sql-file.js';
import { EXIT, LoanbookError } from '../../../errors.js';
import type { MerchantState } from '../../../funding/merchant/merchant-account.js';
import {
  type MerchantBusiness,
  merchantBusiness,
  type SoldOrder,
} from '../../../funding/merchant/merchant-days.js';
import type { Merchant } from '../../../funding/terms/merchant.js';
import { listTerms } from '../terms/terms-queries.js';

/** A merchant with orders, as its last settlement left it. */
export interface StandingMerchant {
  readonly merchant: string;
  /** Settlements that it has had. */
  readonly number: number;
  /** The last business date that is settled; null: none. */
  readonly since: EpochDay | null;
  readonly state: MerchantState;
  /** What its settlements have taken as fee. */
  readonly fees: Fen;
}

/** Before every day of every book. */
const EVER = '-infinity';

/** In order of codes. Throws LoanbookError `unknown_merchant`: one that is named has no orders. */
export async function merchantsOfBook(
  client: pg.Client,
  named: string | undefined,
): Promise<StandingMerchant[]> {
  const { rows } = await client.query<{
    merchant: string;
    number: number | null;
    since: string | null;
    carried: bigint | null;
    negativeSince: string | null;
    heldDays: string[] | null;
    heldLeft: bigint[] | null;
    fees: bigint;
  }>(readSql(import.meta.url, 'merchants'), [named ?? null]);
  if (rows.length === 0 && named !== undefined) throw noOrders(named);
  return rows.map(({ merchant, number, since, fees, carried, negativeSince, ...held }) => ({
    merchant,
    fees: Number(fees),
    number: number ?? 0,
    since: dayOf(since),
    state: {
      held: (held.heldDays ?? []).map((day, at) => ({
        day: parseDay(day)!,
        left: Number(held.heldLeft![at]),
      })),
      carried: Number(carried ?? 0),
      negativeSince: dayOf(negativeSince),
    },
  }));
}

function dayOf(text: string | null): EpochDay | null {
  return text === null ? null : parseDay(text)!;
}

/** An order and its refunds, by the number of the loan. */
export interface OrderOfBook extends SoldOrder {
  readonly loanId: number;
  readonly isOpening: boolean;
  readonly terms: Merchant;
}

export interface BookRefund {
  readonly refundNo: string;
  readonly orderNo: string;
  readonly day: EpochDay;
  readonly amount: Fen;
  readonly earned: Fen;
  /** Why its loan did not have it; empty: it stands. */
  readonly rule: string;
}

export interface BusinessOfBook {
  readonly business: MerchantBusiness;
  readonly orders: readonly OrderOfBook[];
  readonly refunds: readonly BookRefund[];
}

/** The versions of the book's merchants, by code. */
export async function merchantVersions(
  client: pg.Client,
): Promise<Map<string, Map<number, Merchant>>> {
  const found = new Map<string, Map<number, Merchant>>();
  for (const { code, version, terms } of await listTerms(client, 'merchant')) {
    const versions = found.get(code) ?? new Map<number, Merchant>();
    found.set(code, versions.set(version, terms));
  }
  return found;
}

/**
 * What a merchant's orders and refunds come to on the closed business dates behind one and through
 * another, each order under the terms that it was sold under.
 */
export async function businessBehind(
  client: pg.Client,
  merchant: string,
  versions: ReadonlyMap<number, Merchant>,
  since: EpochDay | null,
  through: EpochDay,
): Promise<BusinessOfBook> {
  const behind = since === null ? EVER : formatDay(since);
  const orders = await ordersOf(client, merchant, versions, [behind, formatDay(through)]);
  const refunds = await refundsOf(client, merchant, [behind, formatDay(through)]);
  const sold = await client.query<{ version: number; gross: bigint }>(
    readSql(import.meta.url, 'sold'),
    [merchant, behind],
  );
  const business = merchantBusiness(
    [...versions.values()].at(-1)!,
    orders.map((order) => ({
      ...order,
      isSettled: order.isOpening || (since !== null && order.day <= since),
    })),
    refunds.filter(({ rule }) => rule === ''),
    through,
    sold.rows.map(({ version, gross }) => ({
      terms: versions.get(version)!,
      gross: Number(gross),
    })),
  );
  const days = business.days.filter(({ day }) => since === null || day > since);
  return { business: { ...business, days }, orders, refunds };
}

async function ordersOf(
  client: pg.Client,
  merchant: string,
  versions: ReadonlyMap<number, Merchant>,
  days: readonly [behind: string, through: string],
): Promise<OrderOfBook[]> {
  const { rows } = await client.query<{
    orderNo: string;
    loanId: number;
    version: number;
    day: string;
    principal: number;
    isOpening: boolean;
    interest: bigint;
  }>(readSql(import.meta.url, 'orders'), [merchant, ...days]);
  return rows.map(({ version, day, interest, principal, ...rest }) => ({
    ...rest,
    day: parseDay(day)!,
    principal: Number(principal),
    interest: Number(interest),
    terms: versions.get(version)!,
  }));
}

async function refundsOf(
  client: pg.Client,
  merchant: string,
  days: readonly [behind: string, through: string],
): Promise<BookRefund[]> {
  const { rows } = await client.query<
    Omit<BookRefund, 'day' | 'amount' | 'earned'> & { day: string; amount: bigint; earned: bigint }
  >(readSql(import.meta.url, 'refunds'), [merchant, ...days]);
  return rows.map(({ day, amount, earned, ...rest }) => ({
    ...rest,
    day: parseDay(day)!,
    amount: Number(amount),
    earned: Number(earned),
  }));
}

/** A code that no order is of. */
function noOrders(merchant: string): LoanbookError {
  return new LoanbookError('unknown_merchant', 'The book has no orders of such a merchant.', {
    exitCode: EXIT.usage,
    evidence: { merchant },
    next: '`loanbook merchant list` shows merchants; `import loans` brings their orders.',
  });
}
