import { mulDivRound } from '../../accounting/money/money.js';
import { type Fen, RATE_SCALE } from '../../accounting/money/units.js';
import type { Merchant } from '../terms/merchant.js';

/** Why a refund is not taken, in the order in which that is asked. */
export const REFUND_RULES = ['repeated_refund', 'unknown_order', 'refund_above_order'] as const;
export type RefundRule = (typeof REFUND_RULES)[number];

/** What a refund gives back to the merchant of what it paid for the order. */
export interface GivenBack {
  readonly fee: Fen;
  readonly subsidy: Fen;
}

/** One sale: what the merchant pays of it, and what refunds have left (FUNDING, Merchant). */
export class MerchantOrder {
  readonly fee: Fen;
  readonly subsidy: Fen;
  readonly #terms: Merchant;
  readonly #principal: Fen;
  #left: Fen;
  #feeLeft: Fen;
  #subsidyLeft: Fen;

  constructor(terms: Merchant, principal: Fen, interest: Fen) {
    const { ratePpb, minFen, maxFen } = terms.fee;
    const fee = Math.max(mulDivRound(principal, ratePpb, RATE_SCALE, 'half_up'), minFen ?? 0);
    this.#terms = terms;
    this.#principal = principal;
    this.#left = principal;
    this.fee = maxFen === null ? fee : Math.min(fee, maxFen);
    this.#feeLeft = this.fee;
    this.subsidy = this.#shareOf(interest);
    this.#subsidyLeft = this.subsidy;
  }

  /** What of the subsidy was earned with the interest; null: of that no more is to come. */
  subsidyEarned(interestEarned: Fen | null): Fen {
    if (interestEarned === null) return this.#subsidyLeft;
    return Math.min(this.#subsidyLeft, this.#shareOf(interestEarned));
  }

  /** Takes a refund; null where it is above what the order has left, and changes nothing. */
  refund(amount: Fen, interestEarned: Fen): GivenBack | null {
    if (amount > this.#left) return null;
    const notEarned = Math.max(0, this.#subsidyLeft - this.#shareOf(interestEarned));
    const subsidy = mulDivRound(notEarned, amount, this.#left, 'half_up');
    this.#left -= amount;
    this.#subsidyLeft -= subsidy;
    const kept =
      this.#terms.fee.onRefund === 'keep'
        ? this.#feeLeft
        : mulDivRound(this.fee, this.#left, this.#principal, 'half_up');
    const fee = this.#feeLeft - kept;
    this.#feeLeft = kept;
    return { fee, subsidy };
  }

  #shareOf(interest: Fen): Fen {
    return mulDivRound(interest, this.#terms.subsidySharePpb, RATE_SCALE, 'half_up');
  }
}
