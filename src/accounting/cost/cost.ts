import { Decimal } from 'decimal.js';
import { formatAmount } from '../money/amount-text.js';
import { Refusal } from '../money/refusal.js';
import type { Fen } from '../money/units.js';
import type { ProductTerms } from '../product/product.js';
import type { LoanContract, Schedule } from '../schedule/schedule-rows.js';

/** What a loan costs its customer, each a decimal of six places: `0.015000` is 1.5%. */
export interface LoanCost {
  /** Internal rate of return of one period of the agreed cash flows. */
  readonly irrPeriod: string;
  /** `irrPeriod` times the periods of a year. */
  readonly irrAnnual: string;
  /** (1 + irrPeriod) ^ periods of a year - 1. */
  readonly effectiveAnnual: string;
}

const SHOWN_DECIMALS = 6;

/** Twice the digits of a double and some, so that the sixth decimal is beyond doubt. */
const Exact = Decimal.clone({ precision: 40 });

/** Newton's method doubles the digits a step: from a double's 15 to 30 to 60. */
const EXACT_STEPS = 2;
const DOUBLE_STEPS_MAX = 200;
const DOUBLE_STEP_SMALL = 1e-15;

/**
 * The cost of a contract under its schedule (CONVENTIONS, simulate: `cost`): the principal less a
 * down payment goes out, the instalments with their agreed fees come back equally spaced. A bullet
 * and a loan of daily interest are one period as long as their term. Throws Refusal
 * `cost_not_defined` when nothing goes out or nothing comes back.
 */
export function loanCost(
  terms: ProductTerms,
  contract: LoanContract,
  schedule: Schedule,
): LoanCost {
  const { dueOn, principal, interest, fee } = schedule;
  const asked = principal.map((part, k) => part + (interest[k] ?? 0) + (fee?.[k] ?? 0));
  // A down payment is due at disbursement: money that never goes out.
  const down = dueOn[0] === contract.disbursedOn ? 1 : 0;
  const outflow = contract.principal - (down === 1 ? (asked[0] ?? 0) : 0);
  const flows = asked.slice(down);
  if (outflow <= 0 || !flows.some((flow) => flow > 0)) {
    throw new Refusal('cost_not_defined', 'a cost needs money that comes back', {
      principal: contract.principal,
    });
  }
  const growth = new Exact(1).div(discountOf(outflow, flows));
  const irr = growth.minus(1);
  const periods = periodsAYear(terms, contract);
  return {
    irrPeriod: sixPlaces(irr),
    irrAnnual: sixPlaces(irr.times(periods)),
    effectiveAnnual: sixPlaces(growth.pow(periods).minus(1)),
  };
}

function periodsAYear(terms: ProductTerms, contract: LoanContract): Decimal {
  const { method, interval } = terms.repayment;
  const unitsAYear = { month: 12, week: 52, day: 365 }[interval.unit];
  const onePeriod = method === 'bullet' || method === 'daily_interest' ? contract.periods : 1;
  return new Exact(unitsAYear).div(interval.every * onePeriod);
}

/**
 * The discount factor v of one period with sum(flow_k v^k) = principal. The sum rises and is
 * convex in v, so Newton's method finds its one positive root from any start.
 */
function discountOf(principal: Fen, flows: readonly Fen[]): Decimal {
  let near = 1;
  for (let step = 0; step < DOUBLE_STEPS_MAX; step += 1) {
    let value = 0;
    let slope = 0;
    for (let k = flows.length - 1; k >= 0; k -= 1) {
      slope = slope * near + value;
      value = value * near + (flows[k] ?? 0);
    }
    // The polynomial in hand lacks one factor v: the first flow comes after one period.
    slope = slope * near + value;
    const change = (value * near - principal) / slope;
    near -= change;
    if (Math.abs(change) < DOUBLE_STEP_SMALL) break;
  }
  let exact = new Exact(near);
  for (let step = 0; step < EXACT_STEPS; step += 1) exact = newtonStep(principal, flows, exact);
  return exact;
}

function newtonStep(principal: Fen, flows: readonly Fen[], at: Decimal): Decimal {
  let value = new Exact(0);
  let slope = new Exact(0);
  for (let k = flows.length - 1; k >= 0; k -= 1) {
    slope = slope.times(at).plus(value);
    value = value.times(at).plus(flows[k] ?? 0);
  }
  slope = slope.times(at).plus(value);
  return at.minus(value.times(at).minus(principal).div(slope));
}

function sixPlaces(value: Decimal): string {
  const scaled = value.times(10 ** SHOWN_DECIMALS).toDecimalPlaces(0, Decimal.ROUND_HALF_UP);
  return formatAmount(scaled.toNumber() + 0, SHOWN_DECIMALS);
}
