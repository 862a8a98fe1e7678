import type pg from 'pg';
import { changesThePast, type DatedEvent } from '../../accounting/backdating/dated-event.js';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { EVENT_TYPE_NAMES, needsFile } from '../../accounting/events/loan-event.js';
import type { InvariantError } from '../../accounting/money/refusal.js';
import type { EpochDay } from '../../accounting/money/units.js';
import { COMPONENTS } from '../../accounting/posting/flow.js';
import { EARLY_PAYMENTS } from '../../accounting/product/product.js';
import { keepRows } from '../../db/copy/copy-stream.js';
import { isDay, readDate, readInt8 } from '../../db/copy/copy-tuple.js';
import type { TupleList } from '../../db/copy/tuple-list.js';
import {
  damagedColumn,
  damagedDate,
  damagedKey,
  int8At,
  isNextLoan,
  unsafeColumn,
} from './damage/damaged-row.js';
import { EventDigest } from './event-digest.js';
import type { TaskScope } from './task-input.js';

/** A day's events of one task in loan order; `take` moves through them as the stream does. */
export class EventQueue {
  /** The loan of the next event; Infinity at the end. */
  nextLoanId: number;
  readonly #tuples: TupleList;
  #at = 0;

  /** `tuples`: of `EVENT_COLUMNS`. Throws LoanbookError `key_damaged`. */
  constructor(tuples: TupleList, date: EpochDay) {
    this.#tuples = tuples;
    let before = -1;
    for (let k = 0; k < tuples.count; k += 1) {
      const loanId = int8At(tuples.view, tuples.at(k));
      if (loanId !== before && !isNextLoan(loanId, before)) {
        throw damagedKey('event', date, loanId, before);
      }
      before = loanId;
    }
    this.nextLoanId = tuples.idAt(0);
  }

  get size(): number {
    return this.#tuples.count;
  }

