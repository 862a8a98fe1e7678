import type { DayFlow } from '../../accounting/flow.js';
import type { Position } from '../../accounting/position.js';
import { REVERSED } from './event-queue.js';

/** What accrual and due are posted once for: an accounting group, on or off the balance sheet. */
export interface GroupFlow {
  groupId: number;
  accruing: boolean;
  interestAccrued: number;
  penaltyAccrued: number;
  compoundAccrued: number;
  interestBilled: number;
}

/** What entered the book on the day: disbursed loans and the balances of opened ones. */
export interface Entered {
  principal: number;
  interest: number;
  penalty: number;
  compound: number;
}

/** The counts and sums that a task is committed with, kept in its step's row as JSON. */
export interface ControlTotals {
  groups: GroupFlow[];
  entered: Entered;
  allocated: number;
  toSuspense: number;
}

/** Sums a task's flows by accounting group. */
export class TotalsCollector {
  entered: Entered = { principal: 0, interest: 0, penalty: 0, compound: 0 };
  allocated = 0;
  toSuspense = 0;
  eventsRejected = 0;
  #groups: GroupFlow[] = [];

  add(position: Position, flow: DayFlow): void {
    const group = this.#group(position.groupId, flow.accruing);
    group.interestAccrued += flow.interestAccrued;
    if (!flow.touched) return;
    group.penaltyAccrued += flow.penaltyAccrued;
    group.compoundAccrued += flow.compoundAccrued;
    // What a settlement bills and pays at once never stands among the due amounts.
    group.interestBilled += flow.interestBilled - flow.interestSettled;
    for (const outcome of flow.outcomes) {
      this.allocated += outcome.allocated;
      this.toSuspense += outcome.toSuspense;
      if (outcome.rule !== '' && outcome.rule !== REVERSED) this.eventsRejected += 1;
    }
  }

  enter(amounts: Entered): void {
    this.entered.principal += amounts.principal;
    this.entered.interest += amounts.interest;
    this.entered.penalty += amounts.penalty;
    this.entered.compound += amounts.compound;
  }

  #group(groupId: number, accruing: boolean): GroupFlow {
    const index = 2 * groupId + (accruing ? 1 : 0);
    const known = this.#groups[index];
    if (known !== undefined) return known;
    const group: GroupFlow = {
      groupId,
      accruing,
      interestAccrued: 0,
      penaltyAccrued: 0,
      compoundAccrued: 0,
      interestBilled: 0,
    };
    this.#groups[index] = group;
    return group;
  }

  /** Remembers the sums; the function returned brings them back. */
  mark(): () => void {
    const { entered, allocated, toSuspense, eventsRejected } = this;
    const saved = structuredClone({ entered, groups: this.#groups });
    return () => {
      this.entered = saved.entered;
      this.#groups = saved.groups;
      this.allocated = allocated;
      this.toSuspense = toSuspense;
      this.eventsRejected = eventsRejected;
    };
  }

  /** The totals, groups in ascending order. */
  totals(): ControlTotals {
    return {
      groups: this.#groups.filter((group) => group !== undefined),
      entered: this.entered,
      allocated: this.allocated,
      toSuspense: this.toSuspense,
    };
  }
}
