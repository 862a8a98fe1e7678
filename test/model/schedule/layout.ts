import { multiply, ratio, round, roundToMultiple, whole } from './fraction.js';
import {
  type LaidRow,
  type LayRequest,
  layEqualPrincipal,
  layInterestOnly,
  layWithPayment,
  sumOfFactors,
} from './level-rows.js';
import { levelMethodPayment } from './payment.js';

export interface Laid {
  rows: LaidRow[];
  /** The payment (of equal principal: the principal) that `keep: payment` keeps. */
  payment: bigint | null;
}

function limited(amount: bigint, balance: bigint): bigint {
  if (amount < 0n) return 0n;
  return amount > balance ? balance : amount;
}

function layFlat(request: LayRequest): Laid {
  const { factors, flatBase, product, keptPayment, multiple } = request;
  const interests = factors.map((factor) =>
    round(multiply(flatBase, factor), product.interest.rounding),
  );
  const all = interests.reduce((total, interest) => total + interest, request.balance);
  const payment =
    keptPayment ??
    roundToMultiple(ratio(all, factors.length), multiple, product.repayment.payment_rounding);
  return { rows: flatRows(request, interests, (interest) => payment - interest), payment };
}

/** Interest rounded once in total and divided evenly, principal divided evenly, to the multiple. */
function layFlatTotal(request: LayRequest): Laid {
  const { factors, flatBase, product, keptPayment, balance, multiple } = request;
  const { payment_rounding: rounding } = product.repayment;
  const periods = factors.length;
  const mode = product.interest.rounding;
  const total = round(multiply(flatBase, sumOfFactors(factors)), mode);
  const each = round(ratio(total, periods), mode);
  let left = total;
  const interests = factors.map((_, index) => {
    const interest = index === periods - 1 ? left : limited(each, left);
    left -= interest;
    return interest;
  });
  const asked = each + round(ratio(balance, periods), rounding);
  const payment = keptPayment ?? roundToMultiple(whole(asked), multiple, rounding);
  const rows = flatRows(request, interests, () => payment - each);
  if (keptPayment === null) {
    // A large multiple repays the principal early: the row that ends the loan asks what is left.
    const asked = rows.slice(0, -1).reduce((sum, row) => sum + row.interest, 0n);
    const last = rows.at(-1);
    if (last !== undefined) last.interest = total - asked;
  }
  return { rows, payment };
}

function flatRows(
  request: LayRequest,
  interests: readonly bigint[],
  principalOf: (interest: bigint) => bigint,
): LaidRow[] {
  const rows: LaidRow[] = [];
  let balance = request.balance;
  for (const [index, interest] of interests.entries()) {
    if (balance === 0n) break;
    const last = index === interests.length - 1;
    const principal = last ? balance : limited(principalOf(interest), balance);
    rows.push({ principal, interest });
    balance -= principal;
  }
  return rows;
}

/** Lays the rows of a balance over its periods, by the product's method. */
export function lay(request: LayRequest): Laid {
  const { method, payment_rounding: mode, flat_total: flatTotal } = request.product.repayment;
  if (request.factors.length === 0 || request.balance === 0n) {
    return { rows: [], payment: request.keptPayment };
  }
  switch (method) {
    case 'equal_principal': {
      const periods = request.factors.length - request.freePeriods;
      const each = request.keptPayment ?? round(ratio(request.balance, periods), mode);
      return { rows: layEqualPrincipal(request, each), payment: each };
    }
    case 'flat_interest':
      return flatTotal ? layFlatTotal(request) : layFlat(request);
    case 'interest_only':
    case 'bullet':
    case 'daily_interest':
      return { rows: layInterestOnly(request), payment: null };
    default: {
      const payment = request.keptPayment ?? levelMethodPayment(request);
      return { rows: layWithPayment(request, payment), payment };
    }
  }
}
