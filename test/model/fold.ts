import { accrueNight, postInterest, startPeriod } from './accrual.js';
import { oldestFirst, payDue, payRefund } from './allocate.js';
import { applyEvent, type ModelEvent } from './events.js';
import { firstDay, startOf } from './opening.js';
import { lastPenaltyFree, penaltyNight } from './penalty.js';
import { open, openInAll, type Row } from './row.js';
import { isAsGiven, recalculate, recalculates } from './schedule/recalculate.js';
import { dueRows, type Posted, receive, runningRow, type State } from './state.js';
import type { Terms } from './terms.js';

/** Running totals at the close of a day, with all that was known then. */
export interface Close extends Posted {
  cash: bigint;
}

/** What one fold found out: the state at its end, and what every close had posted until then. */
export interface Fold {
  state: State;
  /** Running totals at the close of each day, the first one first. */
  closes: Close[];
  refused: { event: ModelEvent; rule: string }[];
  /** What each event moved in cash, 0 where it moves none. */
  cash: { event: ModelEvent; amount: bigint }[];
}

export interface FoldInput {
  terms: Terms;
  /** Events known, in order of value date and arrival; without those refused on arrival. */
  events: ModelEvent[];
  /** By arrival: the cash that the close of an event's business date posted, 0 for none. */
  posted: ReadonlyMap<number, bigint>;
  /** Arrivals of events that an earlier close found impossible: their cash is in suspense. */
  voided: ReadonlySet<number>;
  through: number;
}

const PAYMENTS = new Set(['repayment', 'prepayment', 'settlement', 'recovery']);

/** A day's events in order of arrival, its waivers moved before its first payment. */
function inOrderOfDay(events: readonly ModelEvent[]): ModelEvent[] {
  const ordered: ModelEvent[] = [];
  for (const event of events) {
    const firstPayment = ordered.findIndex(({ document }) => PAYMENTS.has(document.type));
    if (event.document.type === 'waiver' && firstPayment >= 0) {
      ordered.splice(firstPayment, 0, event);
    } else {
      ordered.push(event);
    }
  }
  return ordered;
}

function becomeDue(state: State, row: Row, day: number): void {
  if (row === runningRow(state) && recalculates(state) && !isAsGiven(state, day)) {
    const ahead = state.accrued - row.asked.interest;
    startPeriod(state);
    // Interest of a row that was closed early goes on to the next one.
    state.carried = ahead;
    state.accrued = ahead;
  } else if (row === runningRow(state)) {
    postInterest(state, row.asked.interest - state.accrued);
    startPeriod(state);
  }
  row.isDue = true;
  row.lastFree = lastPenaltyFree(state.terms, row.due);
}

/** Steps 1 and 2: instalments become due, and suspense pays what is due. */
function openDay(state: State, day: number): void {
  if (state.status !== 'live') return;
  const becoming = state.rows.filter((row) => !row.isDue && row.due <= day);
  // The last night before a due date still counts in the period that ends.
  recalculate(state, day);
  for (const row of becoming) becomeDue(state, row, day);
  recalculate(state, day);
  if (becoming.length === 0) return;
  const { down_payment: down } = state.terms.product.repayment;
  const first = becoming.find((row) => row.kind === 'down_payment');
  if (first && down?.automatic) {
    const money = open(first, 'principal');
    receive(state, money);
    payDue(state, 'down_payment', money, day);
  }
  if (state.suspense > 0n) state.suspense = payDue(state, 'suspense', state.suspense, day);
}

function refundAtOnce(state: State): void {
  if (state.suspense > 0n) state.suspense = payRefund(state, 'suspense', state.suspense);
}

function hold(state: State, cash: bigint): void {
  receive(state, cash);
  state.suspense += cash;
  if (state.suspense >= 0n) return;
  // Money went out that was not there: it is owed.
  state.refundDue -= state.suspense;
  state.suspense = 0n;
}

/** Step 3: the events whose value date is this day. */
function applyEvents(state: State, day: number, input: FoldInput, fold: Fold): void {
  const today = input.events.filter((event) => event.valueDay === day);
  for (const event of inOrderOfDay(today)) {
    const posted = input.posted.get(event.arrival) ?? null;
    const before = state.cash;
    if (input.voided.has(event.arrival)) {
      hold(state, posted ?? 0n);
    } else {
      const rule = applyEvent(state, event.document, day, posted);
      dueAtOnce(state, day);
      recalculate(state, day);
      if (rule !== null) fold.refused.push({ event, rule });
      if (rule !== null && posted !== null) hold(state, posted);
    }
    refundAtOnce(state);
    fold.cash.push({ event, amount: state.cash - before });
  }
}

/** A fee due on a day that is past or today has a row that is due at once. */
function dueAtOnce(state: State, day: number): void {
  if (state.status !== 'live') return;
  for (const row of state.rows) if (!row.isDue && row.due <= day) becomeDue(state, row, day);
}

/** Step 5: days past due, and whether the loan accrues on the books. */
function judge(state: State, day: number): void {
  if (state.status === 'transferred') {
    state.daysPastDue = 0;
    state.accruing = true;
    return;
  }
  const oldest = oldestFirst(dueRows(state)).find((row) => openInAll(row) > 0n);
  state.daysPastDue = oldest && day > oldest.lastFree ? day - oldest.due : 0;
  const within = state.daysPastDue <= state.terms.nonAccrualAfter;
  if (!within) {
    state.accruing = false;
    return;
  }
  const components = ['interest', 'penalty', 'compound'] as const;
  const arrears = dueRows(state).some((row) =>
    components.some((component) => open(row, component) > 0n),
  );
  if (!arrears) state.accruing = true;
}

/** Closes every day from the first one on, with the events that are known. */
export function foldThrough(input: FoldInput): Fold {
  const { terms } = input;
  const state = startOf(terms);
  const fold: Fold = { state, closes: [], refused: [], cash: [] };
  for (let day = firstDay(terms); day <= input.through; day += 1) {
    state.today = day;
    openDay(state, day);
    applyEvents(state, day, input, fold);
    if (state.status === 'live') {
      accrueNight(state, day);
      penaltyNight(state, day);
    }
    judge(state, day);
    for (const row of dueRows(state)) row.isClosed = openInAll(row) === 0n;
    fold.closes.push({ ...state.posted, cash: state.cash });
  }
  return fold;
}
