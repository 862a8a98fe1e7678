import { mulDivRound } from '../../accounting/money/money.js';
import type { EpochDay, Fen } from '../../accounting/money/units.js';
import {
  type Allocation,
  type Holder,
  type LentUnderGuarantee,
  PAID_IN_ORDER,
  type PaidComponent,
} from './events.js';

export const [PENALTY, INTEREST, PRINCIPAL] = [0, 1, 2] as const;

/** One instalment of a guaranteed loan; amounts by the index of PAID_IN_ORDER. */
export interface OpenInstalment {
  readonly seq: number;
  readonly dueOn: EpochDay;
  /** The day on which its period begins. */
  readonly from: EpochDay;
  readonly scheduledInterest: Fen;
  isDue: boolean;
  /** What the customer owes the lender of it, and the guarantor for what that has paid. */
  readonly lender: Fen[];
  readonly guarantor: Fen[];
}

export function instalmentsOf({ disbursedOn, schedule }: LentUnderGuarantee): OpenInstalment[] {
  return schedule.map(({ seq, dueOn, principal, interest }, at) => ({
    ...{ seq, dueOn, from: schedule[at - 1]?.dueOn ?? disbursedOn },
    ...{ scheduledInterest: interest, isDue: false },
    ...{ lender: [0, interest, principal], guarantor: [0, 0, 0] },
  }));
}

/** Whether the customer owes anything of it, to whomever. */
export function isUnpaid({ lender, guarantor }: OpenInstalment): boolean {
  return sumOf(lender) + sumOf(guarantor) > 0;
}

/** What money pays of one holder's claims on an instalment, in order; it is taken off them. */
export function payHolder(
  instalment: OpenInstalment,
  to: Holder,
  money: Fen,
  components: readonly number[] = [PENALTY, INTEREST, PRINCIPAL],
): PaidComponent[] {
  const open = instalment[to];
  let left = money;
  return components.flatMap((component): PaidComponent[] => {
    const amount = Math.min(left, open[component]!);
    if (amount === 0) return [];
    left -= amount;
    open[component]! -= amount;
    return [{ seq: instalment.seq, to, component: PAID_IN_ORDER[component]!, amount }];
  });
}

/** The running period's interest, straight-line over its nights, that of `day` included. */
export function runningInterest(instalments: readonly OpenInstalment[], day: EpochDay) {
  const running = instalments.find(({ isDue }) => !isDue);
  if (running === undefined) return null;
  const { dueOn, from, scheduledInterest } = running;
  const amount = mulDivRound(scheduledInterest, day - from + 1, dueOn - from, 'half_up');
  return { seq: running.seq, amount };
}

/** Days since the oldest due date of which something is open. */
export function daysSinceOldest(
  instalments: readonly OpenInstalment[],
  day: EpochDay,
  isStillOpen: (instalment: OpenInstalment) => boolean,
): number {
  const oldest = instalments.find((each) => each.isDue && isStillOpen(each));
  return oldest === undefined ? 0 : day - oldest.dueOn;
}

export function sumOf(amounts: readonly Fen[]): Fen {
  return amounts.reduce((sum, amount) => sum + amount, 0);
}

export function amountOf(allocations: readonly Allocation[]): Fen {
  return sumOf(allocations.map(({ amount }) => amount));
}
