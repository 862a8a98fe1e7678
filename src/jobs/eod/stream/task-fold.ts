import { firstDay } from '../../../accounting/backdating/arrivals.js';
import type { DatedEvent } from '../../../accounting/backdating/dated-event.js';
import { ageOf } from '../../../accounting/fold/ageing.js';
import { bucketOfId } from '../../../accounting/fold/loan-bucket.js';
import { InvariantError } from '../../../accounting/money/refusal.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { viewOf } from '../../../db/copy/copy-tuple.js';
import type { Book } from '../../book/book.js';
import { bear, fileOfBirth, historyOf } from '../../day/birth.js';
import type { NewLoan } from '../../day/births.js';
import { carriedTuple, carryTuple } from '../../day/damage/carried-tuple.js';
import {
  damagedColumn,
  damagedDate,
  damagedKey,
  int8At,
  isNextLoan,
  unsafeColumn,
} from '../../day/damage/damaged-row.js';
import { requireInRange, requireSound } from '../../day/damage/position-fault.js';
import type { FoldBuffers } from '../../day/fold-buffers.js';
import type { DeepLoan } from '../../day/loan-past.js';
import { NewContracts } from '../../day/new-contracts.js';
import { CARRIED_COLUMNS, POSITION_COLUMNS } from '../../day/position-row.js';
import { enteredBy } from './control-totals.js';
import { type DamagedLoan, holdReason, neverBorn, remake } from './damaged-loan.js';
import { carryIdle, isOver, type LeftLoan, staysAway } from './left-loan.js';
import type { TaskInput } from './load-input.js';
import { LoanFold } from './loan-fold.js';

