import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import { STATUS } from '../../../accounting/fold/position.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import type { Merchant } from '../../../funding/terms/merchant.js';
import { type Accrued, accruedAt } from '../../day/at-close/accrued-at.js';
import { businessBehind } from './merchant-book.js';
import { type Earning, referenceOfEarning } from './merchant-entries.js';

/** Loans in these accrue on; of all others nothing is to come. */
const ACCRUES: ReadonlySet<number> = new Set([STATUS.normal, STATUS.overdue]);

interface EarningScene {
  readonly client: pg.Client;
  readonly openDay: EpochDay;
  readonly by: string;
}

/**
 * Keeps what the subsidies of a merchant's settled orders have earned by the last closed day: with
 * the accrual of the customer's interest, and the rest where a loan accrues no more. Null: nothing
 * since the last time.
 */
export async function subsidyEarned(
  { client, openDay, by }: EarningScene,
  merchant: string,
  versions: ReadonlyMap<number, Merchant>,
  settledTo: EpochDay,
): Promise<Earning | null> {
  if (![...versions.values()].some(({ subsidySharePpb }) => subsidySharePpb > 0)) return null;
  const through = openDay - 1;
  const { business, orders } = await businessBehind(client, merchant, versions, null, through);
  const own = orders.filter(({ day, isOpening, terms }) => {
    return !isOpening && day <= settledTo && terms.subsidySharePpb > 0;
  });
  if (own.length === 0) return null;
  const accrued = await accruedAt(
    client,
    through,
    own.map(({ loanId }) => loanId),
  );
  const earned = own.reduce((sum, { orderNo, loanId }) => {
    const { order } = business.orders.get(orderNo)!;
    return sum + order.subsidyEarned(interestOf(accrued.get(loanId)));
  }, 0);
  const reference = referenceOfEarning(merchant, through);
  const { rows } = await client.query<{ amount: bigint | null }>(
    'SELECT keep_merchant_earning($1, $2, $3, $4, $5) AS amount',
    [merchant, formatDay(through), earned, reference, by],
  );
  const amount = rows[0]?.amount ?? null;
  return amount === null ? null : { earned, amount: Number(amount), reference };
}

/** Null: no more interest is to come. */
function interestOf(accrued: Accrued | undefined): number | null {
  return accrued !== undefined && ACCRUES.has(accrued.status) ? accrued.interest : null;
}
