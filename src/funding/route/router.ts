import { mulDivRound } from '../../accounting/money/money.js';
import type { Fen, RatePpb } from '../../accounting/money/units.js';
import { isOpen, type RouteLimits, type WallSecond } from './route-limits.js';

/** Why a plan is passed over, in the order in which that is asked. */
export const ROUTE_REASONS = [
  'closed',
  'term',
  'rate',
  'amount',
  'refused',
  'customer',
  'daily',
  'total',
  'deposit',
] as const;
export type RouteReason = (typeof ROUTE_REASONS)[number];

/** The first plan that passes, or that with the least by its weight. */
export const ROUTE_WAYS = ['priority', 'weight'] as const;
export type RouteWay = (typeof ROUTE_WAYS)[number];

/** A plan that loans can be routed to, and what its limits count of all days before. */
export interface RoutePlan {
  readonly plan: string;
  readonly party: string;
  /** The lender's own part, and the sum of all. */
  readonly ownPart: number;
  readonly parts: number;
  readonly limits: RouteLimits;
  readonly usedFen: Fen;
  /** Routed on the day already. */
  readonly usedTodayFen: Fen;
  /** A bound of its partner is breached: nothing is routed to it. */
  readonly isStopped: boolean;
}

export interface Application {
  readonly at: WallSecond;
  readonly customer: string;
  readonly amount: Fen;
  readonly term: number;
  readonly ratePpb: RatePpb;
  /** Plans whose partner has said no. */
  readonly refusedBy: readonly string[];
}

export interface Routed {
  /** Its place among the router's plans; null: none passes. */
  readonly plan: number | null;
  /** The partner's share of the loan. */
  readonly funded: Fen;
  /** By place: why a plan was passed over; null where it was not. */
  readonly skipped: readonly (RouteReason | null)[];
}

/** What a plan has taken. */
export interface RouteUse {
  total: Fen;
  daily: Fen;
  /** What is left of the deposit; null: there is none to be kept to. */
  deposit: Fen | null;
}

/** Exposure of a customer to a party. */
export type ExposureOf = (customer: string, party: string) => Fen;

/**
 * Routes the applications of a day one after the other (FUNDING, Limits and routing): what one
 * takes is no longer there for the next, until it is freed.
 */
export class Router {
  /** In the order of their priority. */
  readonly plans: readonly RoutePlan[];
  readonly #way: RouteWay;
  readonly #uses: readonly RouteUse[];
  readonly #exposureOf: ExposureOf;
  /** By party and customer: what was routed since. */
  readonly #routed = new Map<string, Map<string, Fen>>();

  constructor(way: RouteWay, plans: readonly RoutePlan[], exposureOf: ExposureOf = () => 0) {
    this.#way = way;
    this.plans = [...plans].sort((left, right) => rankOf(left) - rankOf(right));
    this.#exposureOf = exposureOf;
    this.#uses = this.plans.map(({ limits, usedFen, usedTodayFen }) => ({
      total: usedFen,
      daily: usedTodayFen,
      deposit: limits.depositFen,
    }));
    for (const { party } of plans) this.#routed.set(party, new Map());
  }

  /** What a plan has taken, by its place. */
  use(place: number): Readonly<RouteUse> {
    return this.#uses[place]!;
  }

  route(application: Application): Routed {
    const skipped: (RouteReason | null)[] = this.plans.map(() => null);
    let best: number | null = null;
    for (const [place, plan] of this.plans.entries()) {
      const share = partnersShare(plan, application.amount);
      skipped[place] = this.#reasonAgainst(place, application, share);
      if (skipped[place] !== null) continue;
      if (best === null || this.#isLess(place, best, application.amount)) best = place;
      if (this.#way === 'priority') break;
    }
    if (best === null) return { plan: null, funded: 0, skipped };
    const funded = partnersShare(this.plans[best]!, application.amount);
    this.#take(best, application.customer, funded);
    return { plan: best, funded, skipped };
  }

  /** A disbursement that failed leaves its room to the next application. */
  free({ plan, funded }: Routed, customer: string): void {
    if (plan !== null) this.#take(plan, customer, 0 - funded);
  }

  #reasonAgainst(place: number, it: Application, share: Fen): RouteReason | null {
    const { plan, party, limits, isStopped } = this.plans[place]!;
    const { loanMinFen, loanMaxFen, terms, rateMaxPpb, customerFen, dailyFen, totalFen } = limits;
    const { daily, total, deposit } = this.#uses[place]!;
    if (isStopped || !isOpen(limits, it.at)) return 'closed';
    if (terms !== null && !terms.has(it.term)) return 'term';
    if (isAbove(it.ratePpb, rateMaxPpb)) return 'rate';
    const isSmall = loanMinFen !== null && it.amount < loanMinFen;
    if (isSmall || isAbove(it.amount, loanMaxFen) || share <= 0) return 'amount';
    if (it.refusedBy.includes(plan)) return 'refused';
    if (customerFen !== null) {
      const since = this.#routed.get(party)!.get(it.customer) ?? 0;
      const exposure = this.#exposureOf(it.customer, party) + since;
      if (isAbove(exposure + share, customerFen)) return 'customer';
    }
    if (isAbove(daily + share, dailyFen)) return 'daily';
    if (isAbove(total + share, totalFen)) return 'total';
    return isAbove(share, deposit) ? 'deposit' : null;
  }

  /** Whether a plan has less by its weight than the best before it, this loan among it. */
  #isLess(place: number, best: number, amount: Fen): boolean {
    const [own, other] = [place, best].map((each) => {
      const plan = this.plans[each]!;
      const taken = this.#uses[each]!.daily + partnersShare(plan, amount);
      return { taken, weight: plan.limits.weight };
    });
    const [left, right] = [own!.taken * other!.weight, other!.taken * own!.weight];
    if (Number.isSafeInteger(left) && Number.isSafeInteger(right)) return left < right;
    return BigInt(own!.taken) * BigInt(other!.weight) < BigInt(other!.taken) * BigInt(own!.weight);
  }

  #take(place: number, customer: string, amount: Fen): void {
    const { party, limits } = this.plans[place]!;
    const use = this.#uses[place]!;
    use.total += amount;
    use.daily += amount;
    if (use.deposit !== null) use.deposit -= amount;
    // Kept for the party, over all its plans, where any of them limits a customer.
    const since = this.#routed.get(party)!;
    if (this.#limitsCustomers(party, limits)) {
      since.set(customer, (since.get(customer) ?? 0) + amount);
    }
  }

  #limitsCustomers(party: string, { customerFen }: RouteLimits): boolean {
    return (
      customerFen !== null ||
      this.plans.some((each) => each.party === party && each.limits.customerFen !== null)
    );
  }
}

/** What the partners fund of a loan: all that the lender's rounded part leaves. */
export function partnersShare({ ownPart, parts }: RoutePlan, amount: Fen): Fen {
  return amount - mulDivRound(amount, ownPart, parts, 'half_up');
}

function isAbove(value: number, bound: number | null): boolean {
  return bound !== null && value > bound;
}

function rankOf({ limits }: RoutePlan): number {
  return limits.priority ?? Number.MAX_SAFE_INTEGER;
}
