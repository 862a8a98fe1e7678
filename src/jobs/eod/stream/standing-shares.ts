import type { Position } from '../../../accounting/fold/position.js';
import { Total } from '../../../accounting/money/total.js';
import { SHARED_BALANCES } from '../../../funding/shares/loan-shares.js';
import type { OwnStock } from '../../day/joint/stock.js';

/** The shares of joint loans that stand alike, as `subledger_total` sums them. */
export interface StandingSums<Sum> {
  readonly groupId: number;
  readonly accruing: boolean;
  readonly classification: number;
  readonly overdueBucket: number;
  /** The lender's, in the order of SHARED_BALANCES. */
  readonly own: readonly Sum[];
  readonly partnerPrincipal: Sum;
  readonly partnerInterest: Sum;
}

/** Sums the shares of a task's joint loans. */
export class StandingShares {
  readonly #sums = new Map<number, StandingSums<Total>>();

  add(position: Position, { own, partnerPrincipal, partnerInterest }: OwnStock): void {
    const sums = this.#sumsOf(position);
    for (let b = 0; b < own.length; b += 1) sums.own[b]!.add(own[b]!);
    sums.partnerPrincipal.add(partnerPrincipal);
    sums.partnerInterest.add(partnerInterest);
  }

  #sumsOf(position: Position): StandingSums<Total> {
    const { groupId, accruing, classification, overdueBucket } = position;
    // Five classes and eight buckets.
    const key = ((groupId * 2 + (accruing ? 1 : 0)) * 8 + classification) * 8 + overdueBucket;
    const known = this.#sums.get(key);
    if (known !== undefined) return known;
    const sums = {
      ...{ groupId, accruing, classification, overdueBucket },
      own: SHARED_BALANCES.map(() => new Total()),
      partnerPrincipal: new Total(),
      partnerInterest: new Total(),
    };
    this.#sums.set(key, sums);
    return sums;
  }

  sums(): StandingSums<bigint>[] {
    return [...this.#sums]
      .sort(([a], [b]) => a - b)
      .map(([, sums]) => ({
        ...sums,
        own: sums.own.map((sum) => sum.value),
        partnerPrincipal: sums.partnerPrincipal.value,
        partnerInterest: sums.partnerInterest.value,
      }));
  }
}
