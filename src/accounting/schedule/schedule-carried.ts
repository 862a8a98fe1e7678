import { exactFen } from '../money/fraction.js';
import { type RoundingMode, roundQuotient } from '../money/money.js';
import type { EpochDay, Fen } from '../money/units.js';
import type { Schedule } from './schedule-rows.js';
import type { Span } from './schedule-span.js';

/** Digits that `carry_fraction` carries beyond the minor unit: no shown figure depends on more. */
const CARRIED_SCALE = 10n ** 60n;

/**
 * The rows with `carry_fraction`: the exact balance grows by unrounded interest and falls by the
 * payment; the shown balance is the rounded one, shown principal the difference of two shown
 * balances, shown interest the rest of the payment. The last payment is the exact balance and its
 * exact interest, rounded by `payment_rounding`.
 */
export function layCarried(span: Span, payment: Fen): Schedule {
  const { terms, dues, factors, principalFree } = span;
  const { reading, repayment } = terms;
  const { rounding } = terms.interest;
  // Only reading 1 carries the interest of a flat loan.
  const flat = repayment.method === 'flat_interest';
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
    let asked = payment - repaid;
    if (left === exact || (left === 0n && reading === 1)) {
      // Nothing is repaid, or it was read so: the row asks the interest that it bears.
      asked = roundCarried(growth, rounding);
    } else if (shownLeft === 0 && reading !== 1) {
      // The shown balance may be the greater one, by less than a minor unit.
      asked = Math.max(0, roundCarried(exact + growth, repayment.paymentRounding) - repaid);
    }
    dueOn.push(dues[k]!);
    principal.push(repaid);
    interest.push(asked);
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
