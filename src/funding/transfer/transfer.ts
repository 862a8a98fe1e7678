import { roundQuotient } from '../../accounting/money/money.js';
import { type Fen, RATE_SCALE, type RatePpb } from '../../accounting/money/units.js';
import type { FundingPlan } from '../plan/plan.js';
import { type Amounts, ownAt } from '../shares/joint-loan.js';
import { Shares } from '../shares/share.js';

/** Why a loan of the list is not sold, in the order in which they are looked at. */
export const DECLINES = ['pending', 'status', 'balance'] as const;
export type Decline = (typeof DECLINES)[number];

/** A loan as it stands behind the close of the day of the transfer. */
export interface OfferedLoan {
  /** Another assignment of it is under way. */
  readonly isPending: boolean;
  /** It runs: neither settled nor cancelled, written off or gone. */
  readonly isActive: boolean;
  readonly balances: Amounts;
  readonly ratePpb: RatePpb;
}

/** What is paid for principal, and for all else. */
export interface PriceTerms {
  readonly ratioPpb: RatePpb;
  readonly interestRatioPpb: RatePpb;
}

/** What a loan is sold for: by component what leaves the lender, and the price. */
export interface SoldLoan {
  readonly sold: Amounts;
  readonly price: Fen;
}

const PRINCIPAL = 0;

/**
 * Prices the loans of a list one after the other (FUNDING, Transfer): what is sold of each is its
 * balance less the lender's share under the new plan, its price what it adds to the rounded price
 * of all that is sold.
 */
export class Pool {
  readonly #plan: FundingPlan;
  readonly #terms: PriceTerms;
  #exact = 0n;
  #price: Fen = 0;
  #sold: Fen = 0;

  constructor(plan: FundingPlan, terms: PriceTerms) {
    this.#plan = plan;
    this.#terms = terms;
  }

  /** What is sold in all, and for how much. */
  get total(): { readonly sold: Fen; readonly price: Fen } {
    return { sold: this.#sold, price: this.#price };
  }

  /** The loan as sold, or why it is declined. */
  add(loan: OfferedLoan): SoldLoan | Decline {
    const decline = declineOf(loan);
    if (decline !== null) return decline;
    const shares = new Shares(this.#plan, loan.ratePpb);
    const own = ownAt(this.#plan);
    const sold = loan.balances.map(
      (balance, component) => balance - shares.of(own, component, balance),
    );
    return { sold, price: this.take(sold) };
  }

  /** Prices what of a loan changes hands, by component; less than 0: what comes back. */
  take(sold: Amounts): Fen {
    for (const [component, amount] of sold.entries()) {
      const { ratioPpb, interestRatioPpb } = this.#terms;
      const ppb = component === PRINCIPAL ? ratioPpb : interestRatioPpb;
      this.#exact += BigInt(amount) * BigInt(ppb);
      this.#sold += amount;
    }
    const before = this.#price;
    this.#price = rounded(this.#exact);
    return this.#price - before;
  }
}

function rounded(exact: bigint): Fen {
  const size = roundQuotient(exact < 0n ? -exact : exact, BigInt(RATE_SCALE), 'half_up');
  return Number(exact < 0n ? -size : size);
}

/** Why a loan is not sold; null: it is. */
export function declineOf({
  isPending,
  isActive,
  balances,
}: Omit<OfferedLoan, 'ratePpb'>): Decline | null {
  if (isPending) return 'pending';
  if (!isActive) return 'status';
  return balances.reduce((sum, balance) => sum + balance, 0) > 0 ? null : 'balance';
}

/** Whether a loan of the list came out sold. */
export function isSold(outcome: SoldLoan | Decline): outcome is SoldLoan {
  return typeof outcome !== 'string';
}
