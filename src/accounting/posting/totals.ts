import type { Fen } from '../money/units.js';
import { COMPONENTS, type DayFlow, FEE, PENALTY, PRINCIPAL } from './flow.js';

/** Where the lifetime totals keep what of the penalty due was charged by events. */
export const PENALTY_CHARGED = 4 * COMPONENTS.length;
/** And the principal that merchants gave back. */
export const REFUNDED = PENALTY_CHARGED + 1;
/**
 * How many totals a loan carries: due, paid, waived, written off, of each component; penalty
 * charged, principal refunded.
 */
export const TOTALS_COUNT = REFUNDED + 1;

/**
 * Adds a day's flow to lifetime totals: four numbers a component, due, paid, waived, written off.
 * Accrued interest is a column of its own; of penalty and compound, due is what was accrued.
 */
export function addFlow(totals: Fen[], flow: DayFlow): void {
  const due = [
    flow.principalBilled,
    flow.interestBilled,
    flow.penaltyAccrued + flow.charged[PENALTY]!,
    flow.compoundAccrued,
    flow.charged[FEE]!,
  ];
  for (let c = 0; c < COMPONENTS.length; c += 1) {
    totals[4 * c]! += due[c]!;
    totals[4 * c + 1]! += flow.paid[c]!;
    totals[4 * c + 2]! += flow.waived[c]!;
    // Less than nothing where interest was paid ahead for days that will not come.
    totals[4 * c + 3]! += Math.max(flow.writtenOff[c]!, 0);
  }
  totals[PENALTY_CHARGED]! += flow.charged[PENALTY]!;
  totals[REFUNDED]! += flow.refunded;
}

/** What went out of a component: paid, waived, given back by the merchant. */
export function totalOut(totals: readonly Fen[], component: number): Fen {
  const out = totals[4 * component + 1]! + totals[4 * component + 2]!;
  return component === PRINCIPAL ? out + (totals[REFUNDED] ?? 0) : out;
}

/** The part of it that a day's flow brought. */
export function flowOut(flow: DayFlow, component: number): Fen {
  const out = flow.paid[component]! + flow.waived[component]!;
  return component === PRINCIPAL ? out + flow.refunded : out;
}
