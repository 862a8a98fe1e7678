import { installmentAt, type NextInstallment } from '../../accounting/billing.js';
import { closeDay } from '../../accounting/close-day.js';
import { addFlow, DayFlow } from '../../accounting/flow.js';
import type { BookDay, FoldTerms } from '../../accounting/fold-terms.js';
import type { LoanEvent } from '../../accounting/loan-event.js';
import type { LoanFile } from '../../accounting/loan-file.js';
import { type Position, STATUS } from '../../accounting/position.js';
import { InvariantError } from '../../accounting/refusal.js';
import { type Schedule, sameSchedule } from '../../accounting/schedule-rows.js';
import type { EpochDay } from '../../accounting/units.js';
import { TupleWriter } from '../../db/copy-tuple.js';
import type { Book } from '../book/book.js';
import { bear } from './birth.js';
import { TotalsCollector } from './control-totals.js';
import { type DayTerms, dayTerms } from './day-terms.js';
import { openDeepDay } from './deep-day.js';
import { changesThePast, type DatedEvent, type EventQueue } from './event-queue.js';
import type { DeepLoan } from './loan-past.js';
import { PositionRow } from './position-row.js';
import { SideRows } from './side-rows.js';
import type { Birth, HeldLoan, NextInstallments } from './task-input.js';

/** Positions are handed to the server in pieces of about this size. */
export const POSITION_ROOM = 1 << 18;

const NO_EVENTS: readonly DatedEvent[] = [];

/** What a task has loaded before its stream starts. */
export interface TaskInput {
  readonly events: EventQueue;
  readonly next: NextInstallments;
  /** Loans born today and loans whose birth is being held, in loan order. */
  readonly births: readonly Birth[];
  /** Yesterday's held loans by number. */
  readonly held: ReadonlyMap<number, HeldLoan>;
  /** Loans whose events of today may need more than the position, by number. */
  readonly deep: ReadonlyMap<number, DeepLoan>;
}

export interface HeldReport {
  readonly bucket: number;
  readonly loanId: number;
  readonly since: EpochDay;
  readonly reason: string;
}

/**
 * Folds the loans of one task, one after the other in loan order: rows of yesterday, and loans born
 * today where they belong. No input or output: the caller feeds rows and takes buffers.
 */
export class TaskFold {
  readonly positions = new TupleWriter(POSITION_ROOM);
  readonly side: SideRows;
  readonly totals = new TotalsCollector();
  readonly held: HeldReport[] = [];
  rowsRead = 0;
  born = 0;
  closed = 0;
  readonly #date: EpochDay;
  readonly #input: TaskInput;
  readonly #row = new PositionRow();
  readonly #flow = new DayFlow();
  readonly #today: BookDay;
  readonly #days: DayTerms;
  readonly #todayTerms: FoldTerms[] = [];
  #nextBirth = 0;

  constructor(book: Book, date: EpochDay, task: number, input: TaskInput) {
    this.#date = date;
    this.#input = input;
    this.side = new SideRows(book.postingRules, date, task);
    this.#days = dayTerms(book);
    this.#today = this.#days.book(date);
    for (const groupId of book.groups.keys()) {
      this.#todayTerms[groupId] = this.#days.fold(groupId, date);
    }
  }

  /** The next birth's loan; Infinity when there is none left. */
  get nextBirthId(): number {
    return this.#input.births[this.#nextBirth]?.loanId ?? Number.POSITIVE_INFINITY;
  }