const NO_EVENTS: readonly DatedEvent[] = [];

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
  readonly loan: LoanFold;
  readonly held: HeldReport[] = [];
  /** Of loans that were born. Of one that is held instead nothing came in: it may be put right. */
  readonly contracts: NewContracts;
  rowsRead = 0;
  born = 0;
  /** Loans of earlier days that have no row of yesterday and have one of today. */
  returned = 0;
  /** Loans that have no row of today any more, and the last day that has one of them. */
  readonly leaving: { readonly loanId: number; readonly lastOn: EpochDay }[] = [];
  /** Loans that have left the book and have events today, by number; null: not looked up yet. */
  left: ReadonlyMap<number, LeftLoan> | null = null;
  /** The past of this loan has to be looked up, and given to `holdDamaged`. */
  damaged: DamagedLoan | null = null;
  readonly #date: EpochDay;
  readonly #input: TaskInput;
  /** Of the last row of yesterday, and of the last loan that was `damaged`. */
  #lastLoanId = -1;
  #lastDamagedId = Number.NaN;
  constructor(book: Book, date: EpochDay, task: number, input: TaskInput, buffers: FoldBuffers) {
    this.#date = date;
    this.#input = input;
    this.loan = new LoanFold(book, date, task, input, buffers);
    this.contracts = new NewContracts(buffers.newContracts, date);
  }

  /** The next birth's loan; Infinity when there is none left. */
  get nextBirthId(): number {
    return this.#input.births.nextId;
  }

  /**
   * Folds one row of yesterday, after the loans without one that come before it. False: `left` is
   * to be looked up, or the past of the `damaged` loan; then the row is to be folded again. Throws
   * LoanbookError `key_damaged`.
   */
  foldRow(view: DataView, at: number, bytes: Buffer): boolean {
    const loanId = int8At(view, at);
    if (!isNextLoan(loanId, this.#lastLoanId)) {
      if (loanId === this.#lastDamagedId) return true;
      throw damagedKey('position', this.#date - 1, loanId, this.#lastLoanId);
    }
    const { events } = this.#input;
    if (this.nextBirthId < loanId || events.nextLoanId < loanId) {
      if (!this.foldUpTo(loanId)) return false;
    }
    this.#lastLoanId = loanId;
    this.rowsRead += 1;
    const hasEvents = events.nextLoanId === loanId;
    let mayAdd = hasEvents;
    if (hasEvents) this.loan.side.mark();
    try {
      const { position } = this.loan.row;
      this.#readRow(view, at, bytes);
      const isBehind = position.foldedOn < this.#date - 1;
      if (!hasEvents && !isBehind && isOver(position)) {
        this.leaving.push({ loanId, lastOn: position.foldedOn });
        return true;
      }
      const asks = hasEvents || this.loan.recalculates(position.groupId);
      if (asks || isBehind || position.nextDueOn <= this.#date || position.open.length > 0) {
        if (!mayAdd) this.loan.side.mark();
        mayAdd = true;
      }
      this.#foldOn(loanId, hasEvents ? events.take(loanId) : NO_EVENTS, asks, isBehind);
      return true;
    } catch (error) {
      if (mayAdd) this.loan.side.rewind();
      return this.#holdRow(view, at, bytes, holdReason(error, this.#date));
    } finally {
      if (hasEvents && events.nextLoanId === loanId) events.takeIds(loanId);
    }
  }

  #readRow(view: DataView, at: number, bytes: Buffer): void {
    this.loan.row.readCarried(view, at, bytes, this.#date - 1);
    requireInRange(this.loan.row.position, this.#date - 1);
    const { groupId } = this.loan.row.position;
    if (!this.loan.knowsGroup(groupId)) throw damagedColumn('position', 'group_id', `${groupId}`);
  }

  #foldOn(loanId: number, due: readonly DatedEvent[], asks: boolean, isBehind: boolean): void {
    const deep = asks ? this.#input.deep.get(loanId) : undefined;
    if (isBehind) this.#catchUp(due);
    else if (deep === undefined) this.loan.foldPlain(due);
    else {
      this.#age();
      this.loan.foldDeep(due, deep);
    }
  }

  /** Carries the last row of a loan over as it was. False: it is `damaged` itself. */
  #holdRow(view: DataView, at: number, bytes: Buffer, reason: string): boolean {
    const loanId = int8At(view, at);
    const since = this.#input.held.get(loanId)?.since ?? this.#date;
    try {
      const { position } = this.loan.row;
      this.#readRow(view, at, bytes);
      requireSound(position, this.#date - 1);
      // One that was folded yesterday, or is in the list of those that were not.
      if (since === this.#date && position.foldedOn !== since - 1) {
        throw damagedDate('position', 'folded_on', position.foldedOn);
      }
      this.loan.row.openTotals();
      position.businessDate = this.#date;
      this.#age();
      this.loan.writeRow();
    } catch (error) {
      const columns = CARRIED_COLUMNS;
      const fault = holdReason(unsafeColumn('position', columns, view, at) ?? error, this.#date);
      const tuple = carriedTuple(view, at, bytes);
      const through = since - 1;
      this.damaged = { loanId, through, reason: fault, tuple, columns, isReturning: false };
      return false;
    }
    this.#hold(loanId, reason);
    return true;
  }

  /**
   * Holds the `damaged` loan by the row that its past gives, which is what was booked; where that
   * is not to be had, its row goes along byte for byte, and the checks of the day judge it.
   */
  holdDamaged(past: DeepLoan | undefined): void {
    if (this.damaged === null) return;
    const { loanId, through, tuple, columns, isReturning } = this.damaged;
    let { reason } = this.damaged;
    this.damaged = null;
    this.#lastDamagedId = loanId;
    const { row, positions, days } = this.loan;
    try {
      if (past === undefined) throw new InvariantError('its past is damaged too', {});
      remake(row, past, through, days);
      row.position.businessDate = this.#date;
      this.loan.writeRow();
    } catch (error) {
      reason = `${reason}; ${holdReason(error, this.#date)}`;
      carryTuple(positions, columns, tuple, this.#date, bucketOfId(loanId));
    }
    if (isReturning) this.returned += 1;
    this.#hold(loanId, reason);
  }

  /** Completes a row that was read without its age, as of the day it was last folded on. */
  #age(): void {
    const { row, days } = this.loan;
    ageOf(row.position, days.book(row.position.foldedOn));
  }

  /** Folds loans below `loanId` that have no row of yesterday. False: as of `foldRow`. */
  foldUpTo(loanId: number): boolean {
    const { events } = this.#input;
    for (;;) {
      const birthId = this.nextBirthId;
      const eventId = events.nextLoanId;
      if (birthId >= loanId && eventId >= loanId) return true;
      if (birthId <= eventId) {
        this.#foldBirth(this.#input.births.take());
        if (events.nextLoanId === birthId) events.takeIds(birthId);
      } else if (this.left === null) return false;
      else if (!this.#foldLeft(eventId)) return false;
    }
  }

  /** A loan that left the book is folded on from its last row; it returns if that changes it. */
  #foldLeft(loanId: number): boolean {
    const { row, side, days } = this.loan;
    const { events } = this.#input;
    const left = this.left?.get(loanId);
    if (left === undefined) {
      this.loan.reject(bucketOfId(loanId), loanId, events.takeIds(loanId), 'loan_not_in_book');
      return true;
    }
    side.mark();
    try {
      const own = events.take(loanId);
      const loan = left.loan();
      const idle = carryIdle(left.last, loan, this.#date, days);
      row.read(viewOf(idle), 0, idle);
      if (this.loan.foldDeep(own, loan, () => staysAway(row, idle))) this.returned += 1;
      return true;
    } catch (error) {
      side.rewind();
      const reason = holdReason(error, this.#date);
      try {
        row.read(viewOf(left.last), 0, left.last);
        requireInRange(row.position, this.#date - 1);
        row.position.businessDate = this.#date;
        this.loan.writeRow();
      } catch {
        const columns = POSITION_COLUMNS;
        const through = this.#date - 1;
        this.damaged = { loanId, through, reason, tuple: left.last, columns, isReturning: true };
        return false;
      }
      this.#hold(loanId, reason);
      this.returned += 1;
      return true;
    }
  }

  /** Folds every day that the loan was held, each with its own events; all of it posts today. */
  #catchUp(events: readonly DatedEvent[]): void {
    const { position } = this.loan.row;
    const { foldedOn } = position;
    const held = this.#input.held.get(position.loanId);
    if (held === undefined || foldedOn < held.birth.bornOn - 1) {
      throw damagedDate('position', 'folded_on', foldedOn);
    }
    const own = fileOfBirth(held.birth, () => this.loan.row.openTotals());
    this.loan.foldDays(own, held.birth.version, foldedOn + 1, events);
  }

  #foldBirth({ birth, digest }: NewLoan): void {
    const { row, side, flow, totals, days } = this.loan;
    const { loanId, bornOn } = birth;
    const { events } = this.#input;
    side.mark();
    try {
      const all = events.nextLoanId === loanId ? events.take(loanId) : NO_EVENTS;
      const day = firstDay(all, bornOn, this.#date);
      const isDue = bornOn === this.#date || this.#input.held.has(loanId);
      const past = historyOf(all, bornOn);
      const born = isDue ? bear(row, birth, bornOn, days, flow, past) : neverBorn(birth);
      this.loan.joint.enter(flow);
      side.add(row.position, flow);
      const entered = enteredBy(row.position);
      this.loan.foldDays(born, birth.version, bornOn, day.own);
      totals.enter(entered);
      this.born += 1;
      this.loan.judgeFirst(birth, day, born.hasHistory ? past : []);
      this.contracts.add(birth.bucket, loanId, digest());
    } catch (error) {
      side.rewind();
      this.#hold(loanId, holdReason(error, this.#date));
    }
  }

  #hold(loanId: number, reason: string): void {
    const since = this.#input.held.get(loanId)?.since ?? this.#date;
    this.held.push({ bucket: bucketOfId(loanId), loanId, since, reason });
  }
}
