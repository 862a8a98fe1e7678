import type { EpochDay, Fen } from '../../accounting/money/units.js';
import type { BuyBackTerms } from '../terms/guarantee.js';
import type { BuyBackReason, Claim } from './claim.js';
import { type BoughtBack, PAID_IN_ORDER, type PaidComponent } from './events.js';
import {
  daysSinceOldest,
  INTEREST,
  isUnpaid,
  type OpenInstalment,
  PRINCIPAL,
  runningInterest,
  sumOf,
} from './instalments.js';

/** The first condition that the close of a day meets; null: none. */
export function buyBackReason(
  terms: BuyBackTerms,
  instalments: readonly OpenInstalment[],
  claims: readonly Claim[],
  day: EpochDay,
): BuyBackReason | null {
  const { afterDays, inRow, inAll } = terms;
  const isMissed = instalments.some((each) => each.isDue && isUnpaid(each));
  const days = daysSinceOldest(instalments, day, isUnpaid);
  if (afterDays !== null && isMissed && days >= afterDays) return 'after_days';
  if (inRow !== null && missedInARow(instalments) >= inRow) return 'in_row';
  const inAllSoFar = claims.filter(({ state }) => state !== 'withdrawn').length;
  if (inAll !== null && inAllSoFar >= inAll) return 'in_all';
  return null;
}

/** Instalments up to the latest due one that the customer has not paid; recovered ones are paid. */
function missedInARow(instalments: readonly OpenInstalment[]): number {
  const due = instalments.filter(({ isDue }) => isDue);
  return due.length - 1 - due.findLastIndex((each) => !isUnpaid(each));
}

/**
 * What a buy-back asks for, by instalment and component, and what is left of it: the customer's
 * money lessens it.
 */
export class BuyBackPrice {
  readonly #left = new Map<number, Fen[]>();

  /** As the close of a day finds it: due and covered, all principal ahead, running interest. */
  constructor(
    instalments: readonly OpenInstalment[],
    covered: readonly number[],
    interestTo: BuyBackTerms['interestTo'],
    day: EpochDay,
  ) {
    const running = interestTo === 'none' ? null : runningInterest(instalments, day);
    for (const { seq, isDue, lender } of instalments) {
      const left = [0, 0, 0];
      if (isDue) for (const component of covered) left[component] = lender[component]!;
      else left[PRINCIPAL] = lender[PRINCIPAL]!;
      if (running?.seq === seq) left[INTEREST] = running.amount;
      this.#left.set(seq, left);
    }
  }

  get left(): Fen {
    return [...this.#left.values()].reduce((sum, amounts) => sum + sumOf(amounts), 0);
  }

  /** What the customer has paid the lender of what it covers. */
  lessen({ seq, to, component, amount }: PaidComponent): void {
    if (to !== 'lender') return;
    const left = this.#left.get(seq)!;
    const at = PAID_IN_ORDER.indexOf(component);
    left[at] = Math.max(0, left[at]! - amount);
  }

  /** Hands the loan over: all that the customer owes is the guarantor's then. */
  handOver(instalments: readonly OpenInstalment[]): BoughtBack {
    const paidFor = [0, 0, 0];
    const givenUp = [0, 0, 0];
    let [interestAhead, claimsClosed] = [0, 0];
    for (const { seq, isDue, lender, guarantor } of instalments) {
      claimsClosed += sumOf(guarantor);
      for (const [component, open] of lender.entries()) {
        const price = this.#left.get(seq)![component]!;
        // Interest ahead is on nobody's books yet; principal ahead is lent.
        if (!isDue && component === INTEREST) interestAhead += price;
        else {
          paidFor[component]! += price;
          givenUp[component]! += open - price;
        }
        guarantor[component]! += open;
        lender[component] = 0;
      }
    }
    return { paidFor, interestAhead, givenUp, claimsClosed };
  }
}
