import type { Fen } from '../money/units.js';
import type { Component } from '../product/product.js';
import type { OwnAccrual, PartyItem } from './joint-flow.js';

/** Components by index; the index is what allocations store. */
export const COMPONENTS: readonly Component[] = [
  'principal',
  'interest',
  'penalty',
  'compound',
  'fee',
];
export const PRINCIPAL = 0;
export const INTEREST = 1;
export const PENALTY = 2;
export const COMPOUND = 3;
export const FEE = 4;
/** Of a line beside the loan: money paid out that the customer owes back (`refund_due`). */
export const REFUND = 5;
/** What the component of an allocation line is called, by its index. */
export const LINE_COMPONENTS: readonly (Component | 'refund')[] = [...COMPONENTS, 'refund'];

/**
 * The amounts of a position that accounts must equal, by index: what a movement moves. Of no
 * position are `price`, what the buyer of a loan owes for it, and the lender's fee of what partners
 * receive, without its tax and that tax.
 */
export const BALANCES = [
  'principal_normal',
  'principal_overdue',
  'interest_accrued',
  'interest_due',
  'penalty',
  'compound',
  'fee',
  'suspense',
  'price',
  'refund_due',
  'service_income',
  'service_tax',
] as const;
export type Balance = (typeof BALANCES)[number];
export const BALANCE = {
  principalNormal: 0,
  principalOverdue: 1,
  interestAccrued: 2,
  interestDue: 3,
  penalty: 4,
  compound: 5,
  fee: 6,
  suspense: 7,
  price: 8,
  refundDue: 9,
  serviceIncome: 10,
  serviceTax: 11,
} as const;

/** What happened to a balance, by index: what a posting rule is looked up by. */
export const MOVEMENTS = [
  'disbursement',
  'opening',
  'accrual',
  'due',
  'repayment',
  'suspense_use',
  'overdue',
  'non_accrual',
  'accrual_back',
  'fee',
  'waiver',
  'merchant_refund',
  'suspense_refund',
  'write_off',
  'recovery',
  'transfer',
  'service_fee',
] as const;
export type MovementKind = (typeof MOVEMENTS)[number];
export const MOVEMENT = {
  disbursement: 0,
  opening: 1,
  accrual: 2,
  due: 3,
  repayment: 4,
  suspenseUse: 5,
  overdue: 6,
  nonAccrual: 7,
  accrualBack: 8,
  fee: 9,
  waiver: 10,
  merchantRefund: 11,
  suspenseRefund: 12,
  writeOff: 13,
  recovery: 14,
  transfer: 15,
  serviceFee: 16,
} as const;

/** The event of money held for the customer that pays what is due: the close itself. */
export const SUSPENSE_EVENT = 0;
/** The event of a down payment that is paid when the loan is disbursed. */
export const DOWN_PAYMENT_EVENT = -1;

/** One amount that moved, to be posted by a rule; `eventId` 0 is the close itself. */
export interface Movement {
  kind: number;
  balance: number;
  accruing: boolean;
  amount: Fen;
  eventId: number;
  /** Of a joint loan: the lender's share of the amount; left out: all of it. */
  own?: Fen;
  /** And what is posted for the others; left out: nothing. */
  partner?: Fen;
}

/** What an allocation line says, by index. */
export const LINE = {
  paid: 1,
  waived: 2,
  charged: 3,
  writtenOff: 4,
  recovered: 5,
  refunded: 6,
  returned: 7,
  transferred: 8,
} as const;

/**
 * One line of what an event did to a component of an instalment; seq 0 lies outside of them.
 * `charged` adds to what is owed, the others reduce it, but for `recovered`: paid after a
 * write-off, it pays what is no balance any more. `refunded` is principal that a merchant gave
 * back; `returned` is money that had paid ahead and went back to suspense, as a negative amount;
 * `transferred` went to the buyer of the loan, negative where interest was paid ahead; `waived` is
 * negative where a row laid again asks less than was waived of it ahead.
 */
export interface AllocationLine {
  /** A code of LINE. */
  kind: number;
  eventId: number;
  seq: number;
  component: number;
  amount: Fen;
}

/** What became of an event: posted where `rule` is empty, otherwise rejected by that rule. */
export interface EventOutcome {
  eventId: number;
  rule: string;
  allocated: Fen;
  toSuspense: Fen;
}

/**
 * What one close did to one loan beside its new position. One object serves a whole stream: `reset`
 * empties it. Accrual and due are sums, since they are posted once for an accounting group; all
 * else is a movement of its own.
 */
