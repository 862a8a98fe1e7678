import { REVERSED } from '../../../accounting/backdating/verdict.js';
import type { Position } from '../../../accounting/fold/position.js';
import { amountOutOfRange } from '../../../accounting/fold/safe-amounts.js';
import { Total } from '../../../accounting/money/total.js';
import type { Fen } from '../../../accounting/money/units.js';
import type { DayFlow } from '../../../accounting/posting/flow.js';
import type { OwnAccrual } from '../../../accounting/posting/joint-flow.js';
import type { OwnStock } from '../../day/joint/stock.js';
import { StandingShares, type StandingSums } from './standing-shares.js';

/** What accrual and due are posted once for: an accounting group, on or off the balance sheet. */
interface GroupSums<Sum> {
  readonly groupId: number;
  readonly accruing: boolean;
  readonly interestAccrued: Sum;
  readonly penaltyAccrued: Sum;
  readonly compoundAccrued: Sum;
  readonly interestBilled: Sum;
  /** The lender's shares of them; null: all. */
  own: OwnSums<Sum> | null;
}

interface OwnSums<Sum> {
  readonly interestAccrued: Sum;
  readonly penaltyAccrued: Sum;
  readonly compoundAccrued: Sum;
  readonly interestBilled: Sum;
}
export type GroupFlow = GroupSums<bigint>;

/** What entered the book on the day: disbursed loans and the balances of opened ones. */
interface EnteredSums<Sum> {
  readonly principal: Sum;
  readonly interest: Sum;
  readonly penalty: Sum;
  readonly compound: Sum;
  readonly fee: Sum;
  readonly suspense: Sum;
}
/** Of one loan. */
export type Entered = EnteredSums<Fen>;

/** What a loan enters the book with. Throws InvariantError for what no sum can be made of. */
export function enteredBy(position: Position): Entered {
  const interest = position.interestAccrued + position.interestDue;
  if (!Number.isSafeInteger(interest)) throw amountOutOfRange();
  return {
    principal: position.principal,
    interest,
    penalty: position.penaltyDue,
    compound: position.compoundDue,
    fee: position.feeDue,
    suspense: position.suspense,
  };
}

interface TaskSums<Sum> {
  readonly groups: readonly GroupSums<Sum>[];
  readonly entered: EnteredSums<Sum>;
  readonly allocated: Sum;
  readonly toSuspense: Sum;
  /** Shares of what stands, of groups whose loans others fund as well. */
  readonly stands: readonly StandingSums<Sum>[];
}

/** The sums that a task is committed with. */
export type ControlTotals = TaskSums<bigint>;

/** The same in the JSON of its step's row: decimal text, in rows of older versions numbers. */
export type StoredTotals = TaskSums<string | number>;

