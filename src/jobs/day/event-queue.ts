import type pg from 'pg';
import { changesThePast, type DatedEvent } from '../../accounting/backdating/dated-event.js';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { needsFile } from '../../accounting/events/loan-event.js';
import { EARLY_PAYMENTS } from '../../accounting/product/product.js';
import { keepRows } from '../../db/copy/copy-stream.js';
import { readDate, readInt8 } from '../../db/copy/copy-tuple.js';
import type { TupleList } from '../../db/copy/tuple-list.js';
import type { TaskScope } from './task-input.js';

/** A day's events of one task in loan order; `take` moves through them as the stream does. */
export class EventQueue {
  /** The loan of the next event; Infinity at the end. */
  nextLoanId: number;
  readonly #tuples: TupleList;
  #at = 0;

  /** `tuples`: of `EVENT_COLUMNS`. */
  constructor(tuples: TupleList) {
    this.#tuples = tuples;
    this.nextLoanId = tuples.idAt(0);
  }

  get size(): number {
    return this.#tuples.count;
  }

  /** All events of the loan, which must be the next one. */
  take(loanId: number): DatedEvent[] {
    const events = eventsFrom(this.#tuples, this.#at, loanId);
    this.#at += events.length;
    this.nextLoanId = this.#tuples.idAt(this.#at);
    return events;
  }

  /** The loans with an event that satisfies `wanted`, ascending. */
  loansWith(wanted: (event: DatedEvent) => boolean): number[] {
    const found: number[] = [];
    for (let k = 0; k < this.size; k += 1) {
      const loanId = this.#tuples.idAt(k);
      const isNew = found[found.length - 1] !== loanId;
      if (isNew && wanted(readEvent(this.#tuples, k))) found.push(loanId);
    }
    return found;
  }
}

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
export function mayNeedFile(event: DatedEvent, mayPayAhead: boolean): boolean {
  if (changesThePast(event)) return true;
  return needsFile(event.type, event.earlyPayment ?? (mayPayAhead ? 'prepay' : 'hold'));
}

export const EVENT_COLUMNS = `e.loan_id, e.event_id, e.amount, e.rate_ppb, e.of_event_id,
  e.value_date, e.business_date, e.due_on, e.type, e.component, e.seq, e.early_payment`;
export const EVENT_FIELDS = 12;

function readEvent(tuples: TupleList, index: number): DatedEvent {
  const { view } = tuples;
  const at = tuples.at(index);
  const dates = at + 5 * 12;
  const small = dates + 3 * 8;
  const early = view.getInt16(small + 22);
  return {
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
  return new EventQueue(tuples);
}
