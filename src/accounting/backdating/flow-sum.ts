import { type AllocationLine, DayFlow, type Movement } from '../posting/flow.js';
import type { OwnAccrual, PartyItem } from '../posting/joint-flow.js';

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
  readonly #items = new Map<string, PartyItem>();

  constructor() {
    this.#flows[1].accruing = true;
    this.#flows[0].accruing = false;
  }

  add(flow: DayFlow, sign: 1 | -1): void {
    const sum = this.#flows[flow.accruing ? 1 : 0];
    sum.interestAccrued += sign * flow.interestAccrued;
    if (flow.own !== null) addOwn(sum, flow.own, sign);
    if (!flow.touched) return;
    for (const item of flow.items) this.#item(item, sign);
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
    const { kind, balance, accruing, eventId, amount, own, partner } = movement;
    const key = `${eventId}/${kind}/${balance}/${accruing}`;
    const known = this.#movements.get(key);
    if (known === undefined) {
      const shares = own === undefined ? {} : { own: sign * own, partner: sign * (partner ?? 0) };
      this.#movements.set(key, { ...movement, amount: sign * amount, ...shares });
      return;
    }
    known.amount += sign * amount;
    if (own === undefined || known.own === undefined) return;
    known.own += sign * own;
    known.partner = (known.partner ?? 0) + sign * (partner ?? 0);
  }

  #item(item: PartyItem, sign: 1 | -1): void {
    const key = `${item.eventId}/${item.kind}/${item.party}`;
    const known = this.#items.get(key) ?? { ...item, amounts: item.amounts.map(() => 0) };
    if (!this.#items.has(key)) {
      known.serviceFee = 0;
      known.serviceTax = 0;
      this.#items.set(key, known);
    }
    for (const [c, amount] of item.amounts.entries()) known.amounts[c]! += sign * amount;
    known.serviceFee += sign * item.serviceFee;
    known.serviceTax += sign * item.serviceTax;
  }

  /**
   * The difference as flows, on and off the balance sheet; movements, lines and outcomes with the
   * first. `rules` are those of events that were judged anew.
   */
  flows(rules: ReadonlyMap<number, string>): readonly [DayFlow, DayFlow] {
    const [off, on] = this.#flows;
    const movements = [...this.#movements.values()].filter(movesAny);
    movements.sort((a, b) => a.eventId - b.eventId || a.kind - b.kind);
    on.movements.push(...movements);
    on.items.push(...[...this.#items.values()].filter(hasAny));
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

/** A loan moved by a fen between its parties may be as it was in all. */
function movesAny({ amount, own = 0, partner = 0 }: Movement): boolean {
  return amount !== 0 || own !== 0 || partner !== 0;
}

function hasAny({ amounts, serviceFee, serviceTax }: PartyItem): boolean {
  return serviceFee !== 0 || serviceTax !== 0 || amounts.some((amount) => amount !== 0);
}

function addOwn(sum: DayFlow, own: OwnAccrual, sign: 1 | -1): void {
  sum.own ??= { interestAccrued: 0, penaltyAccrued: 0, compoundAccrued: 0, interestBilled: 0 };
  sum.own.interestAccrued += sign * own.interestAccrued;
  sum.own.penaltyAccrued += sign * own.penaltyAccrued;
  sum.own.compoundAccrued += sign * own.compoundAccrued;
  sum.own.interestBilled += sign * own.interestBilled;
}
