import { exactFen } from './fraction.js';
import { roundQuotient } from './money.js';
import type { RoundingMode } from './product.js';
import type { Schedule } from './schedule-rows.js';
import type { Span } from './schedule-span.js';
import type { EpochDay, Fen } from './units.js';

/** Digits that `carry_fraction` carries beyond the minor unit: no shown figure depends on more. */
const CARRIED_SCALE = 10n ** 60n;

/**
 * The rows with `carry_fraction`: the exact balance grows by unrounded interest and falls by the
 * payment; the shown balance is the rounded one, shown principal the difference of two shown
 * balances, shown interest the rest of the payment. The last row asks the shown balance and the
 * rounded interest of the exact one.
 */
export function layCarried(span: Span, payment: Fen): Schedule {
  const { terms, dues, factors, principalFree } = span;
  const { rounding } = terms.interest;
  const flat = terms.repayment.method === 'flat_interest';
  const last = dues.length - 1;
  const dueOn: EpochDay[] = [];
  const principal: Fen[] = [];
  const interest: Fen[] = [];
  const balanceAfter: Fen[] = [];
  const paid = BigInt(payment) * CARRIED_SCALE;
  let exact = BigInt(span.principal) * CARRIED_SCALE;
  let shown = span.principal;
  for (let k = 0; k <= last && shown > 0; k += 1) {
    const { num, den } = factors[k]!;
    const base = flat ? BigInt(span.flatBase) * CARRIED_SCALE : exact;
    const growth = nearest(base * BigInt(num), BigInt(den));
    let left = exact;
    if (k === last || (k >= principalFree && exact + growth <= paid)) left = 0n;
    else if (k >= principalFree && growth < paid) left = exact + growth - paid;
    const shownLeft = roundCarried(left, rounding);
    const repaid = shown - shownLeft;
    // Where nothing or all is repaid the instalment is what it bears, not the payment.
    const whole = left === 0n || left === exact;
    dueOn.push(dues[k]!);
    principal.push(repaid);
    interest.push(whole ? roundCarried(growth, rounding) : payment - repaid);
    balanceAfter.push(shownLeft);
    exact = left;
    shown = shownLeft;
  }
  return { dueOn, principal, interest, balanceAfter };
}

function roundCarried(carried: bigint, mode: RoundingMode): Fen {
  return exactFen(roundQuotient(carried, CARRIED_SCALE, mode));
}

function nearest(num: bigint, den: bigint): bigint {
  return roundQuotient(num, den, 'half_even');
}