  /** Folds one row of yesterday, after the births and orphan events that come before it. */
  foldRow(view: DataView, at: number, bytes: Buffer): void {
    const row = this.#row;
    row.read(view, at, bytes);
    const loanId = row.position.loanId;
    if (this.nextBirthId < loanId || this.#input.events.nextLoanId < loanId) {
      this.foldUpTo(loanId);
      row.read(view, at, bytes);
    }
    this.rowsRead += 1;
    const { position } = row;
    const { events } = this.#input;
    const due = events.nextLoanId === loanId ? events.take(loanId) : NO_EVENTS;
    if (due.length === 0 && isOver(position)) {
      this.closed += 1;
      return;
    }
    const undo =
      due.length > 0 || position.nextDueOn <= this.#date || position.open.length > 0
        ? this.side.mark()
        : undefined;
    try {
      const asks = due.length > 0 || this.#todayTerms[position.groupId]?.recalculates === true;
      const deep = asks ? this.#input.deep.get(loanId) : undefined;
      if (position.foldedOn < this.#date - 1) this.#catchUp(due);
      else if (deep === undefined) {
        this.#foldToday(due, null);
        this.#keep(0);
      } else this.#foldDeep(due, deep);
    } catch (error) {
      undo?.();
      const reason = holdReason(error);
      row.read(view, at, bytes);
      this.#hold(position.bucket, loanId, reason);
      position.businessDate = this.#date;
    }
    row.write(this.positions);
  }

  /** Folds births below `loanId` and rejects events whose loan is not in the book. */
  foldUpTo(loanId: number): void {
    const { events } = this.#input;
    for (;;) {
      const birthId = this.nextBirthId;
      const eventId = events.nextLoanId;
      if (birthId >= loanId && eventId >= loanId) return;
      if (birthId <= eventId) {
        this.#foldBirth(this.#input.births[this.#nextBirth]!);
        this.#nextBirth += 1;
      } else {
        const bucket = Math.floor(eventId / 4_294_967_296);
        this.#reject(bucket, eventId, events.take(eventId), 'loan_not_in_book');
      }
    }
  }

  #foldToday(events: readonly LoanEvent[], file: LoanFile | null): void {
    const row = this.#row;
    const { position } = row;
    const terms = this.#todayTerms[position.groupId];
    if (terms === undefined) throw new InvariantError('unknown accounting group', {});
    let next: NextInstallment | null = null;
    const isDue = position.nextDueOn <= this.#date;
    if (isDue) {
      next =
        file === null ? this.#nextInstallment() : installmentAt(file.schedule, position.nextSeq);
    }
    closeDay(position, this.#today, terms, events, next, this.#flow, file);
  }

  /** A day with events that look up the loan's schedule, or that change its past. */
  #foldDeep(events: readonly DatedEvent[], loan: DeepLoan): void {
    const row = this.#row;
    const day = openDeepDay(row, loan, events, this.#date, this.#days);
    this.#foldToday(day.events, day.file);
    if (!sameSchedule(day.file.schedule, day.inForce)) {
      row.position.scheduleVersion = day.newestVersion + 1;
      this.side.addSchedule(row.position, day.file.schedule);
    }
    const ordinal = this.#keep(0);
    if (day.past === null) return;
    const [on, off] = day.past.difference.flows(day.past.rules);
    this.side.add(row.position, on, ordinal);
    this.totals.add(row.position, on);
    this.totals.add(row.position, off);
  }

  /** The instalment after the one due today, checked against the balance that the schedule has. */
  #nextInstallment(): NextInstallment | null {
    const { position } = this.#row;
    const { next } = this.#input;
    const found = next.of(position.loanId);
    if (found === undefined) throw new InvariantError('the loan has no schedule', {});
    if (next.balanceAfter !== position.principalNotDue - position.nextPrincipal) {
      throw new InvariantError('the schedule does not equal the balance', {
        scheduled: next.balanceAfter,
        balance: position.principalNotDue - position.nextPrincipal,
      });
    }
    return found;
  }

