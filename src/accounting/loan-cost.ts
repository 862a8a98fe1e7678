import type { ProductTerms } from './product.js';
import type { Schedule } from './schedule-rows.js';
import type { Fen } from './units.js';

/** Internal rates of return as fractions: 0.015 a period, 0.18 a year. */
export interface LoanCost {
  readonly irrPeriod: number;
  readonly irrAnnual: number;
  readonly effectiveAnnual: number;
}

const STEPS_MAX = 100;
const PRECISE = 1e-13;

/**
 * The cost of the agreed cash flows: the rate per period at which the instalments, equally spaced,
 * are worth the principal; a year is as many periods as its interval gives (CONVENTIONS,
 * simulate; practice A4). A loan of one row is one period, as long as its term.
 */
export function loanCost(
  terms: ProductTerms,
  principal: Fen,
  periods: number,
  schedule: Schedule,
): LoanCost {
  const totals = schedule.dueOn.map((_, k) => schedule.principal[k]! + schedule.interest[k]!);
  const irrPeriod = ratePerPeriod(principal, totals);
  const { method, interval } = terms.repayment;
  const inOnePeriod = method === 'bullet' || method === 'daily_interest' ? periods : 1;
  const unitsAYear = { month: 12, week: 52, day: 365 }[interval.unit];
  const periodsAYear = unitsAYear / (interval.every * inOnePeriod);
  return {
    irrPeriod,
    irrAnnual: irrPeriod * periodsAYear,
    effectiveAnnual: (1 + irrPeriod) ** periodsAYear - 1,
  };
}

/** Newton's method from the rate of a loan repaid at its middle; the flows never fall short. */
function ratePerPeriod(principal: Fen, totals: readonly Fen[]): number {
  let paid = 0;
  let timed = 0;
  for (const [k, total] of totals.entries()) {
    paid += total;
    timed += total * (k + 1);
  }
  if (paid <= principal || timed === 0) return 0;
  let rate = (paid - principal) / ((principal * timed) / paid);
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const discount = 1 / (1 + rate);
    let factor = 1;
    let value = -principal;
    let slope = 0;
    for (let k = 0; k < totals.length; k += 1) {
      factor *= discount;
      value += totals[k]! * factor;
      slope -= (k + 1) * totals[k]! * factor * discount;
    }
    const change = value / slope;
    rate -= change;
    if (Math.abs(change) < PRECISE) break;
  }
  return rate;
}
