import type { Fen } from '../money/units.js';

/** The lender's share of what a close accrued and billed on a joint loan. */
export interface OwnAccrual {
  interestAccrued: Fen;
  penaltyAccrued: Fen;
  compoundAccrued: Fen;
  interestBilled: Fen;
}

/** What a party other than the lender has of what happened to a joint loan. */
export interface PartyItem {
  readonly eventId: number;
  /** A code of MOVEMENT. */
  readonly kind: number;
  readonly planId: number;
  readonly party: string;
  /** Its share, by component index. */
  readonly amounts: Fen[];
  /** What the lender keeps of it, and the tax inside. */
  serviceFee: Fen;
  serviceTax: Fen;
}
