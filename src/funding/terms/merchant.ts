import type { EpochDay, Fen, RatePpb } from '../../accounting/money/units.js';
import { faultsOfShare, type TermFault } from './fault.js';

/** What a merchant pays of each order; null: no such bound. */
export interface MerchantFee {
  readonly ratePpb: RatePpb;
  readonly minFen: Fen | null;
  readonly maxFen: Fen | null;
  /** Whether a refund leaves the fee, or gives its part of it back. */
  readonly onRefund: 'keep' | 'pro_rata';
}

/** Who sells what loans pay for, and is paid for it (FUNDING, Merchant). Immutable. */
export interface Merchant {
  readonly code: string;
  readonly version: number;
  readonly effectiveFrom: EpochDay;
  /** Working days after the business date. */
  readonly days: number;
  readonly minimumFen: Fen;
  readonly fee: MerchantFee;
  /** What it pays of the customer's interest. */
  readonly subsidySharePpb: RatePpb;
  readonly holdBackPpb: RatePpb;
  /** Calendar days until what was held back is released. */
  readonly holdBackReleaseDays: number;
  /** Days for which it may owe us before that becomes a receivable. */
  readonly receivableAfterDays: number;
}

export function faultsOfMerchant(merchant: Merchant): TermFault[] {
  const { fee, subsidySharePpb, holdBackPpb } = merchant;
  const { minFen, maxFen } = fee;
  const isCrossed = minFen !== null && maxFen !== null && minFen > maxFen;
  return [
    ...faultsOfShare('fee.rate', fee.ratePpb),
    ...(isCrossed ? [{ path: 'fee.max', rule: 'must not be below fee.min' }] : []),
    ...faultsOfShare('subsidy.share', subsidySharePpb),
    ...faultsOfShare('hold_back.rate', holdBackPpb),
  ];
}
