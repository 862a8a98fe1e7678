import type { EpochDay, Fen } from '../../accounting/money/units.js';

export const CLAIM_STATES = ['claimed', 'part_paid', 'paid', 'withdrawn', 'refused'] as const;
export type ClaimState = (typeof CLAIM_STATES)[number];

/** Why a loan is to be bought back, in the order in which they are looked at. */
export const BUY_BACK_REASONS = ['after_days', 'in_row', 'in_all'] as const;
export type BuyBackReason = (typeof BUY_BACK_REASONS)[number];

/** What the guarantor is asked for. */
export interface Claim {
  readonly kind: 'compensation' | 'buy_back';
  /** The instalment; 0: the loan. */
  readonly seq: number;
  /** Of a buy-back alone. */
  readonly reason: BuyBackReason | null;
  /** At whose close it was made. */
  readonly day: EpochDay;
  readonly amount: Fen;
  paid: Fen;
  state: ClaimState;
}

/** Whether money for it is waited for. */
export function isOpen({ state }: Claim): boolean {
  return state === 'claimed' || state === 'part_paid';
}

/** What it holds of the cover: all while it is open, then what was paid. */
export function reservedBy(claim: Claim): Fen {
  return isOpen(claim) ? claim.amount : claim.paid;
}
