import { interestOn } from '../money/fraction.js';
import type { EpochDay, Fen } from '../money/units.js';
import { layCarried } from './schedule-carried.js';
import type { PaymentInForce, Schedule } from './schedule-rows.js';
import type { Span } from './schedule-span.js';

/**
 * The rows of a span at a payment, or at an equal part of principal. The last row repays the
 * balance; principal is never negative, and the rows end where the balance is zero. `charges` is
 * the interest of each row where it does not follow the balance (flat).
 */
export function layRows(
  span: Span,
  { payment, principalPart }: PaymentInForce,
  charges: readonly Fen[] | null = null,
): Schedule {
  const { terms, dues, factors, principalFree } = span;
  if (terms.repayment.carryFraction && payment !== null) return layCarried(span, payment);
  const { rounding } = terms.interest;
  const last = dues.length - 1;
  const dueOn: EpochDay[] = [];
  const principal: Fen[] = [];
  const interest: Fen[] = [];
  const balanceAfter: Fen[] = [];
  let balance = span.principal;
  for (let k = 0; k <= last && balance > 0; k += 1) {
    const charged = charges === null ? interestOn(balance, factors[k]!, rounding) : charges[k]!;
    let repaid = balance;
    if (k < principalFree) repaid = 0;
    else if (k < last) {
      const wanted = payment === null ? principalPart : payment - charged;
      repaid = wanted < 0 ? 0 : Math.min(wanted, balance);
    }
    balance -= repaid;
    dueOn.push(dues[k]!);
    principal.push(repaid);
    interest.push(charged);
    balanceAfter.push(balance);
  }
  return { dueOn, principal, interest, balanceAfter };
}
