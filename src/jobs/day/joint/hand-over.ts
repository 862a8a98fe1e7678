import { BALANCE, type DayFlow, MOVEMENT } from '../../../accounting/posting/flow.js';
import type { Assignment } from './assigned-loans.js';

/**
 * Posts, before all else of the first day under the new plan, what the lender has no part in any
 * more: its shares leave the balance sheet and stand beside it as the buyer's, against the price.
 * No total of the loan changes by it.
 */
export function handOver({ sold, price, accruing }: Assignment, flow: DayFlow): void {
  const kind = MOVEMENT.transfer;
  const movements = sold.flatMap((own, balance) =>
    own === 0 ? [] : [{ kind, balance, accruing, amount: 0, eventId: 0, own, partner: 0 - own }],
  );
  if (price !== 0) {
    const { price: balance } = BALANCE;
    movements.unshift({
      kind,
      balance,
      accruing,
      amount: price,
      eventId: 0,
      own: price,
      partner: 0,
    });
  }
  if (movements.length === 0) return;
  flow.touched = true;
  flow.movements.unshift(...movements);
}
