import { type Factor, shareOfFactor } from '../money/fraction.js';
import { type EpochDay, type Fen, FLAT_SCALE, type RatePpb } from '../money/units.js';
import type { KeptByPrepayment, ProductTerms } from '../product/product.js';
import { laterFactors } from './period-factor.js';
import { laySpan } from './schedule-methods.js';
import type { LaidSchedule, PaymentInForce } from './schedule-rows.js';

/** What is left of a loan when its instalments not yet due are laid again. */
export interface LeftToLay {
  /** Principal not yet due, after the event. */
  readonly principalLeft: Fen;
  /** The annual rate of the periods after the running one. */
  readonly ratePpb: RatePpb;
  /** The due dates left, the running instalment's first. */
  readonly dueOnLeft: readonly EpochDay[];
  /** The seq of the running instalment; a down payment counts as seq 1. */
  readonly runningSeq: number;
  /** What the running instalment asks on the balance left: its f - q, or its mix of rates. */
  readonly runningFactor: Factor;
  /** What the event leaves as it is. */
  readonly keep: KeptByPrepayment;
  /** The payment in force so far; read with `keep: payment` only. */
  readonly inForce: PaymentInForce;
  /** Flat: what is left of the base of its interest, in 1 / FLAT_SCALE fen; else not read. */
  readonly flatBaseLeft: Fen;
}

/**
 * Lays the instalments not yet due again after a prepayment, a refund or a change of rate
 * (CONVENTIONS, Schedule, "Laid again after an event"; practice D2, D4). `keep: term` computes the
 * payment for the periods left anew, a balloon's over the amortization periods left; `keep:
 * payment` keeps the payment, or the principal of `equal_principal`, and ends where the balance is
 * zero. The first row asks round(balance left x running factor). Row `i` of the result has seq
 * `runningSeq + i`.
 */
export function layAgain(terms: ProductTerms, left: LeftToLay): LaidSchedule {
  const { principalLeft, ratePpb, dueOnLeft, runningSeq, runningFactor } = left;
  const { method, downPayment, principalFreePeriods, amortizationPeriods } = terms.repayment;
  const past = runningSeq - 1 - (downPayment === null ? 0 : 1);
  const oneRow = method === 'bullet' || method === 'daily_interest';
  const free = Math.max(0, principalFreePeriods - past);
  const factors = [runningFactor, ...laterFactors(terms, ratePpb, dueOnLeft)];
  const span = {
    terms,
    principal: principalLeft,
    ratePpb,
    dues: dueOnLeft,
    factors: method === 'flat_interest' ? factors.map(perScale) : factors,
    principalFree: oneRow ? 0 : Math.min(free, dueOnLeft.length - 1),
    amortizationPeriods:
      amortizationPeriods === null ? dueOnLeft.length : Math.max(1, amortizationPeriods - past),
    flatBase: left.flatBaseLeft,
    flatPrincipal: principalLeft,
  };
  return laySpan(span, left.keep === 'payment' ? left.inForce : null);
}

/** The factor on a base in 1 / FLAT_SCALE fen. */
function perScale(factor: Factor): Factor {
  return shareOfFactor(factor, 1, FLAT_SCALE);
}
