import type { Factor } from '../money/fraction.js';
import type { EpochDay, Fen, RatePpb } from '../money/units.js';
import type { ProductTerms } from '../product/product.js';

/** What a schedule is laid over: a balance, and the periods that repay it. */
export interface Span {
  readonly terms: ProductTerms;
  /** The balance that the rows repay. */
  readonly principal: Fen;
  readonly ratePpb: RatePpb;
  /** The due date and the exact factor of each period. */
  readonly dues: readonly EpochDay[];
  readonly factors: readonly Factor[];
  /** Periods without principal at the start. */
  readonly principalFree: number;
  /** Periods that a balloon's payment is computed over. */
  readonly amortizationPeriods: number;
  /** The amount that flat interest is charged on. */
  readonly flatBase: Fen;
  /** `flat_total`: the amount that is divided by the periods for their principal. */
  readonly flatPrincipal: Fen;
}

/** Periods of a span that repay principal. */
export function payingPeriods({ dues, principalFree }: Span): number {
  return dues.length - principalFree;
}
