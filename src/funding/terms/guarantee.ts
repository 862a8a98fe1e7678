import type { EpochDay, Fen, RatePpb } from '../../accounting/money/units.js';

/** What a guarantor may pay for. */
export const COVERED = ['principal', 'interest', 'penalty'] as const;
export type Covered = (typeof COVERED)[number];

/** When the guarantor buys the loan; each condition for itself, null: it never does by this one. */
export interface BuyBackTerms {
  /** Days since the oldest due date that the customer has not paid. */
  readonly afterDays: number | null;
  /** Instalments missed in a row up to the latest due one. */
  readonly inRow: number | null;
  /** Instalments that were ever claimed and not withdrawn. */
  readonly inAll: number | null;
  /** What of the running period's interest it pays: none, or that until the day it is due. */
  readonly interestTo: 'none' | 'value_date';
}

/** The most that the guarantor pays in all: rate x disbursed, less used. */
export interface CoverCap {
  readonly ratePpb: RatePpb;
  /** Null: what the book has disbursed under the guarantee. */
  readonly disbursedFen: Fen | null;
  readonly usedFen: Fen;
  readonly restoredByRecovery: boolean;
}

/** What the customer pays the guarantor for its cover. */
export interface GuaranteeFee {
  /** The balance before each instalment, or the principal disbursed. */
  readonly base: 'balance' | 'principal';
  /** A year. */
  readonly ratePpb: RatePpb;
  readonly collected: 'per_instalment' | 'upfront';
  readonly refund: 'none' | 'pro_rata';
}

/** How a guarantor pays for customers who do not (FUNDING, Guarantee). */
export interface GuaranteeTerms {
  readonly guarantor: string;
  readonly covers: readonly Covered[];
  /** Calendar days after a due date; null: nothing is compensated. */
  readonly afterDays: number | null;
  readonly recoveryOrder: 'oldest_first' | 'lender_first';
  readonly buyBack: BuyBackTerms;
  readonly cap: CoverCap | null;
  readonly fee: GuaranteeFee | null;
}

/** Guarantee terms as a book keeps them. Immutable. */
export interface Guarantee extends GuaranteeTerms {
  readonly code: string;
  readonly version: number;
  readonly effectiveFrom: EpochDay;
}
