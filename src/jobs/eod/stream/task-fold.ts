import { firstDay } from '../../../accounting/backdating/arrivals.js';
import type { DatedEvent } from '../../../accounting/backdating/dated-event.js';
import { ageOf } from '../../../accounting/fold/ageing.js';
import { bucketOfId } from '../../../accounting/fold/loan-bucket.js';
import { InvariantError } from '../../../accounting/money/refusal.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { viewOf } from '../../../db/copy/copy-tuple.js';
import type { TupleWriter } from '../../../db/copy/tuple-writer.js';
import type { Book } from '../../book/book.js';
import { bear } from '../../day/birth.js';
import type { EventQueue } from '../../day/event-queue.js';
import type { FoldBuffers } from '../../day/fold-buffers.js';
import type { DeepLoans } from '../../day/loan-past.js';
import type { Birth, HeldLoan, NextInstallments } from '../../day/task-input.js';
import { carryIdle, isOver, type LeftLoan, staysAway } from './left-loan.js';
import { LoanFold } from './loan-fold.js';

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
  readonly deep: DeepLoans;
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
  readonly positions: TupleWriter;
  readonly loan: LoanFold;
  readonly held: HeldReport[] = [];
  rowsRead = 0;
  born = 0;
  /** Loans of earlier days that have no row of yesterday and have one of today. */
  returned = 0;
  /** Loans that have no row of today any more, and the last day that has one of them. */
  readonly leaving: { readonly loanId: number; readonly lastOn: EpochDay }[] = [];
  /** Loans that have left the book and have events today, by number; null: not looked up yet. */
  left: ReadonlyMap<number, LeftLoan> | null = null;
  readonly #date: EpochDay;
  readonly #input: TaskInput;
  #nextBirth = 0;

  constructor(book: Book, date: EpochDay, task: number, input: TaskInput, buffers: FoldBuffers) {
    this.#date = date;
    this.#input = input;
    this.positions = buffers.positions;
    this.loan = new LoanFold(book, date, task, input.next, buffers);
  }

  /** The next birth's loan; Infinity when there is none left. */
  get nextBirthId(): number {
    return this.#input.births[this.#nextBirth]?.loanId ?? Number.POSITIVE_INFINITY;
  }

  /**
   * Folds one row of yesterday, after the loans without one that come before it. False: `left` has
   * to be looked up first, then the row is to be folded again.
   */
  foldRow(view: DataView, at: number, bytes: Buffer): boolean {
    const { row, side } = this.loan;
    const yesterday = this.#date - 1;
    row.readCarried(view, at, bytes, yesterday);
    const loanId = row.position.loanId;
    if (this.nextBirthId < loanId || this.#input.events.nextLoanId < loanId) {
      if (!this.foldUpTo(loanId)) return false;
      row.readCarried(view, at, bytes, yesterday);
    }
    this.rowsRead += 1;
    const { position } = row;
    const { events } = this.#input;
    const due = events.nextLoanId === loanId ? events.take(loanId) : NO_EVENTS;
    if (due.length === 0 && isOver(position)) {
      this.leaving.push({ loanId, lastOn: position.foldedOn });
      return true;
    }
    const mayAdd = due.length > 0 || position.nextDueOn <= this.#date || position.open.length > 0;
    if (mayAdd) side.mark();
    try {
      const asks = due.length > 0 || this.loan.recalculates(position.groupId);
      const deep = asks ? this.#input.deep.get(loanId) : undefined;
      if (position.foldedOn < this.#date - 1) this.#catchUp(due);
      else if (deep === undefined) this.loan.foldPlain(due);
      else {
        this.#age();
        this.loan.foldDeep(due, deep);
      }
    } catch (error) {
      if (mayAdd) side.rewind();
      const reason = holdReason(error);
      row.readCarried(view, at, bytes, this.#date);
      this.#age();
      this.#hold(position.bucket, loanId, reason);
    }
    row.write(this.positions);
    return true;
  }

  /** Completes a row that was read without its age, as of the day it was last folded on. */
  #age(): void {
    const { row, days } = this.loan;
    ageOf(row.position, days.book(row.position.foldedOn));
  }

  /** Folds loans below `loanId` that have no row of yesterday. False: `left` is needed first. */
  foldUpTo(loanId: number): boolean {
    const { events } = this.#input;
    for (;;) {
      const birthId = this.nextBirthId;
      const eventId = events.nextLoanId;
      if (birthId >= loanId && eventId >= loanId) return true;
      if (birthId <= eventId) {
        this.#foldBirth(this.#input.births[this.#nextBirth]!);
        this.#nextBirth += 1;
      } else if (this.left === null) return false;
      else this.#foldLeft(eventId, events.take(eventId));
    }
  }

  /** A loan that left the book is folded on from its last row; it returns if that changes it. */
  #foldLeft(loanId: number, events: readonly DatedEvent[]): void {
    const { row, side, days } = this.loan;
    const bucket = bucketOfId(loanId);
    const left = this.left?.get(loanId);
    if (left === undefined) {
      this.loan.reject(bucket, loanId, events, 'loan_not_in_book');
      return;
    }
    side.mark();
    try {
      const idle = carryIdle(left, this.#date, days);
      row.read(viewOf(idle), 0, idle);
      this.loan.foldDeep(events, left.loan);
      if (staysAway(row, idle)) return;
    } catch (error) {
      side.rewind();
      const reason = holdReason(error);
      row.read(viewOf(left.last), 0, left.last);
      this.#hold(bucket, loanId, reason);
      row.position.businessDate = this.#date;
    }
    this.returned += 1;
    row.write(this.positions);
  }

  /** Folds every day that the loan was held, each with its own events; all of it posts today. */
  #catchUp(events: readonly DatedEvent[]): void {
    const { position } = this.loan.row;
    const held = this.#input.held.get(position.loanId);
    if (held === undefined) throw new InvariantError('a held loan is not in the list', {});
    this.loan.foldDays(held.birth, position.foldedOn + 1, events, held.birth.schedule());
  }

  #foldBirth(birth: Birth): void {
    const { row, side, flow, totals, days } = this.loan;
    const { loanId, bucket, bornOn } = birth;
    side.mark();
    const { events } = this.#input;
    const all = events.nextLoanId === loanId ? events.take(loanId) : NO_EVENTS;
    const day = firstDay(all, bornOn, this.#date);
    try {
      const file = bear(row, birth, bornOn, days, flow);
      side.add(row.position, flow);
      const { position } = row;
      const entered = {
        principal: position.principal,
        interest: position.interestAccrued + position.interestDue,
        penalty: position.penaltyDue,
        compound: position.compoundDue,
      };
      this.loan.foldDays(birth, bornOn, day.own, file.schedule);
      totals.enter(entered);
    } catch (error) {
      side.rewind();
      this.#hold(bucket, loanId, holdReason(error));
      return;
    }
    this.born += 1;
    this.loan.reject(bucket, loanId, day.early, 'value_date_before_the_book');
    for (const [eventId, rule] of day.reversed) {
      side.addOutcome(bucket, loanId, eventId, { rule, allocated: 0, toSuspense: 0 });
    }
    row.write(this.positions);
  }

  #hold(bucket: number, loanId: number, reason: string): void {
    const since = this.#input.held.get(loanId)?.since ?? this.#date;
    this.held.push({ bucket, loanId, since, reason });
  }
}

/** The reason to hold a loan for; anything but a broken invariant of the loan goes on upwards. */
function holdReason(error: unknown): string {
  if (error instanceof InvariantError) {
    return `${error.message} ${JSON.stringify(error.evidence)}`;
  }
  if (error instanceof RangeError) return error.message;
  throw error;
}
