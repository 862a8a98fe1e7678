import { type Position, STATUS } from '../../../accounting/fold/position.js';
import { InvariantError } from '../../../accounting/money/refusal.js';
import type { Fen } from '../../../accounting/money/units.js';
import {
  BALANCE,
  COMPONENTS,
  type DayFlow,
  INTEREST,
  MOVEMENT,
  type Movement,
  PRINCIPAL,
} from '../../../accounting/posting/flow.js';
import type { OwnAccrual } from '../../../accounting/posting/joint-flow.js';
import { flowOut, totalOut } from '../../../accounting/posting/totals.js';
import {
  COMPONENT_OF,
  type LoanShares,
  SHARED_BALANCES,
} from '../../../funding/shares/loan-shares.js';
import { ItemWriter } from './funding-items.js';
import { BRINGS_IN, ENDS, SWITCHES, TAKES_OUT } from './move-kinds.js';
import { blankStock, putPartners, recoveredOf, stockOf, wholeBalances, zeros } from './stock.js';

/**
 * Splits what the close of one day did to a joint loan: `open` before it, `close` behind it, when
 * the totals have the day's flow. Each movement gets the lender's share, the difference of its own
 * of the loan's totals, and what others have; the accrual gets the lender's in all. Where rounding
 * moves a fen between balances of one component, the overdue or due entry takes it along, so that
 * every balance of the lender is what its position says. One object serves loan after loan.
 */
