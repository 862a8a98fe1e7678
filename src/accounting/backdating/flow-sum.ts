import { type AllocationLine, DayFlow, type Movement } from '../posting/flow.js';

/** What became of one event in a fold of several days. */
interface EventSum {
  allocated: number;
  toSuspense: number;
}

/**
 * What a fold of several days did in all, signed: adding one fold and taking away another leaves
 * the difference that today has to post.
 */
export class FlowSum {
  readonly #flows = [new DayFlow(), new DayFlow()] as const;
  readonly #movements = new Map<string, Movement>();
  readonly #lines = new Map<string, AllocationLine>();
  readonly #events = new Map<number, EventSum>();

  constructor() {
    this.#flows[1].accruing = true;
    this.#flows[0].accruing = false;
  }

  add(flow: DayFlow, sign: 1 | -1): void {
    const sum = this.#flows[flow.accruing ? 1 : 0];
    sum.interestAccrued += sign * flow.interestAccrued;
    if (!flow.touched) return;
    sum.penaltyAccrued += sign * flow.penaltyAccrued;
    sum.compoundAccrued += sign * flow.compoundAccrued;
    sum.interestBilled += sign * flow.interestBilled;
    sum.interestSettled += sign * flow.interestSettled;
    for (const movement of flow.movements) this.#move(movement, sign);
    for (const line of flow.allocations) {
      const key = `${line.kind}/${line.eventId}/${line.seq}/${line.component}`;
      const known = this.#lines.get(key);
      if (known === undefined) this.#lines.set(key, { ...line, amount: sign * line.amount });
      else known.amount += sign * line.amount;
    }
    for (const outcome of flow.outcomes) {
      this.#outcome(outcome.eventId, sign * outcome.allocated, sign * outcome.toSuspense);
    }
  }

  #outcome(eventId: number, allocated: number, toSuspense: number): void {
    const known = this.#events.get(eventId) ?? { allocated: 0, toSuspense: 0 };
    known.allocated += allocated;
    known.toSuspense += toSuspense;
    this.#events.set(eventId, known);
  }

  #move(movement: Movement, sign: 1 | -1): void {
    const { kind, balance, accruing, eventId, amount } = movement;
    const key = `${eventId}/${kind}/${balance}/${accruing}`;
    const known = this.#movements.get(key);
    if (known === undefined) this.#movements.set(key, { ...movement, amount: sign * amount });
    else known.amount += sign * amount;
  }

  /**
   * The difference as flows, on and off the balance sheet; movements, lines and outcomes with the
   * first. `rules` are those of events that were judged anew.
   */
  flows(rules: ReadonlyMap<number, string>): readonly [DayFlow, DayFlow] {
    const [off, on] = this.#flows;
    const movements = [...this.#movements.values()].filter(({ amount }) => amount !== 0);
    movements.sort((a, b) => a.eventId - b.eventId || a.kind - b.kind);
    on.movements.push(...movements);
    on.allocations.push(...[...this.#lines.values()].filter(({ amount }) => amount !== 0));
    for (const [eventId, rule] of rules) {
      const { allocated = 0, toSuspense = 0 } = this.#events.get(eventId) ?? {};
      on.settle(eventId, rule, allocated, toSuspense);
    }
    for (const [eventId, { allocated, toSuspense }] of this.#events) {
      if (rules.has(eventId) || (allocated === 0 && toSuspense === 0)) continue;
      on.settle(eventId, '', allocated, toSuspense);
    }
    on.touched = true;
    off.touched = true;
    return [on, off];
  }
}