/** JSON with sums as decimal text. */
export function storedTotals(totals: ControlTotals | readonly object[]): string {
  return JSON.stringify(totals, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
}

export function readTotals({
  groups,
  entered,
  ...sums
}: StoredTotals): Omit<ControlTotals, 'stands'> {
  return {
    groups: groups.map((group) => ({
      groupId: group.groupId,
      accruing: group.accruing,
      interestAccrued: BigInt(group.interestAccrued),
      penaltyAccrued: BigInt(group.penaltyAccrued),
      compoundAccrued: BigInt(group.compoundAccrued),
      interestBilled: BigInt(group.interestBilled),
      // Steps of before have none.
      own: group.own ? ownSumsOf(group.own, BigInt) : null,
    })),
    entered: {
      principal: BigInt(entered.principal),
      interest: BigInt(entered.interest),
      penalty: BigInt(entered.penalty),
      compound: BigInt(entered.compound),
      // Steps of before have none.
      fee: BigInt(entered.fee ?? 0),
      suspense: BigInt(entered.suspense ?? 0),
    },
    allocated: BigInt(sums.allocated),
    toSuspense: BigInt(sums.toSuspense),
  };
}

/** Sums a task's flows by accounting group. */
export class TotalsCollector {
  eventsRejected = 0;
  #entered: EnteredSums<Total> = noneEntered();
  #allocated = new Total();
  #toSuspense = new Total();
  #groups: GroupSums<Total>[] = [];
  readonly #stands = new StandingShares();

  add(position: Position, flow: DayFlow): void {
    const group = this.#group(position.groupId, flow.accruing);
    group.interestAccrued.add(flow.interestAccrued);
    if (flow.own !== null) addOwn(group, flow.own);
    if (!flow.touched) return;
    group.penaltyAccrued.add(flow.penaltyAccrued);
    group.compoundAccrued.add(flow.compoundAccrued);
    // What a settlement bills and pays at once never stands among the due amounts.
    group.interestBilled.add(flow.interestBilled - flow.interestSettled);
    for (const outcome of flow.outcomes) {
      this.#allocated.add(outcome.allocated);
      this.#toSuspense.add(outcome.toSuspense);
      if (outcome.rule !== '' && outcome.rule !== REVERSED) this.eventsRejected += 1;
    }
  }

  /** A joint loan that has a row of the day. */
  stand(position: Position, stock: OwnStock): void {
    this.#stands.add(position, stock);
  }

  enter(amounts: Entered): void {
    this.#entered.principal.add(amounts.principal);
    this.#entered.interest.add(amounts.interest);
    this.#entered.penalty.add(amounts.penalty);
    this.#entered.compound.add(amounts.compound);
    this.#entered.fee.add(amounts.fee);
    this.#entered.suspense.add(amounts.suspense);
  }

  #group(groupId: number, accruing: boolean): GroupSums<Total> {
    const index = 2 * groupId + (accruing ? 1 : 0);
    const known = this.#groups[index];
    if (known !== undefined) return known;
    const group = {
      groupId,
      accruing,
      interestAccrued: new Total(),
      penaltyAccrued: new Total(),
      compoundAccrued: new Total(),
      interestBilled: new Total(),
      own: null,
    };
    this.#groups[index] = group;
    return group;
  }

  /** Remembers the sums; the function returned brings them back. */
  mark(): () => void {
    const { eventsRejected } = this;
    const entered = sumsOf(this.#entered, (sum) => sum.copy());
    const groups = this.#groups.map((group) => groupOf(group, (sum) => sum.copy()));
    const allocated = this.#allocated.copy();
    const toSuspense = this.#toSuspense.copy();
    return () => {
      this.#entered = entered;
      this.#groups = groups;
      this.#allocated = allocated;
      this.#toSuspense = toSuspense;
      this.eventsRejected = eventsRejected;
    };
  }

  /** The totals, groups in ascending order. */
  totals(): ControlTotals {
    const exact = (sum: Total) => sum.value;
    return {
      groups: this.#groups
        .filter((group) => group !== undefined)
        .map((group) => groupOf(group, exact)),
      entered: sumsOf(this.#entered, exact),
      allocated: this.#allocated.value,
      toSuspense: this.#toSuspense.value,
      stands: this.#stands.sums(),
    };
  }
}

function noneEntered(): EnteredSums<Total> {
  return {
    principal: new Total(),
    interest: new Total(),
    penalty: new Total(),
    compound: new Total(),
    fee: new Total(),
    suspense: new Total(),
  };
}

function sumsOf<T>(entered: EnteredSums<Total>, of: (sum: Total) => T): EnteredSums<T> {
  return {
    principal: of(entered.principal),
    interest: of(entered.interest),
    penalty: of(entered.penalty),
    compound: of(entered.compound),
    fee: of(entered.fee),
    suspense: of(entered.suspense),
  };
}

function groupOf<T>(group: GroupSums<Total>, of: (sum: Total) => T): GroupSums<T> {
  return {
    groupId: group.groupId,
    accruing: group.accruing,
    interestAccrued: of(group.interestAccrued),
    penaltyAccrued: of(group.penaltyAccrued),
    compoundAccrued: of(group.compoundAccrued),
    interestBilled: of(group.interestBilled),
    own: group.own === null ? null : ownSumsOf(group.own, of),
  };
}

function ownSumsOf<S, T>(own: OwnSums<S>, of: (sum: S) => T): OwnSums<T> {
  return {
    interestAccrued: of(own.interestAccrued),
    penaltyAccrued: of(own.penaltyAccrued),
    compoundAccrued: of(own.compoundAccrued),
    interestBilled: of(own.interestBilled),
  };
}

function addOwn(group: GroupSums<Total>, own: OwnAccrual): void {
  group.own ??= {
    interestAccrued: new Total(),
    penaltyAccrued: new Total(),
    compoundAccrued: new Total(),
    interestBilled: new Total(),
  };
  group.own.interestAccrued.add(own.interestAccrued);
  group.own.penaltyAccrued.add(own.penaltyAccrued);
  group.own.compoundAccrued.add(own.compoundAccrued);
  group.own.interestBilled.add(own.interestBilled);
}
