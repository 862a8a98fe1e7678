import { exactFen } from '../money/fraction.js';
import { mulDivRound, roundQuotient } from '../money/money.js';
import type { Fen } from '../money/units.js';
import { layRows } from './schedule-lay-rows.js';
import type { LaidSchedule, Schedule } from './schedule-rows.js';
import { payingPeriods, type Span } from './schedule-span.js';

/** Products longer than this are cut: their quotient keeps more than a thousand digits. */
const PRODUCT_BITS_MAX = 8192n;
const PRODUCT_BITS_KEPT = 4096n;

const SMOOTHING_ROUNDS = 3;

/**
 * `level_payment_actuarial` at the payment in force, or at its own: the product form, smoothed in
 * at most three rounds. With d the last instalment less the one before: while 100 x |d| exceeds
 * half the periods, the payment + round(d / n) is tried, and kept if |d| shrinks. Source:
 * cases/README.md, after Apache Fineract's progressive schedules.
 */
export function layActuarial(span: Span, kept: Fen | null): LaidSchedule {
  const lay = (payment: Fen) => layRows(span, { payment, principalPart: 0 });
  if (kept !== null) return { schedule: lay(kept), payment: kept, principalPart: 0 };
  const { minorDigits, repayment } = span.terms;
  const periods = payingPeriods(span);
  const unit = 10 ** minorDigits;
  let payment = toMultiple(span, productPayment(span));
  let schedule = lay(payment);
  for (let round = 0; round < SMOOTHING_ROUNDS && periods > 1; round += 1) {
    const off = tailOf(span, schedule);
    if (100 * Math.abs(off) <= Math.floor(periods / 2) * unit) break;
    const step = mulDivRound(off, 1, periods, repayment.paymentRounding);
    const tried = Math.max(0, toMultiple(span, payment + step));
    const triedSchedule = lay(tried);
    if (Math.abs(tailOf(span, triedSchedule)) >= Math.abs(off)) break;
    payment = tried;
    schedule = triedSchedule;
  }
  return { schedule, payment, principalPart: 0 };
}

/** The last instalment less the last but one; 0 where there is one alone. */
function tailOf({ dues, terms }: Span, { principal, interest }: Schedule): Fen {
  const asked = (k: number) => (principal[k] ?? 0) + (interest[k] ?? 0);
  // Before reading 2 the periods were compared, also those after the end of the rows.
  const rows = terms.reading === 1 ? dues.length : principal.length;
  return rows < 2 ? 0 : asked(rows - 1) - asked(rows - 2);
}

function toMultiple({ terms }: Span, payment: Fen): Fen {
  const { paymentMultipleFen: multiple, paymentRounding } = terms.repayment;
  return mulDivRound(payment, 1, multiple, paymentRounding) * multiple;
}

/** round(P x product(1 + f_i) / F), F = 1, then F = 1 + F (1 + f_i) for i = 2 .. n. */
function productPayment(span: Span): Fen {
  const factors = span.factors.slice(span.principalFree);
  let product = 1n;
  let sum = 0n;
  let one = 1n;
  for (const [k, factor] of factors.entries()) {
    const den = BigInt(factor.den);
    const num = den + BigInt(factor.num);
    // With 1 + f = num / den and all over the product of the dens: sum is F, product the product.
    sum = k === 0 ? den : sum * num + one * den;
    product *= num;
    one *= den;
    const bits = BigInt(one.toString(16).length) * 4n;
    if (bits > PRODUCT_BITS_MAX) {
      const cut = bits - PRODUCT_BITS_KEPT;
      product >>= cut;
      sum >>= cut;
      one >>= cut;
    }
  }
  const { paymentRounding } = span.terms.repayment;
  return exactFen(roundQuotient(BigInt(span.principal) * product, sum, paymentRounding));
}
