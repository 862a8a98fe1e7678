import { addMonthsAnchored, civilOf, monthIndex } from '../calendar/epoch-day.js';
import { type Fraction, fraction } from '../money/fraction.js';
import type { RoundingMode } from '../money/money.js';
import { type EpochDay, type Fen, RATE_SCALE, type RatePpb } from '../money/units.js';
import type { ProductTerms } from '../product/product.js';
import type { LoanContract, Schedule } from '../schedule/schedule-rows.js';

/** A double's value of n instalments is this close to the exact one, relatively, times n. */
const RELATIVE_ERROR = 2 ** -50;

/** Of months and 365ths of a year. */
const MONTH_DENOMINATOR = 12 * 365;
const UNITS_A_YEAR = { month: 12, week: 52, day: 365 } as const;

/**
 * What rounding one period's interest can add at most, in halves of the minor unit. At its own
 * rate the instalments of a loan are worth its principal and these roundings, discounted: a loan
 * priced at the cap is not above it because its interest was rounded up.
 */
const ROUNDING_HALVES: Readonly<Record<RoundingMode, number>> = {
  half_up: 1,
  half_even: 1,
  up: 2,
  down: 0,
};

/**
 * Whether the agreed cash flows of a contract cost more a year than `capPpb`: the same question as
 * whether `irrAnnual` of `loanCost` is above the cap, without looking for the rate. It is when the
 * instalments, discounted at the cap, are worth more than what was paid out. An odd first period
 * counts by its length, for which `loanCost` has no room: with a month more to the first due date
 * a loan of 18% would cost 24%. Of a loan's own schedule, `isOwn`, every period counts by its
 * length. A double decides where it is clear, whole numbers where it is not.
 */
export function isAboveCostCap(
  terms: ProductTerms,
  contract: LoanContract,
  schedule: Schedule,
  capPpb: RatePpb,
  isOwn = false,
): boolean {
  const { interval } = terms.repayment;
  const { disbursedOn } = contract;
  const { paidOut, flows, dueOn } = agreedFlows(terms, contract, schedule);
  const atCap = ({ num, den }: Fraction) => fraction(capPpb, num, RATE_SCALE * den);
  const first = atCap(yearsBetween(interval.unit, disbursedOn, dueOn[0] ?? disbursedOn));
  const regular = atCap({ num: interval.every, den: UNITS_A_YEAR[interval.unit] });
  const own = isOwn ? periodLengths(interval.unit, disbursedOn, dueOn).map(atCap) : undefined;
  const ofPeriod = (k: number) => own?.[k] ?? (k === 0 ? first : regular);
  let worth = 0;
  for (let k = flows.length - 1; k >= 0; k -= 1) {
    const { num, den } = ofPeriod(k);
    worth = (worth + flows[k]!) / (1 + num / den);
  }
  const above = worth - paidOut;
  if (Math.abs(above) > worth * flows.length * RELATIVE_ERROR) return above > 0;
  return isAboveExactly(paidOut, flows, ofPeriod);
}

interface AgreedFlows {
  readonly paidOut: Fen;
  readonly flows: readonly Fen[];
  /** Of the flows. */
  readonly dueOn: readonly EpochDay[];
}

/** In halves of the minor unit; a row due at disbursement, the down payment, is never paid out. */
function agreedFlows(terms: ProductTerms, contract: LoanContract, schedule: Schedule): AgreedFlows {
  const { carryFraction, paymentRounding } = terms.repayment;
  // With carry_fraction the last payment is rounded as payments are, its interest with it.
  const allowed = Math.max(
    ROUNDING_HALVES[terms.interest.rounding],
    carryFraction ? ROUNDING_HALVES[paymentRounding] : 0,
  );
  const { dueOn, principal, interest, fee } = schedule;
  const flows: Fen[] = [];
  let paidOut = 2 * contract.principal;
  for (let k = 0; k < dueOn.length; k += 1) {
    const flow = 2 * (principal[k]! + interest[k]! + (fee?.[k] ?? 0));
    if (dueOn[k]! <= contract.disbursedOn) paidOut -= flow;
    else flows.push(flow - allowed);
  }
  return { paidOut, flows, dueOn: dueOn.slice(dueOn.length - flows.length) };
}

/** From due date to due date, each counted from the start: to a clamped month end is a month. */
function periodLengths(
  unit: keyof typeof UNITS_A_YEAR,
  start: EpochDay,
  dueOn: readonly EpochDay[],
): Fraction[] {
  const den = unit === 'week' ? 364 : unit === 'day' ? 365 : MONTH_DENOMINATOR;
  let before = 0;
  return dueOn.map((due) => {
    const years = yearsBetween(unit, start, due);
    const until = years.num * (den / years.den);
    const length = { num: until - before, den };
    before = until;
    return length;
  });
}

/** Whole months and 365ths for the days left; for weeks and days 364ths and 365ths. */
function yearsBetween(unit: keyof typeof UNITS_A_YEAR, from: EpochDay, to: EpochDay): Fraction {
  if (unit !== 'month') return { num: to - from, den: unit === 'week' ? 364 : 365 };
  const start = civilOf(from);
  let months = monthIndex(civilOf(to)) - monthIndex(start);
  let oddFrom = addMonthsAnchored(from, months, start.day);
  if (oddFrom > to) {
    months -= 1;
    oddFrom = addMonthsAnchored(from, months, start.day);
  }
  return oddFrom === to
    ? { num: months, den: 12 }
    : { num: months * 365 + (to - oddFrom) * 12, den: MONTH_DENOMINATOR };
}

/** What is still owed at the cap's rate after the last instalment is below zero. */
function isAboveExactly(
  paidOut: Fen,
  flows: readonly Fen[],
  ofPeriod: (k: number) => Fraction,
): boolean {
  let owed = BigInt(paidOut);
  let scale = 1n;
  for (const [k, flow] of flows.entries()) {
    const { num, den } = ofPeriod(k);
    scale *= BigInt(den);
    owed = owed * BigInt(num + den) - BigInt(flow) * scale;
  }
  return owed < 0n;
}
