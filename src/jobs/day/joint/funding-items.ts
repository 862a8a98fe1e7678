import type { Fen } from '../../../accounting/money/units.js';
import {
  BALANCE,
  COMPONENTS,
  type DayFlow,
  MOVEMENT,
  type Movement,
  PRINCIPAL,
} from '../../../accounting/posting/flow.js';
import type { PartyItem } from '../../../accounting/posting/joint-flow.js';
import { REFUNDED } from '../../../accounting/posting/totals.js';
import { SHARED } from '../../../funding/plan/plan.js';
import { feeOf, vatWithin } from '../../../funding/shares/joint-loan.js';
import { COMPONENT_OF, type LoanShares } from '../../../funding/shares/loan-shares.js';
import { IS_MONEY } from './move-kinds.js';

/** Money that an event brought, by component: before it and behind it. */
interface MoneyOfEvent {
  readonly eventId: number;
  readonly before: readonly Fen[];
  readonly after: Fen[];
}

/**
 * Collects what each party other than the lender has of the movements of a loan's day, and the
 * lender's fees: of what a party has received by money, in its lifetime (FUNDING, Shares).
 */
export class ItemWriter {
  #shares: LoanShares | undefined;
  #planId = 0;
  #items: PartyItem[] = [];
  #events: MoneyOfEvent[] = [];
  readonly #money = new Array<Fen>(COMPONENTS.length).fill(0);

  begin(shares: LoanShares, planId: number, totals: readonly Fen[], flow: DayFlow): void {
    this.#shares = shares;
    this.#planId = planId;
    this.#items = [];
    this.#events = [];
    if (shares.plan.serviceFees.length === 0) return;
    for (let c = 0; c < COMPONENTS.length; c += 1) {
      this.#money[c] = totals[4 * c + 1]! - flow.paid[c]!;
    }
    this.#money[PRINCIPAL]! += totals[REFUNDED]! - flow.refunded;
  }

  /** A movement out of a component of which `before` went out already. */
  take(movement: Movement, component: number, before: Fen): void {
    this.#add(movement, component, component, before);
    const { kind, amount, eventId } = movement;
    if (!IS_MONEY.has(kind) || this.#shares!.plan.serviceFees.length === 0) return;
    const last = this.#events.at(-1);
    if (last?.eventId === eventId) last.after[component]! += amount;
    else {
      const after = [...this.#money];
      after[component]! += amount;
      this.#events.push({ eventId, before: [...this.#money], after });
    }
    this.#money[component]! += amount;
  }

  /** Money on a loan that was written off: by the parts of principal. */
  recover(movement: Movement, component: number, before: Fen): void {
    this.#add(movement, component, PRINCIPAL, before);
  }

  #add({ kind, eventId, amount }: Movement, component: number, rule: number, before: Fen): void {
    const shares = this.#shares!;
    for (const at of shares.others) {
      const share = shares.of(at, rule, before + amount) - shares.of(at, rule, before);
      if (share === 0) continue;
      this.#itemOf(eventId, kind, at).amounts[component]! += share;
    }
  }

  #itemOf(eventId: number, kind: number, at: number): PartyItem {
    const { party } = this.#shares!.plan.parties[at]!;
    const known = this.#items.find(
      (item) => item.eventId === eventId && item.kind === kind && item.party === party,
    );
    if (known !== undefined) return known;
    const item = {
      ...{ eventId, kind, planId: this.#planId, party, amounts: [0, 0, 0, 0, 0] },
      ...{ serviceFee: 0, serviceTax: 0 },
    };
    this.#items.push(item);
    return item;
  }

  /** Hands the items over, and posts the fees behind what each event moved. */
  finish(flow: DayFlow): void {
    for (const event of this.#events) this.#charge(event, flow);
    flow.items.push(...this.#items);
  }

  #charge({ eventId, before, after }: MoneyOfEvent, flow: DayFlow): void {
    let [fees, taxes] = [0, 0];
    for (const { from, of, ratePpb, vatPpb } of this.#shares!.plan.serviceFees) {
      const at = this.#shares!.plan.parties.findIndex(({ party }) => party === from);
      const components = of.map((word) => SHARED.indexOf(word));
      const received = (money: readonly Fen[]) =>
        components.reduce((sum, c) => sum + this.#shares!.received(at, c, money[c]!), 0);
      const earlier = feeOf(received(before), ratePpb);
      const later = feeOf(received(after), ratePpb);
      const fee = later - earlier;
      const tax = vatWithin(later, vatPpb) - vatWithin(earlier, vatPpb);
      if (fee === 0 && tax === 0) continue;
      const item = this.#feeItem(eventId, at);
      item.serviceFee += fee;
      item.serviceTax += tax;
      fees += fee;
      taxes += tax;
    }
    postFee(flow, eventId, BALANCE.serviceIncome, fees - taxes);
    postFee(flow, eventId, BALANCE.serviceTax, taxes);
  }

  /** The item of the money that the fee is of. */
  #feeItem(eventId: number, at: number): PartyItem {
    const { party } = this.#shares!.plan.parties[at]!;
    const money = this.#items.find(
      (item) => item.eventId === eventId && item.party === party && IS_MONEY.has(item.kind),
    );
    return money ?? this.#itemOf(eventId, MOVEMENT.serviceFee, at);
  }

  /** What each party has of what enters the book with a loan. */
  enter(shares: LoanShares, planId: number, out: readonly Fen[], flow: DayFlow): void {
    this.#shares = shares;
    this.#planId = planId;
    this.#items = [];
    const before = [...out];
    for (const movement of flow.movements) {
      const component = COMPONENT_OF[movement.balance];
      if (component === undefined) continue;
      this.#add(movement, component, component, before[component]!);
      before[component]! += movement.amount;
    }
    flow.items.push(...this.#items);
  }
}

function postFee(flow: DayFlow, eventId: number, balance: number, amount: Fen): void {
  if (amount === 0) return;
  const { movements } = flow;
  const last = movements.findLastIndex((movement) => movement.eventId === eventId);
  const { accruing } = movements[last]!;
  movements.splice(last + 1, 0, {
    ...{ kind: MOVEMENT.serviceFee, balance, accruing, amount, eventId },
  });
}
