import type { ModelEvent } from './events.js';
import { type Close, type Fold, foldThrough } from './fold.js';
import { firstDay } from './opening.js';
import { dayOf } from './schedule/days.js';
import { fromDecimal } from './schedule/fraction.js';
import type { EventDocument, Terms } from './terms.js';

export interface Rejection {
  ref: string;
  rule: string;
  arrival: number;
}

export interface History {
  last: Fold;
  /** What each close posted with what was known then. */
  daily: Close[];
  rejected: Rejection[];
}

/** The events in order of arrival: by business date, then as they were given. */
function arrivals(events: readonly EventDocument[]): ModelEvent[] {
  return events
    .map((document) => ({
      document,
      valueDay: dayOf(document.value_date),
      businessDay: dayOf(document.business_date ?? document.value_date),
      arrival: 0,
    }))
    .sort((a, b) => a.businessDay - b.businessDay)
    .map((event, arrival) => ({ ...event, arrival }));
}

function refusedOnItsFace(event: ModelEvent, terms: Terms, refs: Set<string>): string | null {
  const { document, valueDay, businessDay } = event;
  if (refs.has(document.ref)) return 'repeated_ref';
  if (valueDay > businessDay) return 'value_date_after_business_date';
  if (valueDay < terms.disbursedOn) return 'value_date_before_disbursement';
  if (valueDay < firstDay(terms)) return 'value_date_before_the_book';
  // A loan may be sold for nothing.
  const least = document.type === 'transfer' ? 0n : 1n;
  if (document.amount !== undefined && fromDecimal(document.amount).n < least) {
    return 'amount_not_positive';
  }
  return null;
}

/** What is known about the events so far; the lists grow as the business dates pass. */
interface Knowledge {
  terms: Terms;
  arrived: ModelEvent[];
  rejected: Rejection[];
  /** By arrival: never part of the loan, impossible since, and reversed. */
  refusedOnArrival: Set<number>;
  voided: Set<number>;
  reversed: Set<number>;
  /** By arrival: the cash that the close of the business date posted, for ever. */
  posted: Map<number, bigint>;
}

function reject(knowledge: Knowledge, event: ModelEvent, rule: string): void {
  knowledge.rejected.push({ ref: event.document.ref, rule, arrival: event.arrival });
}

function knowledgeOf(events: readonly EventDocument[], terms: Terms, through: number): Knowledge {
  const knowledge: Knowledge = {
    terms,
    arrived: [],
    rejected: [],
    refusedOnArrival: new Set(),
    voided: new Set(),
    reversed: new Set(),
    posted: new Map(),
  };
  const refs = new Set<string>();
  for (const event of arrivals(events)) {
    if (event.businessDay > through) continue;
    const rule = refusedOnItsFace(event, terms, refs);
    refs.add(event.document.ref);
    if (rule) reject(knowledge, event, rule);
    else knowledge.arrived.push(event);
  }
  return knowledge;
}

/**
 * The business dates on which the past changes: those of late events and reversals. Between two of
 * them every close adds a day to the same fold; a test holds that folding at each close is equal.
 */
function turnsOf({ arrived, terms }: Knowledge): number[] {
  const late = arrived.filter(
    ({ document, valueDay, businessDay }) => document.type === 'reversal' || valueDay < businessDay,
  );
  const days = [firstDay(terms), ...late.map(({ businessDay }) => businessDay)];
  return [...new Set(days)].sort((a, b) => a - b);
}

function reverse(knowledge: Knowledge, reversal: ModelEvent, at: number): void {
  const target = knowledge.arrived
    .slice(0, at)
    .find(({ document }) => document.ref === reversal.document.of);
  if (!target) {
    reject(knowledge, reversal, 'unknown_of');
  } else if (target.document.type === 'reversal') {
    reject(knowledge, reversal, 'reversal_of_a_reversal');
  } else if (knowledge.reversed.has(target.arrival)) {
    reject(knowledge, reversal, 'already_reversed');
  } else if (knowledge.refusedOnArrival.has(target.arrival)) {
    reject(knowledge, reversal, 'reversed_event_was_rejected');
  } else {
    knowledge.reversed.add(target.arrival);
  }
}

/** Folds from birth with what is known from the close of `turn` to that of `through`. */
function foldFrom(knowledge: Knowledge, turn: number, through: number): Fold {
  const { terms, arrived, reversed, refusedOnArrival, voided, posted } = knowledge;
  for (const [at, event] of arrived.entries()) {
    if (event.document.type !== 'reversal' || event.businessDay !== turn) continue;
    reverse(knowledge, event, at);
  }
  const events = arrived
    .filter(
      ({ document, businessDay, arrival }) =>
        document.type !== 'reversal' &&
        businessDay <= through &&
        !reversed.has(arrival) &&
        !refusedOnArrival.has(arrival),
    )
    .sort((a, b) => a.valueDay - b.valueDay);
  const fold = foldThrough({ terms, events, posted, voided, through });
  for (const { event, rule } of fold.refused) {
    const wasPosted = posted.has(event.arrival);
    reject(knowledge, event, wasPosted ? `voided: ${rule}` : rule);
    (wasPosted ? voided : refusedOnArrival).add(event.arrival);
  }
  for (const { event, amount } of fold.cash) {
    const { arrival } = event;
    if (refusedOnArrival.has(arrival)) continue;
    if (!posted.has(arrival)) posted.set(arrival, amount);
    if (posted.get(arrival) !== amount) throw new Error(`${event.document.ref}: cash has moved`);
  }
  return fold;
}

function less(a: Close, b: Close): Close {
  return {
    interest: a.interest - b.interest,
    penalty: a.penalty - b.penalty,
    compound: a.compound - b.compound,
    cash: a.cash - b.cash,
  };
}

/** Every close folds from birth by itself, slowly: what `historyOf` must come to. */
export function historyByCloses(
  terms: Terms,
  events: readonly EventDocument[],
  through: number,
): History {
  const first = firstDay(terms);
  const closes = Array.from({ length: through - first + 1 }, (_, k) => k);
  const days = closes.map((close) => first + close);
  return historyAt(knowledgeOf(events, terms, through), days, through);
}

/** Folds again from birth whenever the past changes, and takes differences. */
export function historyOf(
  terms: Terms,
  events: readonly EventDocument[],
  through: number,
): History {
  const knowledge = knowledgeOf(events, terms, through);
  return historyAt(knowledge, turnsOf(knowledge), through);
}

function historyAt(knowledge: Knowledge, turns: readonly number[], through: number): History {
  const { terms } = knowledge;
  const daily: Close[] = [];
  let known: Close = { interest: 0n, penalty: 0n, compound: 0n, cash: 0n };
  let last: Fold | null = null;
  for (const [index, turn] of turns.entries()) {
    const next = turns[index + 1];
    const end = next === undefined ? through : next - 1;
    last = foldFrom(knowledge, turn, end);
    for (const close of last.closes.slice(turn - firstDay(terms))) {
      daily.push(less(close, known));
      known = close;
    }
  }
  if (!last) throw new Error('a loan has at least its disbursement day');
  const rejected = knowledge.rejected.sort((a, b) => a.arrival - b.arrival);
  return { last, daily, rejected };
}