  /**
   * All events of the loan, which must be the next one. They are passed by even where one of them
   * is damaged: throws InvariantError, and the loan is to be held.
   */
  take(loanId: number): DatedEvent[] {
    const from = this.#at;
    this.#pass(loanId);
    return eventsFrom(this.#tuples, from, loanId);
  }

  /** Passes by all events of the loan, which must be the next one, and returns their numbers. */
  takeIds(loanId: number): number[] {
    const from = this.#at;
    this.#pass(loanId);
    const ids: number[] = [];
    for (let k = from; k < this.#at; k += 1) {
      ids.push(int8At(this.#tuples.view, this.#tuples.at(k) + 12));
    }
    return ids;
  }

  #pass(loanId: number): void {
    while (this.#tuples.idAt(this.#at) === loanId) this.#at += 1;
    this.nextLoanId = this.#tuples.idAt(this.#at);
  }

  /**
   * What the events that were booked on the day itself are told by; others wait with a loan that
   * was held, and were hashed on their own day.
   */
  digest(date: EpochDay): EventDigest {
    const digest = new EventDigest(this.size);
    const { view, bytes } = this.#tuples;
    for (let k = 0; k < this.size; k += 1) {
      const at = this.#tuples.at(k);
      if (readDate(view, at + BUSINESS_DATE_AT) === date) {
        digest.add(bytes, at, this.#tuples.at(k + 1));
      }
    }
    return digest;
  }

  /** The loans with an event that satisfies `wanted`, ascending. */
  loansWith(wanted: (event: EventLook) => boolean): number[] {
    const found: number[] = [];
    for (let k = 0; k < this.size; k += 1) {
      const loanId = this.#tuples.idAt(k);
      const isNew = found[found.length - 1] !== loanId;
      if (isNew && wanted(lookAt(this.#tuples, k))) found.push(loanId);
    }
    return found;
  }
}

/** What of an event says whether more of its loan has to be loaded; readable whatever it holds. */
export type EventLook = Pick<DatedEvent, 'type' | 'valueDate' | 'businessDate' | 'earlyPayment'>;

/** The events of one loan in a list of `EVENT_COLUMNS`. */
export function eventsOf(tuples: TupleList, loanId: number): DatedEvent[] {
  return eventsFrom(tuples, tuples.firstOf(loanId), loanId);
}

function eventsFrom(tuples: TupleList, from: number, loanId: number): DatedEvent[] {
  const events: DatedEvent[] = [];
  for (let k = from; tuples.idAt(k) === loanId; k += 1) events.push(readEvent(tuples, k));
  return events;
}

/** Whether an event may need the loan's schedule; `mayPayAhead`: a product of the book does. */
export function mayNeedFile(event: EventLook, mayPayAhead: boolean): boolean {
  if (changesThePast(event)) return true;
  return needsFile(event.type, event.earlyPayment ?? (mayPayAhead ? 'prepay' : 'hold'));
}

/** What the fold needs of an event, and behind it what only its hash reads: all that it has. */
export const EVENT_NAMES: readonly string[] = [
  ...['loan_id', 'event_id', 'amount', 'rate_ppb', 'of_event_id'],
  ...['value_date', 'business_date', 'due_on', 'type', 'component', 'seq', 'early_payment'],
  ...['bucket', 'import_id', 'ref', 'buyer'],
];
export const EVENT_COLUMNS = EVENT_NAMES.map((name) => `e.${name}`).join(', ');
export const EVENT_FIELDS = EVENT_NAMES.length;
/** Where the business date lies in a tuple. */
const BUSINESS_DATE_AT = 5 * 12 + 8 + 4;
const DATES_AT = 5 * 12;
const SMALL_AT = DATES_AT + 3 * 8;

function lookAt(tuples: TupleList, index: number): EventLook {
  const { view } = tuples;
  const dates = tuples.at(index) + DATES_AT;
  const small = tuples.at(index) + SMALL_AT;
  const early = view.getInt16(small + 22);
  return {
    type: view.getInt16(small + 4),
    valueDate: readDate(view, dates + 4),
    businessDate: readDate(view, dates + 12),
    earlyPayment: early === 0 ? null : (EARLY_PAYMENTS[early - 1] ?? null),
  };
}

/** Throws InvariantError for a value that no import writes. */
function readEvent(tuples: TupleList, index: number): DatedEvent {
  const { view } = tuples;
  const at = tuples.at(index);
  try {
    return decodeEvent(view, at);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw unsafeColumn('event', EVENT_NAMES, view, at) ?? error;
  }
}

function decodeEvent(view: DataView, at: number): DatedEvent {
  const dates = at + DATES_AT;
  const small = at + SMALL_AT;
  const early = view.getInt16(small + 22);
  const event = {
    eventId: readInt8(view, at + 16),
    amount: readInt8(view, at + 28),
    ratePpb: readInt8(view, at + 40),
    ofEventId: readInt8(view, at + 52),
    valueDate: readDate(view, dates + 4),
    businessDate: readDate(view, dates + 12),
    dueOn: readDate(view, dates + 20),
    type: view.getInt16(small + 4),
    component: view.getInt16(small + 10),
    seq: view.getInt16(small + 16),
    earlyPayment: early === 0 ? null : EARLY_PAYMENTS[early - 1]!,
  };
  const inRange =
    event.amount >= 0 &&
    event.ratePpb >= 0 &&
    isDay(event.valueDate) &&
    isDay(event.dueOn) &&
    event.type > 0 &&
    event.type < EVENT_TYPE_NAMES.length &&
    event.component >= 0 &&
    event.component < COMPONENTS.length &&
    event.seq >= 0 &&
    event.earlyPayment !== undefined;
  if (!inRange) throw outOfRange(event, early);
  return event;
}

/** Which value it is; asked only when one is. */
function outOfRange(event: DatedEvent, early: number): InvariantError {
  const { type, component } = event;
  const columns: readonly (readonly [string, number, boolean])[] = [
    ['amount', event.amount, event.amount >= 0],
    ['rate_ppb', event.ratePpb, event.ratePpb >= 0],
    ['value_date', event.valueDate, isDay(event.valueDate)],
    ['due_on', event.dueOn, isDay(event.dueOn)],
    ['type', type, type > 0 && type < EVENT_TYPE_NAMES.length],
    ['component', component, component >= 0 && component < COMPONENTS.length],
    ['seq', event.seq, event.seq >= 0],
    ['early_payment', early, false],
  ];
  const [column, value] = columns.find(([, , holds]) => !holds)!;
  if (column === 'value_date' || column === 'due_on') return damagedDate('event', column, value);
  return damagedColumn('event', column, String(value));
}

/** The events booked today, and those that wait with a loan that is held, into an empty list. */
export async function loadEvents(
  client: pg.Client,
  scope: TaskScope,
  tuples: TupleList,
): Promise<EventQueue> {
  const date = formatDay(scope.date);
  const buckets = `BETWEEN ${scope.bucketFrom} AND ${scope.bucketTo}`;
  const held = `SELECT e.* FROM held_loan h JOIN event e
      ON e.bucket = h.bucket AND e.loan_id = h.loan_id
      AND e.business_date >= h.held_since AND e.business_date < '${date}'
    WHERE h.business_date = DATE '${date}' - 1 AND h.bucket ${buckets} AND NOT is_birth(e.type)`;
  const select = `SELECT ${EVENT_COLUMNS} FROM (
      SELECT e.* FROM event e
      WHERE e.business_date = '${date}' AND e.bucket ${buckets} AND NOT is_birth(e.type)
      UNION ALL ${held}) AS e
    ORDER BY e.bucket, e.loan_id, e.business_date, e.event_id`;
  await keepRows(client, select, EVENT_FIELDS, tuples);
  return new EventQueue(tuples, scope.date);
}
