import type { Component } from './product.js';
import { type Row, sumOf } from './row.js';
import type { RateFrom } from './schedule/factors.js';
import { type Fraction, whole, ZERO } from './schedule/fraction.js';
import { firstSchedule } from './schedule/schedule.js';
import type { Terms } from './terms.js';

export interface AllocationLine {
  ref: string;
  seq: number;
  component: Component | 'refund';
  amount: bigint;
}

/** What a fold has posted, as running totals. */
export interface Posted {
  interest: bigint;
  penalty: bigint;
  compound: bigint;
}

export interface State {
  terms: Terms;
  rows: Row[];
  /** The payment in force, for `keep: payment`. */
  payment: bigint | null;
  flatBase: Fraction;
  rates: RateFrom[];
  /** Nights of the running period, each at its rate. */
  nights: Fraction;
  /** What whole-balance prepayments of the running period already paid per unit. */
  paidPerUnit: Fraction;
  /** Interest of the running period that is posted and not yet paid by a prepayment. */
  accrued: bigint;
  /** Straight line: where the last change left the period. */
  line: { night: number; share: Fraction; amount: bigint };
  /** The day that is being closed. */
  today: number;
  /** Under recalculation: when principal of which row was met, and interest that is carried on. */
  principalPaid: { day: number; seq: number; amount: bigint }[];
  carried: bigint;
  /** Nights of the running period before this day were paid by a prepayment, with all they bear. */
  borneFrom: number;
  suspense: bigint;
  posted: Posted;
  /** Of an opened loan: what had been accrued by the cut-over day. */
  broughtAlong: Posted;
  lines: AllocationLine[];
  daysPastDue: number;
  accruing: boolean;
  status: 'live' | 'cancelled' | 'written_off' | 'transferred';
  /** After a write-off: principal not yet due and its interest, seq 0. */
  claim: Row | null;
  /** Money of the customer and of the merchant that came, less what was paid out. */
  received: bigint;
  /** Of an opened loan: the rows that were paid by the cut-over day, and what of them bounced. */
  paidBefore: Row[];
  chargedBack: bigint;
  /** Paid out beyond what suspense held: the customer owes it, beside the loan. */
  refundDue: bigint;
  /** What money events moved on the account of receipts in transit. */
  cash: bigint;
}

export function birth(terms: Terms): State {
  const { rows, payment, flatBase } = firstSchedule(terms);
  return {
    terms,
    rows,
    payment,
    flatBase,
    rates: [{ from: terms.disbursedOn, rate: terms.rate }],
    nights: ZERO,
    paidPerUnit: ZERO,
    accrued: 0n,
    line: { night: 0, share: ZERO, amount: 0n },
    today: terms.disbursedOn,
    principalPaid: [],
    carried: 0n,
    borneFrom: 0,
    suspense: 0n,
    posted: { interest: 0n, penalty: 0n, compound: 0n },
    broughtAlong: { interest: 0n, penalty: 0n, compound: 0n },
    lines: [],
    daysPastDue: 0,
    accruing: true,
    status: 'live',
    claim: null,
    received: 0n,
    paidBefore: [],
    chargedBack: 0n,
    refundDue: 0n,
    cash: 0n,
  };
}

/** Money that comes; negative: it goes out. */
export function receive(state: State, money: bigint): void {
  state.received += money;
  state.cash += money;
}

export function dueRows(state: State): Row[] {
  return state.rows.filter((row) => row.isDue);
}

/** The instalments of the agreement that are not yet due. */
export function comingRows(state: State): Row[] {
  return state.rows.filter((row) => !row.isDue && row.kind === 'period');
}

export function runningRow(state: State): Row | null {
  return comingRows(state)[0] ?? null;
}

/** Principal of instalments not yet due, as scheduled: money paid ahead does not reduce it. */
export function principalNotDue(state: State): bigint {
  return sumOf(comingRows(state), (row) => row.asked.principal);
}

/** What the nights and the factors of the running period bear on. */
export function interestBase(state: State): Fraction {
  const { method } = state.terms.product.repayment;
  return method === 'flat_interest' ? state.flatBase : whole(principalNotDue(state));
}
