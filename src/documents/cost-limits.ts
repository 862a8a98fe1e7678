import { parseRatePpb } from '../accounting/amount-text.js';
import { RATE_SCALE, type RatePpb } from '../accounting/units.js';
import type { ProductDocument } from './product-schema.js';
import type { Violation } from './violations.js';

/**
 * What a product asks for beyond what a loan may cost: a yearly penalty rate above the cap, null
 * for none, and a prepayment fee that is all of what is repaid. A loan's own rate is not in its
 * product: the import of loans holds that to the cap.
 */
export function costLimitViolations(
  { penalty, prepayment, effective_from: from }: ProductDocument,
  capPpb: RatePpb | null,
): Violation[] {
  const found: Violation[] = [];
  const { annual } = penalty.rate;
  if (capPpb !== null && annual !== undefined && (parseRatePpb(annual) ?? 0) > capPpb) {
    const rule = `is above the cost cap of ${capPpb / RATE_SCALE} in force on ${from}`;
    found.push({ path: 'penalty.rate.annual', rule, value: annual });
  }
  const feeRate = prepayment.fee?.rate;
  if (feeRate !== undefined && (parseRatePpb(feeRate) ?? 0) >= RATE_SCALE) {
    found.push({ path: 'prepayment.fee.rate', rule: 'must be below 1', value: feeRate });
  }
  return found;
}
