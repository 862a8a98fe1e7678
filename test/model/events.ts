import { payAhead, payDue, payRefund } from './allocate.js';
import { chargeBack } from './charge-back.js';
import { charge, waive } from './charges.js';
import { cancel, refundPart, settle, settlementCost, transfer, writeOff } from './endings.js';
import { prepay, prepayable, prepaymentCost } from './prepay.js';
import { openInAll, sumOf } from './row.js';
import { dayOf } from './schedule/days.js';
import { layAgain } from './schedule/relay.js';
import { dueRows, principalNotDue, receive, type State } from './state.js';
import { annualRate, type EventDocument, minorUnits } from './terms.js';

/** An event as the model keeps it: the document's, with its days and its place in the arrival. */
export interface ModelEvent {
  document: EventDocument;
  valueDay: number;
  businessDay: number;
  arrival: number;
}

/** The rule that an event breaks, or null where it was applied. */
export type Refusal = string | null;

/** What an event's own close has posted in cash; null at that close itself. */
export type PostedCash = bigint | null;

export function isSettled(state: State): boolean {
  return state.status === 'live' && state.refundDue === 0n && sumOf(state.rows, openInAll) === 0n;
}

/** A recovery of a loan that is no longer written off is a repayment. */
function typeAtPlace(state: State, { type }: EventDocument, posted: PostedCash): string {
  const isRepayment = type === 'recovery' && posted !== null && state.status !== 'written_off';
  return isRepayment ? 'repayment' : type;
}

function refusedByStatus(state: State, event: EventDocument, type: string): Refusal {
  if (type === 'suspense_refund') return null;
  if (state.status === 'cancelled' || state.status === 'transferred') {
    return type === 'repayment' && state.refundDue > 0n ? null : `loan_${state.status}`;
  }
  if (state.status === 'written_off') {
    return type === 'repayment' || type === 'recovery' ? null : 'loan_written_off';
  }
  if (type === 'recovery') return 'not_written_off';
  const lateFee = type === 'fee' && event.due_on !== undefined;
  return isSettled(state) && !lateFee ? 'loan_settled' : null;
}

function repay(state: State, event: EventDocument, money: bigint, day: number): void {
  const { ref } = event;
  receive(state, money);
  let left = payDue(state, ref, payRefund(state, ref, money), day);
  const mode = event.early_payment ?? state.terms.product.allocation.early_payment;
  if (left > 0n && state.status === 'live' && mode === 'prepay') {
    const principal = prepayable(state, left);
    if (principal > 0n) {
      const cost = prepaymentCost(state, principal);
      prepay(state, ref, principal, day);
      left -= cost;
    }
  } else if (left > 0n && state.status === 'live' && mode !== 'hold') {
    left = payAhead(state, ref, mode, left);
  }
  state.suspense += left;
}

/** Its close takes what it costs; later folds prepay what that cash covers by then. */
function prepayEvent(
  state: State,
  { ref }: EventDocument,
  amount: bigint,
  day: number,
  posted: PostedCash,
): Refusal {
  if (sumOf(dueRows(state), openInAll) > 0n) return 'due_and_open';
  const all = principalNotDue(state);
  const asked = amount < all ? amount : all;
  const cash = posted ?? state.refundDue + prepaymentCost(state, asked) + amount - asked;
  const money = cash > state.refundDue ? cash - state.refundDue : 0n;
  const principal = prepaymentCost(state, asked) <= money ? asked : prepayable(state, money);
  if (principal === 0n) return 'nothing_to_prepay';
  receive(state, cash);
  const left = payRefund(state, ref, cash) - prepaymentCost(state, principal);
  prepay(state, ref, principal, day);
  state.suspense += left;
  return null;
}

function settleEvent(
  state: State,
  { ref }: EventDocument,
  amount: bigint | null,
  day: number,
  posted: PostedCash,
): Refusal {
  const cost = settlementCost(state);
  const money = posted ?? amount ?? cost;
  if (money < cost) return 'settlement_short';
  receive(state, money);
  settle(state, ref, money, day);
  return null;
}

function changeRate(state: State, event: EventDocument, day: number): Refusal {
  if (event.rate === undefined) throw new Error(`${event.ref}: a rate change needs a rate`);
  state.rates.push({ from: day, rate: annualRate(state.terms.product, event.rate) });
  const balance = principalNotDue(state);
  layAgain(state, { day, balance, flatBase: state.flatBase, keep: 'term' });
  return null;
}

/** On arrival at most what is there; later it went out, and what suspense lacks is owed. */
function refundSuspense(state: State, amount: bigint, posted: PostedCash): Refusal {
  if (posted === null && amount > state.suspense) return 'refund_above_suspense';
  const there = amount < state.suspense ? amount : state.suspense;
  state.suspense -= there;
  state.refundDue += amount - there;
  receive(state, -amount);
  return null;
}

function changeLoan(state: State, event: EventDocument, amount: bigint, day: number): Refusal {
  const { ref, type, component, seq } = event;
  switch (type) {
    case 'waiver':
      if (!component) throw new Error(`${ref}: a waiver needs a component`);
      return waive(state, component, seq ?? null, amount);
    case 'fee': {
      const dueOn = event.due_on === undefined ? null : dayOf(event.due_on);
      const target = { seq: seq ?? null, dueOn };
      return charge(state, component ?? 'fee', target, amount) ? null : 'unknown_seq';
    }
    case 'merchant_refund':
      refundPart(state, amount, day);
      return null;
    default:
      throw new Error(`${ref}: no such event type: ${type}`);
  }
}

function merchantRefund(state: State, amount: bigint | null): 'full' | 'part' | 'too_much' {
  const { principal } = state.terms;
  if (amount === null || amount === principal) return 'full';
  return amount > principal ? 'too_much' : 'part';
}

/**
 * Applies one event on its value date, or says which rule refuses it and changes nothing. What it
 * once posted in cash stays its cash.
 */
export function applyEvent(
  state: State,
  event: EventDocument,
  day: number,
  posted: PostedCash,
): Refusal {
  const type = typeAtPlace(state, event, posted);
  const refused = refusedByStatus(state, event, type);
  if (refused) return refused;
  const amount = event.amount === undefined ? null : minorUnits(event.amount, state.terms.digits);
  switch (type) {
    case 'rate_change':
      return changeRate(state, event, day);
    case 'write_off':
      writeOff(state, day);
      return null;
    case 'transfer':
      transfer(state);
      return null;
    case 'settlement':
      return settleEvent(state, event, amount, day, posted);
    default:
      break;
  }
  if (type === 'merchant_refund') {
    const extent = merchantRefund(state, amount);
    if (extent === 'too_much') return 'refund_above_loan';
    if (extent === 'full') {
      cancel(state);
      return null;
    }
  }
  if (amount === null) throw new Error(`${event.ref}: ${event.type} needs an amount`);
  switch (type) {
    case 'repayment':
    case 'recovery':
      repay(state, event, amount, day);
      return null;
    case 'prepayment':
      return prepayEvent(state, event, amount, day, posted);
    case 'charge_back':
      return chargeBack(state, event.ref, amount);
    case 'suspense_refund':
      return refundSuspense(state, amount, posted);
    default:
      return changeLoan(state, event, amount, day);
  }
}