export class DayFlow {
  /** Whether the night's interest was booked on the balance sheet. */
  accruing = true;
  interestAccrued: Fen = 0;
  penaltyAccrued: Fen = 0;
  compoundAccrued: Fen = 0;
  principalBilled: Fen = 0;
  interestBilled: Fen = 0;
  /** The part of the billed interest that was met before it ever stood as due. */
  interestSettled: Fen = 0;
  /** By component index. */
  readonly paid: Fen[] = [0, 0, 0, 0, 0];
  readonly waived: Fen[] = [0, 0, 0, 0, 0];
  /** Fees and penalty charges that became part of what is owed, beside what the nights accrue. */
  readonly charged: Fen[] = [0, 0, 0, 0, 0];
  readonly writtenOff: Fen[] = [0, 0, 0, 0, 0];
  /** Paid after a write-off, of all components. */
  recovered: Fen = 0;
  /** Paid of what the customer owes for a refund, less what came to be owed. */
  refundPaid: Fen = 0;
  /** Principal that the merchant gave back. */
  refunded: Fen = 0;
  /** Of a joint loan, set behind its close; null: all is the lender's. */
  own: OwnAccrual | null = null;
  readonly items: PartyItem[] = [];
  readonly movements: Movement[] = [];
  readonly allocations: AllocationLine[] = [];
  readonly outcomes: EventOutcome[] = [];
  /** Something beside the night's interest happened: lifetime totals and entries change. */
  touched = false;

  reset(): void {
    this.interestAccrued = 0;
    this.own = null;
    if (!this.touched) return;
    this.penaltyAccrued = 0;
    this.compoundAccrued = 0;
    this.principalBilled = 0;
    this.interestBilled = 0;
    this.interestSettled = 0;
    // Plain stores and pops: on a peak day every loan comes by here, and a new length would give
    // the lists' memory back.
    for (let c = 0; c < COMPONENTS.length; c += 1) {
      this.paid[c] = 0;
      this.waived[c] = 0;
      this.charged[c] = 0;
      this.writtenOff[c] = 0;
    }
    this.recovered = 0;
    this.refundPaid = 0;
    this.refunded = 0;
    while (this.items.length > 0) this.items.pop();
    while (this.movements.length > 0) this.movements.pop();
    while (this.allocations.length > 0) this.allocations.pop();
    while (this.outcomes.length > 0) this.outcomes.pop();
    this.touched = false;
  }

  move(kind: number, balance: number, accruing: boolean, amount: Fen, eventId: number): void {
    if (amount === 0) return;
    this.touched = true;
    this.movements.push({ kind, balance, accruing, amount, eventId });
  }

  pay(eventId: number, seq: number, component: number, amount: Fen): void {
    this.paid[component]! += amount;
    this.#line(LINE.paid, eventId, seq, component, amount);
  }

  payRefund(eventId: number, amount: Fen): void {
    this.refundPaid += amount;
    this.#line(LINE.paid, eventId, 0, REFUND, amount);
  }

  /** Money went out that the customer has to give back. */
  oweRefund(eventId: number, amount: Fen): void {
    this.refundPaid -= amount;
    this.#line(LINE.charged, eventId, 0, REFUND, amount);
  }

  /** Money that had paid ahead is held for the customer again. */
  giveBack(eventId: number, seq: number, component: number, amount: Fen): void {
    this.paid[component]! -= amount;
    this.#line(LINE.returned, eventId, seq, component, -amount);
  }

  waive(eventId: number, seq: number, component: number, amount: Fen): void {
    this.waived[component]! += amount;
    this.#line(LINE.waived, eventId, seq, component, amount);
  }

  charge(eventId: number, seq: number, component: number, amount: Fen): void {
    this.charged[component]! += amount;
    this.#line(LINE.charged, eventId, seq, component, amount);
  }

  writeOff(eventId: number, seq: number, component: number, amount: Fen): void {
    if (amount === 0) return;
    this.writtenOff[component]! += amount;
    this.#line(LINE.writtenOff, eventId, seq, component, amount);
  }

  refund(eventId: number, amount: Fen): void {
    this.refunded += amount;
    this.#line(LINE.refunded, eventId, 0, PRINCIPAL, amount);
  }

  transfer(eventId: number, seq: number, component: number, amount: Fen): void {
    if (amount !== 0) this.#line(LINE.transferred, eventId, seq, component, amount);
  }

  recover(eventId: number, seq: number, component: number, amount: Fen): void {
    this.recovered += amount;
    this.#line(LINE.recovered, eventId, seq, component, amount);
  }

  #line(kind: number, eventId: number, seq: number, component: number, amount: Fen): void {
    this.touched = true;
    this.allocations.push({ kind, eventId, seq, component, amount });
  }

  /** All that payments have paid so far on the day, less what came to be owed for a refund. */
  get allocated(): Fen {
    let sum = this.recovered + this.refundPaid;
    for (const amount of this.paid) sum += amount;
    return sum;
  }

  settle(eventId: number, rule: string, allocated: Fen, toSuspense: Fen): void {
    this.touched = true;
    this.outcomes.push({ eventId, rule, allocated, toSuspense });
  }
}