  /** Folds every day that the loan was held, each with its own events; all of it posts today. */
  #catchUp(events: readonly DatedEvent[]): void {
    const { position } = this.#row;
    const held = this.#input.held.get(position.loanId);
    if (held === undefined) throw new InvariantError('a held loan is not in the list', {});
    this.#foldDays(held.birth, position.foldedOn + 1, events, held.birth.schedule());
  }

  #foldDays(birth: Birth, from: EpochDay, events: readonly DatedEvent[], schedule: Schedule): void {
    // A later day may fail after an earlier one was taken over: then none of them counts.
    const undo = from < this.#date ? this.totals.mark() : undefined;
    try {
      this.#foldFrom(birth, from, events, schedule);
    } catch (error) {
      undo?.();
      throw error;
    }
  }

  #foldFrom(birth: Birth, from: EpochDay, events: readonly DatedEvent[], schedule: Schedule): void {
    const row = this.#row;
    const { position } = row;
    // Which days it would change is not known while days are missing: it can be sent again.
    const late = events.filter(changesThePast);
    this.#reject(position.bucket, position.loanId, late, 'late_on_a_held_loan');
    const { contract } = birth;
    const file: LoanFile = { contract, schedule, changed: false, totals: () => row.openTotals() };
    let ordinal = 0;
    for (let date = from; date <= this.#date; date += 1) {
      const due = position.nextDueOn === date;
      const next = due ? installmentAt(file.schedule, position.nextSeq) : null;
      const terms = this.#days.fold(position.groupId, date);
      const todays = events.filter(
        (event) => event.businessDate === date && !changesThePast(event),
      );
      closeDay(position, this.#days.book(date), terms, todays, next, this.#flow, file);
      ordinal = this.#keep(ordinal);
    }
    if (sameSchedule(file.schedule, birth.schedule())) return;
    position.scheduleVersion = birth.version + 1;
    this.side.addSchedule(position, file.schedule);
  }

  #foldBirth(birth: Birth): void {
    const row = this.#row;
    const undo = this.side.mark();
    const { events } = this.#input;
    const all = events.nextLoanId === birth.loanId ? events.take(birth.loanId) : NO_EVENTS;
    const isEarly = (event: DatedEvent) => event.valueDate < birth.bornOn;
    const own = all.filter((event) => !isEarly(event));
    const early = all.filter(isEarly);
    try {
      const file = bear(row, birth, birth.bornOn, this.#days, this.#flow);
      this.side.add(row.position, this.#flow);
      const { position } = row;
      const entered = {
        principal: position.principal,
        interest: position.interestAccrued + position.interestDue,
        penalty: position.penaltyDue,
        compound: position.compoundDue,
      };
      this.#foldDays(birth, birth.bornOn, own, file.schedule);
      this.totals.enter(entered);
    } catch (error) {
      undo();
      this.#hold(birth.bucket, birth.loanId, holdReason(error));
      return;
    }
    this.born += 1;
    this.#reject(birth.bucket, birth.loanId, early, 'value_date_before_the_book');
    row.write(this.positions);
  }

  /** Takes over what the close of a loan-day left; returns how many allocations it has by now. */
  #keep(ordinal: number): number {
    const row = this.#row;
    const flow = this.#flow;
    if (flow.touched) {
      addFlow(row.openTotals(), flow);
      this.side.add(row.position, flow, ordinal);
    }
    this.totals.add(row.position, flow);
    return ordinal + flow.allocations.length;
  }

  #reject(bucket: number, loanId: number, events: readonly LoanEvent[], rule: string): void {
    for (const event of events) {
      this.totals.eventsRejected += 1;
      this.side.addOutcome(bucket, loanId, event.eventId, { rule, allocated: 0, toSuspense: 0 });
    }
  }

  #hold(bucket: number, loanId: number, reason: string): void {
    const since = this.#input.held.get(loanId)?.since ?? this.#date;
    this.held.push({ bucket, loanId, since, reason });
  }
}

/** Nothing is owed, held or running any more: yesterday's position was the loan's last. */
function isOver({ status, suspense, nextSeq }: Position): boolean {
  const ended = status === STATUS.settled || status === STATUS.cancelled;
  return ended && suspense === 0 && nextSeq === 0;
}

/** The reason to hold a loan for; anything but a broken invariant of the loan goes on upwards. */
function holdReason(error: unknown): string {
  if (error instanceof InvariantError) {
    return `${error.message} ${JSON.stringify(error.evidence)}`;
  }
  if (error instanceof RangeError) return error.message;
  throw error;
}