export class JointDay {
  #shares: LoanShares | undefined;
  #planId = 0;
  #wasWrittenOff = false;
  readonly #items = new ItemWriter();
  readonly #before = blankStock();
  readonly #after = blankStock();
  readonly #whole = zeros(SHARED_BALANCES.length);
  readonly #in = zeros(COMPONENTS.length);
  readonly #out = zeros(COMPONENTS.length);
  readonly #recovered = zeros(COMPONENTS.length);
  /** By how much the movements changed each balance of the lender, and what the others have. */
  readonly #moved = zeros(SHARED_BALANCES.length);
  #movedPrincipal: Fen = 0;
  #movedInterest: Fen = 0;
  /** The lender's shares of what a write-off or a transfer takes away. */
  #taken: Fen[] | null = null;
  readonly #accrual: OwnAccrual = {
    ...{ interestAccrued: 0, penaltyAccrued: 0, compoundAccrued: 0, interestBilled: 0 },
  };

  /** The loan as of the evening before; its totals are asked for where it was written off. */
  open(shares: LoanShares, planId: number, position: Position, totals: () => readonly Fen[]): void {
    this.#shares = shares;
    this.#planId = planId;
    this.#wasWrittenOff = position.status === STATUS.writtenOff;
    wholeBalances(position, this.#whole);
    if (!this.#wasWrittenOff) return;
    stockOf(shares, position, totals(), this.#before);
    for (let c = 0; c < COMPONENTS.length; c += 1) {
      this.#recovered[c] = recoveredOf(position, totals(), c);
    }
  }

  /** Whether the day only accrued interest, so that it can be split without the loan's totals. */
  isQuiet(flow: DayFlow): boolean {
    return !flow.touched && this.#whole[BALANCE.interestDue] === 0;
  }

  /** The lifetime accrual is all that came in of a loan's interest. */
  closeQuiet({ interestAccruedTotal: after }: Position, flow: DayFlow): void {
    const before = after - flow.interestAccrued;
    const accrual = this.#accrual;
    accrual.interestAccrued = this.#shares!.ownGrowth(INTEREST, before, after);
    accrual.penaltyAccrued = 0;
    accrual.compoundAccrued = 0;
    accrual.interestBilled = 0;
    flow.own = accrual;
  }

  close(position: Position, totals: readonly Fen[], flow: DayFlow): void {
    const shares = this.#shares!;
    this.#begin(shares, totals, flow);
    stockOf(shares, position, totals, this.#after);
    this.#taken = this.#shareTaken(shares, flow);
    this.#items.begin(shares, this.#planId, totals, flow);
    for (const movement of flow.movements) this.#split(shares, movement);
    this.#requireWhole(totals);
    this.#items.finish(flow);
    this.#level(flow);
    this.#levelPartners(flow);
  }

  /** What enters the book with a loan: the lender's share of each balance. */
  enter(position: Position, totals: readonly Fen[], flow: DayFlow): void {
    const shares = this.#shares!;
    stockOf(shares, position, totals, this.#after);
    const { own } = this.#after;
    for (const movement of flow.movements) {
      const { balance, amount } = movement;
      if (balance >= SHARED_BALANCES.length) continue;
      movement.own = own[balance]!;
      movement.partner = amount - own[balance]!;
    }
    for (let c = 0; c < COMPONENTS.length; c += 1) this.#out[c] = totalOut(totals, c);
    this.#items.enter(shares, this.#planId, this.#out, flow);
  }

  /** The totals of the evening before are those of now, less what the day's flow brought. */
  #begin(shares: LoanShares, totals: readonly Fen[], flow: DayFlow): void {
    const whole = this.#whole;
    for (let c = 0; c < COMPONENTS.length; c += 1) {
      this.#out[c] = totalOut(totals, c) - flowOut(flow, c);
      this.#in[c] = this.#out[c]!;
      if (!this.#wasWrittenOff) this.#recovered[c] = 0;
    }
    for (let b = 0; b < SHARED_BALANCES.length; b += 1) {
      this.#in[COMPONENT_OF[b]!]! += whole[b]!;
      this.#moved[b] = 0;
    }
    this.#movedPrincipal = 0;
    this.#movedInterest = 0;
    if (this.#wasWrittenOff) return;
    shares.ownBalances(whole, this.#out, this.#before.own);
    putPartners(whole, this.#before);
  }

  /** Nothing is left behind a write-off or a transfer: what was there is what they moved. */
  #shareTaken(shares: LoanShares, { movements }: DayFlow): Fen[] | null {
    let whole: Fen[] | null = null;
    for (const { kind, balance, amount } of movements) {
      if (!ENDS.has(kind) || balance >= SHARED_BALANCES.length) continue;
      whole ??= zeros(SHARED_BALANCES.length);
      whole[balance]! += amount;
    }
    if (whole === null) return null;
    const own = zeros(SHARED_BALANCES.length);
    // What went out of the loan today went before: nothing does afterwards but by recovery.
    const out = [...this.#out];
    for (const { kind, balance, amount } of movements) {
      if (TAKES_OUT.has(kind) && balance < SHARED_BALANCES.length) {
        out[COMPONENT_OF[balance]!]! += amount;
      }
    }
    shares.ownBalances(whole, out, own);
    return own;
  }

  #split(shares: LoanShares, movement: Movement): void {
    const { kind, balance, amount } = movement;
    if (balance >= SHARED_BALANCES.length) return;
    const c = COMPONENT_OF[balance]!;
    if (BRINGS_IN.has(kind)) {
      const own = shares.ownGrowth(c, this.#in[c]!, this.#in[c]! + amount);
      this.#in[c]! += amount;
      this.#put(movement, own, 1);
    } else if (TAKES_OUT.has(kind)) {
      const own = shares.ownGrowth(c, this.#out[c]!, this.#out[c]! + amount);
      this.#items.take(movement, c, this.#out[c]!);
      this.#out[c]! += amount;
      this.#put(movement, own, -1);
    } else if (kind === MOVEMENT.recovery) this.#recover(shares, movement, c);
    else if (ENDS.has(kind)) this.#end(movement, c);
    else movement.own = SWITCHES.has(kind) ? this.#after.own[balance]! : 0;
  }

  #put(movement: Movement, own: Fen, sign: 1 | -1): void {
    const partner = movement.amount - own;
    movement.own = own;
    movement.partner = partner;
    this.#moved[movement.balance]! += sign * own;
    this.#movePartners(COMPONENT_OF[movement.balance]!, sign * partner);
  }

  #movePartners(component: number, amount: Fen): void {
    if (component === PRINCIPAL) this.#movedPrincipal += amount;
    else this.#movedInterest += amount;
  }

  /** Money on a loan that the lender wrote off: by the parts of principal. */
  #recover(shares: LoanShares, movement: Movement, c: number): void {
    const before = this.#out[c]! + this.#recovered[c]!;
    movement.own = shares.ownGrowth(PRINCIPAL, before, before + movement.amount);
    movement.partner = movement.amount - movement.own;
    this.#items.recover(movement, c, before);
    this.#recovered[c]! += movement.amount;
    this.#movePartners(c, 0 - movement.partner);
  }

  /** The first movement of a balance takes all that the lender has of it. */
  #end(movement: Movement, c: number): void {
    const { kind, balance, amount } = movement;
    const own = this.#taken![balance]!;
    this.#taken![balance] = 0;
    movement.own = own;
    this.#moved[balance]! -= own;
    // A write-off is the lender's alone: the others keep their claims.
    if (kind !== MOVEMENT.transfer) return;
    movement.partner = amount - own;
    this.#movePartners(c, 0 - movement.partner);
  }

  #requireWhole(totals: readonly Fen[]): void {
    for (let c = 0; c < COMPONENTS.length; c += 1) {
      if (this.#out[c] === totalOut(totals, c)) continue;
      const evidence = { component: c, moved: this.#out[c]!, totals: totalOut(totals, c) };
      throw new InvariantError('the movements of a joint loan are not its totals', evidence);
    }
  }

  /** What the movements lack to the lender's balances is its accrual, or rounding within one. */
  #level(flow: DayFlow): void {
    const [before, after] = [this.#before.own, this.#after.own];
    const lacks = (balance: number) => after[balance]! - before[balance]! - this.#moved[balance]!;
    const accrual = this.#accrual;
    accrual.interestBilled = lacks(BALANCE.interestDue);
    accrual.interestAccrued = lacks(BALANCE.interestAccrued) + accrual.interestBilled;
    accrual.penaltyAccrued = lacks(BALANCE.penalty);
    accrual.compoundAccrued = lacks(BALANCE.compound);
    flow.own = accrual;
    const overdue = lacks(BALANCE.principalOverdue);
    if (lacks(BALANCE.principalNormal) + overdue !== 0 || lacks(BALANCE.fee) !== 0) {
      throw new InvariantError('the shares of a joint loan are not those of its movements', {
        principal: lacks(BALANCE.principalNormal) + overdue,
        fee: lacks(BALANCE.fee),
      });
    }
    const known = flow.movements.find(({ kind }) => kind === MOVEMENT.overdue);
    if (known !== undefined) known.own = overdue;
    else add(flow, MOVEMENT.overdue, BALANCE.principalOverdue, { own: overdue, partner: 0 });
  }

  /** The others' shares beside the balance sheet, where our write-off left a fen of them. */
  #levelPartners(flow: DayFlow): void {
    const { interestAccrued, penaltyAccrued, compoundAccrued } = flow.own!;
    const accrued = flow.interestAccrued + flow.penaltyAccrued + flow.compoundAccrued;
    const accruedByOthers = accrued - interestAccrued - penaltyAccrued - compoundAccrued;
    const [before, after] = [this.#before, this.#after];
    const principal = after.partnerPrincipal - before.partnerPrincipal - this.#movedPrincipal;
    const interest = after.partnerInterest - before.partnerInterest - this.#movedInterest;
    const { writeOff } = MOVEMENT;
    add(flow, writeOff, BALANCE.principalNormal, { own: 0, partner: principal });
    add(flow, writeOff, BALANCE.interestDue, { own: 0, partner: interest - accruedByOthers });
  }
}

/** A movement of shares alone, by the close itself. */
function add(
  flow: DayFlow,
  kind: number,
  balance: number,
  { own, partner }: { readonly own: Fen; readonly partner: Fen },
): void {
  if (own === 0 && partner === 0) return;
  flow.touched = true;
  flow.movements.push({
    ...{ kind, balance, accruing: flow.accruing, amount: 0, eventId: 0, own, partner },
  });
}
