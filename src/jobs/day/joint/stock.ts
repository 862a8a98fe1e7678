import { type Position, STATUS } from '../../../accounting/fold/position.js';
import type { Fen } from '../../../accounting/money/units.js';
import { COMPONENTS, PRINCIPAL } from '../../../accounting/posting/flow.js';
import { totalOut } from '../../../accounting/posting/totals.js';
import { type LoanShares, SHARED_BALANCES } from '../../../funding/shares/loan-shares.js';

/** The shared balances of a loan, whole, in the order of SHARED_BALANCES. */
export function wholeBalances(position: Position, into: Fen[]): void {
  into[0] = position.principal - position.principalOverdue;
  into[1] = position.principalOverdue;
  into[2] = position.interestAccrued;
  into[3] = position.interestDue;
  into[4] = position.penaltyDue;
  into[5] = position.compoundDue;
  into[6] = position.feeDue;
}

/** What has been recovered of a component since the loan was written off. */
export function recoveredOf(position: Position, totals: readonly Fen[], component: number): Fen {
  let left = 0;
  for (const item of position.open) {
    if (component === 0) left += item.principalOpen;
    else if (component === 1) left += item.interestOpen;
    else if (component === 2) left += item.penalty.open;
    else if (component === 3) left += item.compound.open;
    else left += item.feeOpen;
  }
  return Math.max(totals[4 * component + 3]! - left, 0);
}

/** A loan's shares as it stands at the end of a day. */
export interface OwnStock {
  /** The lender's, by SHARED_BALANCES. */
  readonly own: Fen[];
  /** The others' together: of the principal, and of all else. */
  partnerPrincipal: Fen;
  partnerInterest: Fen;
}

export function blankStock(): OwnStock {
  return { own: zeros(SHARED_BALANCES.length), partnerPrincipal: 0, partnerInterest: 0 };
}

export function zeros(length: number): Fen[] {
  return new Array<Fen>(length).fill(0);
}

const whole = zeros(SHARED_BALANCES.length);
const out = zeros(COMPONENTS.length);

/**
 * Reads the shares of a loan off its position and totals. Of one that the lender wrote off it has
 * nothing on its books; the others still have their claims, less what was recovered for them.
 */
export function stockOf(
  shares: LoanShares,
  position: Position,
  totals: readonly Fen[],
  into: OwnStock,
): void {
  const { own } = into;
  if (position.status === STATUS.writtenOff) {
    own.fill(0);
    into.partnerPrincipal = claimOf(shares, position, totals, PRINCIPAL);
    into.partnerInterest = 0;
    for (let c = 1; c < COMPONENTS.length; c += 1) {
      into.partnerInterest += claimOf(shares, position, totals, c);
    }
    return;
  }
  wholeBalances(position, whole);
  for (let c = 0; c < COMPONENTS.length; c += 1) out[c] = totalOut(totals, c);
  shares.ownBalances(whole, out, own);
  putPartners(whole, into);
}

/** What is not the lender's is the others'. */
export function putPartners(balances: readonly Fen[], into: OwnStock): void {
  const { own } = into;
  into.partnerPrincipal = balances[0]! + balances[1]! - own[0]! - own[1]!;
  let interest = 0;
  for (let b = 2; b < SHARED_BALANCES.length; b += 1) interest += balances[b]! - own[b]!;
  into.partnerInterest = interest;
}

/** What one of them has to claim of it: they sum to what all of them have. */
function claimOfParty(
  shares: LoanShares,
  party: number,
  position: Position,
  totals: readonly Fen[],
  component: number,
): Fen {
  const gone = totals[4 * component + 3]!;
  const before = totalOut(totals, component);
  const recovered = recoveredOf(position, totals, component);
  const growth = (rule: number, amount: Fen) =>
    shares.of(party, rule, before + amount) - shares.of(party, rule, before);
  return growth(component, gone) - growth(PRINCIPAL, recovered);
}

/**
 * What each party has of the balances, by SHARED_BALANCES, in the plan's order: of a loan that the
 * lender wrote off the claims of the others, as principal and as what is due.
 */
export function partyStocks(
  shares: LoanShares,
  position: Position,
  totals: readonly Fen[],
): readonly (readonly Fen[])[] {
  if (position.status !== STATUS.writtenOff) {
    const balances = zeros(SHARED_BALANCES.length);
    wholeBalances(position, balances);
    const gone = COMPONENTS.map((_, c) => totalOut(totals, c));
    return shares.balancesOfAll(balances, gone);
  }
  return shares.plan.parties.map(({ own }, at) => {
    const of = (component: number) =>
      own ? 0 : claimOfParty(shares, at, position, totals, component);
    return [of(0), 0, 0, of(1), of(2), of(3), of(4)];
  });
}

/** What the others have to claim of a component of a loan that was written off. */
function claimOf(
  shares: LoanShares,
  position: Position,
  totals: readonly Fen[],
  component: number,
): Fen {
  const gone = totals[4 * component + 3]!;
  const before = totalOut(totals, component);
  const recovered = recoveredOf(position, totals, component);
  return (
    gone -
    shares.ownGrowth(component, before, before + gone) -
    (recovered - shares.ownGrowth(PRINCIPAL, before, before + recovered))
  );
}
