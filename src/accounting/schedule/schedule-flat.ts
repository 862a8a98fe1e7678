import { addFactors, exactFen, type Factor, interestOn } from '../money/fraction.js';
import { mulDivRound, roundQuotient } from '../money/money.js';
import type { Fen } from '../money/units.js';
import { layRows } from './schedule-lay-rows.js';
import type { LaidSchedule } from './schedule-rows.js';
import type { Span } from './schedule-span.js';

/**
 * Flat interest (CONVENTIONS, Schedule; practice A4): each period bears round(base x factor),
 * payment = round((P + all interest) / n), principal is the rest of the payment. With `flat_total`
 * the interest is rounded once in total; a row asks round(total / n), never more than is left, and
 * round(P / n) of the principal, their sum rounded to the multiple; the last row takes the rest of
 * both, also where the multiple repays the principal before the last period. `kept`: the payment in
 * force, in place of a new one; its rows end earlier, and later periods bear no interest then.
 */
export function layFlat(span: Span, kept: Fen | null): LaidSchedule {
  const { repayment, interest } = span.terms;
  if (repayment.flatTotal) return layFlatTotal(span, kept);
  const charges = span.factors.map((factor) =>
    interestOn(span.flatBase, factor, interest.rounding),
  );
  const payment = kept ?? flatPayment(span, charges);
  const schedule = layRows(span, { payment, principalPart: 0 }, charges);
  return { schedule, payment, principalPart: 0 };
}

/** round((P + all interest) / n) to the multiple; the interest is exact with `carry_fraction`. */
function flatPayment(span: Span, charges: readonly Fen[]): Fen {
  const { carryFraction, paymentRounding, paymentMultipleFen: multiple } = span.terms.repayment;
  const over = span.dues.length * multiple;
  if (!carryFraction) {
    const whole = charges.reduce((sum, charge) => sum + charge, span.principal);
    return mulDivRound(whole, 1, over, paymentRounding) * multiple;
  }
  const { num, den } = sumOf(span.factors);
  const whole = BigInt(span.principal) * BigInt(den) + BigInt(span.flatBase) * BigInt(num);
  return exactFen(roundQuotient(whole, BigInt(den) * BigInt(over), paymentRounding)) * multiple;
}

function sumOf(factors: readonly Factor[]): Factor {
  return factors.reduce<Factor>(addFactors, { num: 0, den: 1 });
}

function layFlatTotal(span: Span, kept: Fen | null): LaidSchedule {
  const { rounding } = span.terms.interest;
  const periods = span.dues.length;
  const total = interestOn(span.flatBase, sumOf(span.factors), rounding);
  const each = mulDivRound(total, 1, periods, rounding);
  const charges: Fen[] = [];
  let left = total;
  for (let k = 0; k < periods; k += 1) {
    charges.push(k === periods - 1 ? left : Math.min(each, left));
    left -= charges[k]!;
  }
  const payment = kept ?? flatTotalPayment(span, each);
  const principalPart = Math.max(0, payment - each);
  const schedule = layRows(span, { payment: null, principalPart }, charges);
  // Before reading 2, and at a payment kept, a last row that comes early asks what the others do.
  if (kept !== null || span.terms.reading === 1) return { schedule, payment, principalPart: 0 };
  const interest = lastTakesRest(schedule.interest, total);
  return { schedule: { ...schedule, interest }, payment, principalPart: 0 };
}

function lastTakesRest(charges: readonly Fen[], total: Fen): Fen[] {
  let left = total;
  return charges.map((charge, k) => {
    const asked = k === charges.length - 1 ? left : charge;
    left -= asked;
    return asked;
  });
}

/** `each` interest and an equal part of the principal, as one payment. */
function flatTotalPayment({ terms, dues, flatPrincipal }: Span, each: Fen): Fen {
  const { paymentRounding, paymentMultipleFen: multiple } = terms.repayment;
  const payment = each + mulDivRound(flatPrincipal, 1, dues.length, paymentRounding);
  // Before reading 2 a multiple was for the other methods.
  if (terms.reading === 1) return payment;
  return mulDivRound(payment, 1, multiple, paymentRounding) * multiple;
}
