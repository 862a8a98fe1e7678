import type { Fen } from '../../accounting/money/units.js';
import type { FailureClass, ResultState } from '../terms/deduction.js';

/** The states of an order, of a deduction as of a disbursement (FUNDING, Deduction). */
export const ORDER_STATES = ['sent', 'success', 'failed', 'unknown', 'returned'] as const;
export type OrderState = (typeof ORDER_STATES)[number];

/** What is wrong between an order and what was said of it. */
export const ORDER_BREAKS = [
  'missing_ours',
  'late_success',
  'contradiction',
  'amount',
  'return_without_success',
  'same_person',
  'not_in_flight',
] as const;
export type OrderBreak = (typeof ORDER_BREAKS)[number];

/** An order as it stands. */
export interface Standing {
  readonly state: OrderState;
  /** Of one that failed or was returned. */
  readonly class: FailureClass | null;
  readonly amount: Fen;
  readonly collected: Fen;
}

export interface Answer {
  readonly word: ResultState;
  /** What was taken, of a success. */
  readonly amount: Fen;
  /** Of a failure. */
  readonly class: FailureClass;
}

/** What an answer does to an order. */
export interface Effect {
  readonly after: Standing;
  readonly isChanged: boolean;
  /** What is to be posted: money that came, below zero money that went back; 0: nothing. */
  readonly posted: Fen;
  readonly break: OrderBreak | null;
}

/** Nothing but an answer or two people ends it, never time. */
export function isInFlight(state: OrderState): boolean {
  return state === 'sent' || state === 'unknown';
}

/** What an answer of the channel does. What is final stays, but money that moved is posted. */
export function answered(order: Standing, answer: Answer, partial: boolean): Effect {
  switch (order.state) {
    case 'sent':
    case 'unknown':
      if (answer.word === 'success') return succeeded(order, answer.amount, partial);
      if (answer.word === 'failed') return changed(order, failedBy(order, answer.class));
      return changed(order, { ...order, state: 'unknown' });
    case 'failed':
      return answer.word === 'success'
        ? succeeded(order, answer.amount, partial)
        : kept(order, null);
    case 'success':
      return kept(order, answer.word === 'failed' ? 'contradiction' : null);
    case 'returned':
      return kept(order, null);
  }
}

/** Money that had come goes back. */
export function returned(order: Standing, why: FailureClass): Effect {
  if (order.state !== 'success') return kept(order, 'return_without_success');
  const after = { ...order, state: 'returned', class: why, collected: 0 } as const;
  return { ...changed(order, after), posted: -order.collected };
}

/** Two people say that an order took nothing; should it have, its success is a late one. */
export function released(
  order: Standing | null,
  by: string,
  checkedBy: string,
): Effect | OrderBreak {
  if (by === checkedBy) return 'same_person';
  if (order === null || !isInFlight(order.state)) return 'not_in_flight';
  return changed(order, failedBy(order, 'other'));
}

function succeeded(order: Standing, amount: Fen, partial: boolean): Effect {
  const isLate = order.state === 'failed';
  if (amount > order.amount || (amount < order.amount && !partial)) {
    if (isLate) return kept(order, 'amount');
    return { ...changed(order, { ...order, state: 'unknown' }), break: 'amount' };
  }
  const after = { ...order, state: 'success', class: null, collected: amount } as const;
  return { ...changed(order, after), posted: amount, break: isLate ? 'late_success' : null };
}

function failedBy(order: Standing, why: FailureClass): Standing {
  return { ...order, state: 'failed', class: why, collected: 0 };
}

function changed(before: Standing, after: Standing): Effect {
  return { after, isChanged: before.state !== after.state, posted: 0, break: null };
}

function kept(order: Standing, why: OrderBreak | null): Effect {
  return { after: order, isChanged: false, posted: 0, break: why };
}
