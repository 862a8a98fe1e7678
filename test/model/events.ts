import { payAhead, payDue } from './allocate.js';
import { charge, waive } from './charges.js';
import { dayOf } from './days.js';
import { cancel, refundPart, settle, settlementCost, transfer, writeOff } from './endings.js';
import { prepay, prepayable, prepaymentCost } from './prepay.js';
import { layAgain } from './relay.js';
import { openInAll, sumOf } from './row.js';
import { dueRows, principalNotDue, type State } from './state.js';
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

export function isSettled(state: State): boolean {
  return state.status === 'live' && sumOf(state.rows, openInAll) === 0n;
}

function refusedByStatus(state: State, event: EventDocument): Refusal {
  const { type } = event;
  if (type === 'suspense_refund') return null;
  if (state.status === 'cancelled') return 'loan_cancelled';
  if (state.status === 'transferred') return 'loan_transferred';
  if (state.status === 'written_off') {
    return type === 'repayment' || type === 'recovery' ? null : 'loan_written_off';
  }
  if (type === 'recovery') return 'not_written_off';
  const lateFee = type === 'fee' && event.due_on !== undefined;
  return isSettled(state) && !lateFee ? 'loan_settled' : null;
}

function repay(state: State, event: EventDocument, money: bigint, day: number): void {
  const { ref } = event;
  state.received += money;
  let left = payDue(state, ref, money, day);
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

function prepayEvent(state: State, ref: string, amount: bigint, day: number): Refusal {
  if (sumOf(dueRows(state), openInAll) > 0n) return 'due_and_open';
  const all = principalNotDue(state);
  const principal = amount < all ? amount : all;
  const excess = amount - principal;
  if (principal > 0n) {
    state.received += prepaymentCost(state, principal);
    prepay(state, ref, principal, day);
  }
  state.received += excess;
  state.suspense += excess;
  return null;
}

function settleEvent(state: State, ref: string, amount: bigint | null, day: number): Refusal {
  const cost = settlementCost(state);
  if (amount !== null && amount < cost) return 'amount_below_settlement';
  const money = amount ?? cost;
  state.received += money;
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

function refundSuspense(state: State, amount: bigint): Refusal {
  if (amount > state.suspense) return 'more_than_suspense';
  state.suspense -= amount;
  state.received -= amount;
  return null;
}

function applyWithAmount(state: State, event: EventDocument, amount: bigint, day: number): Refusal {
  const { ref, type, component, seq } = event;
  switch (type) {
    case 'repayment':
    case 'recovery':
      repay(state, event, amount, day);
      return null;
    case 'prepayment':
      return prepayEvent(state, ref, amount, day);
    case 'waiver':
      if (!component) throw new Error(`${ref}: a waiver needs a component`);
      return waive(state, component, seq ?? null, amount) ? null : 'more_than_is_there';
    case 'fee': {
      const dueOn = event.due_on === undefined ? null : dayOf(event.due_on);
      const target = { seq: seq ?? null, dueOn };
      return charge(state, component ?? 'fee', target, amount) ? null : 'no_such_instalment';
    }
    case 'suspense_refund':
      return refundSuspense(state, amount);
    case 'merchant_refund':
      refundPart(state, amount, day);
      return null;
    default:
      throw new Error(`${ref}: no such event type: ${type}`);
  }
}

/** Applies one event on its value date, or says which rule refuses it. */
export function applyEvent(state: State, event: EventDocument, day: number): Refusal {
  const refused = refusedByStatus(state, event);
  if (refused) return refused;
  const amount = event.amount === undefined ? null : minorUnits(event.amount, state.terms.digits);
  switch (event.type) {
    case 'rate_change':
      return changeRate(state, event, day);
    case 'write_off':
      writeOff(state, day);
      return null;
    case 'transfer':
      transfer(state);
      return null;
    case 'settlement':
      return settleEvent(state, event.ref, amount, day);
    default:
      break;
  }
  if (event.type === 'merchant_refund') {
    if (amount !== null && amount > state.terms.principal) return 'more_than_the_loan';
    if (amount === null || amount === state.terms.principal) {
      cancel(state);
      return null;
    }
  }
  if (amount === null) throw new Error(`${event.ref}: ${event.type} needs an amount`);
  return applyWithAmount(state, event, amount, day);
}
