import type { FirstDay } from '../../../accounting/backdating/arrivals.js';
import { changesThePast, type DatedEvent } from '../../../accounting/backdating/dated-event.js';
import { IN_OPENING } from '../../../accounting/backdating/verdict.js';
import type { LoanEvent } from '../../../accounting/events/loan-event.js';
import { installmentAt, type NextInstallment } from '../../../accounting/fold/billing.js';
import { closeDay } from '../../../accounting/fold/close-day.js';
import type { BookDay, FoldTerms } from '../../../accounting/fold/fold-terms.js';
import type { LoanFile } from '../../../accounting/fold/loan-terms-at-hand.js';
import { amountOutOfRange, requireSafeAmounts } from '../../../accounting/fold/safe-amounts.js';
import { InvariantError } from '../../../accounting/money/refusal.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { DayFlow } from '../../../accounting/posting/flow.js';
import { addFlow } from '../../../accounting/posting/totals.js';
import { sameSchedule } from '../../../accounting/schedule/schedule-rows.js';
import type { TupleWriter } from '../../../db/copy/tuple-writer.js';
import type { Book } from '../../book/book.js';
import type { Born } from '../../day/birth.js';
import { type DayTerms, dayTerms } from '../../day/day-terms.js';
import type { FoldBuffers } from '../../day/fold-buffers.js';
import type { AssignedLoans } from '../../day/joint/assigned-loans.js';
import { JointRows } from '../../day/joint/joint-rows.js';
import type { DeepLoan } from '../../day/loan-past.js';
import { PositionRow } from '../../day/position-row.js';
import { SideRows } from '../../day/side-rows.js';
import type { Birth, NextInstallments } from '../../day/task-input.js';
import { TotalsCollector } from './control-totals.js';
import { openDeepDay } from './deep-day.js';

/**
 * Folds one loan of a task through the day that is closed: `row` enters as of the last day folded
 * and leaves as of today, written to `positions`; what the day left goes to `side` and `totals`.
 * Every way throws when the loan can't be folded, or what it gives can't be written. Then nothing
 * of it stands in `positions` or `totals`, which come last; `side` is for the caller to rewind.
 */
export class LoanFold {
  readonly positions: TupleWriter;
  readonly row = new PositionRow();
  readonly flow = new DayFlow();
  readonly side: SideRows;
  readonly totals = new TotalsCollector();
  readonly days: DayTerms;
  readonly joint: JointRows;
  readonly #date: EpochDay;
  readonly #today: BookDay;
  readonly #todayTerms: FoldTerms[] = [];
  readonly #next: NextInstallments;

  constructor(
    book: Book,
    date: EpochDay,
    task: number,
    { next, assigned }: { readonly next: NextInstallments; readonly assigned: AssignedLoans },
    buffers: FoldBuffers,
  ) {
    this.#date = date;
    this.#next = next;
    this.positions = buffers.positions;
    this.side = new SideRows(book.postingRulesOf, date, task, buffers);
    this.days = dayTerms(book);
    this.joint = new JointRows(book, date, this.row, { assigned, stands: this.totals });
    this.#today = this.days.book(date);
    for (const groupId of book.groups.keys()) {
      this.#todayTerms[groupId] = this.days.fold(groupId, date);
    }
  }

  knowsGroup(groupId: number): boolean {
    return this.#todayTerms[groupId] !== undefined;
  }

  /** Whether the interest of the group's loans follows their payments. */
  recalculates(groupId: number): boolean {
    return this.#todayTerms[groupId]?.recalculates === true;
  }

  /** A day that needs nothing but yesterday's row. */
  foldPlain(events: readonly LoanEvent[]): void {
    this.#foldToday(events, null);
    this.#writeSide(0);
    this.writeRow();
    this.totals.add(this.row.position, this.flow);
  }

  /** Writes the row as it stands. */
  writeRow(): void {
    this.joint.weigh();
    this.row.write(this.positions);
    this.joint.stand();
  }

  /**
   * A day with events that look up the loan's schedule, or that change its past. `staysAway`: the
   * loan gets no row where that says so of it; returns whether it got one.
   */
  foldDeep(
    events: readonly DatedEvent[],
    loan: DeepLoan,
    staysAway?: (row: PositionRow) => boolean,
  ): boolean {
    const row = this.row;
    const day = openDeepDay(row, loan, events, this.#date, this.days, this.joint);
    this.#foldToday(day.events, day.file);
    if (!sameSchedule(day.file.schedule, day.inForce)) {
      row.position.scheduleVersion = day.newestVersion + 1;
      this.side.addSchedule(row.position, day.file.schedule);
    }
    const ordinal = this.#writeSide(0);
    const changes = day.past?.difference.flows(day.past.rules) ?? [];
    if (changes[0] !== undefined) this.side.add(row.position, changes[0], ordinal);
    const isWritten = staysAway === undefined || !staysAway(row);
    if (isWritten) this.writeRow();
    for (const flow of [this.flow, ...changes]) this.totals.add(row.position, flow);
    return isWritten;
  }

  /**
   * Folds the days from `from` through today, each with its own events; all of it posts today: a
   * schedule that is not the agreed one becomes the version behind `version`. What
   * would change days that are missing is rejected: it can be sent again.
   */
  foldDays(
    loan: Pick<Born, 'file' | 'agreed'>,
    version: number,
    from: EpochDay,
    events: readonly DatedEvent[],
  ): void {
    // A later day may fail after an earlier one was taken over: then none of them counts.
    const undo = from < this.#date ? this.totals.mark() : undefined;
    const { eventsRejected } = this.totals;
    try {
      this.#foldFrom(loan, version, from, events);
    } catch (error) {
      undo?.();
      this.totals.eventsRejected = eventsRejected;
      throw error;
    }
  }

  /** Events that no fold is needed to reject. */
  reject(bucket: number, loanId: number, eventIds: readonly number[], rule: string): void {
    for (const eventId of eventIds) {
      this.totals.eventsRejected += 1;
      this.side.addOutcome(bucket, loanId, eventId, { rule, allocated: 0, toSuspense: 0 });
    }
  }

  /**
   * Events of the loan's first day that are not folded: those undone on it, and those valued before
   * it, which the position has in it where they are its `history`.
   */
  judgeFirst(birth: Birth, { early, reversed }: FirstDay, history: readonly DatedEvent[]): void {
    if (early.length === 0 && reversed.size === 0 && history.length === 0) return;
    const { bucket, loanId } = birth;
    const settle = (eventId: number, rule: string) =>
      this.side.addOutcome(bucket, loanId, eventId, { rule, allocated: 0, toSuspense: 0 });
    const inPosition = new Set(history.map(({ eventId }) => eventId));
    for (const eventId of inPosition) settle(eventId, IN_OPENING);
    const refused = early.filter((eventId) => !inPosition.has(eventId));
    this.reject(bucket, loanId, refused, 'value_date_before_the_book');
    for (const [eventId, rule] of reversed) settle(eventId, rule);
  }

  #foldToday(events: readonly LoanEvent[], file: LoanFile | null): void {
    const row = this.row;
    const { position } = row;
    const terms = this.#todayTerms[position.groupId];
    if (terms === undefined) throw new InvariantError('unknown accounting group', {});
    let next: NextInstallment | null = null;
    const isDue = position.nextDueOn <= this.#date;
    if (isDue) {
      next =
        file === null ? this.#nextInstallment() : installmentAt(file.schedule, position.nextSeq);
    }
    this.joint.open();
    closeDay(position, this.#today, terms, events, next, this.flow, file);
  }

  /** The instalment after the one due today, checked against the balance that the schedule has. */
  #nextInstallment(): NextInstallment | null {
    const { position } = this.row;
    const next = this.#next;
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

  #foldFrom(
    { file, agreed }: Pick<Born, 'file' | 'agreed'>,
    version: number,
    from: EpochDay,
    events: readonly DatedEvent[],
  ): void {
    const row = this.row;
    const { position } = row;
    const late = events.filter(changesThePast).map(({ eventId }) => eventId);
    this.reject(position.bucket, position.loanId, late, 'late_on_a_held_loan');
    let ordinal = 0;
    for (let date = from; date <= this.#date; date += 1) {
      const due = position.nextDueOn === date;
      const next = due ? installmentAt(file.schedule, position.nextSeq) : null;
      const terms = this.days.fold(position.groupId, date);
      const todays = events.filter(
        (event) => event.businessDate === date && !changesThePast(event),
      );
      this.joint.open(date);
      closeDay(position, this.days.book(date), terms, todays, next, this.flow, file);
      ordinal = this.#writeSide(ordinal);
      if (date < this.#date) this.totals.add(position, this.flow);
    }
    if (!sameSchedule(file.schedule, agreed)) {
      position.scheduleVersion = version + 1;
      this.side.addSchedule(position, file.schedule);
    }
    this.writeRow();
    this.totals.add(position, this.flow);
  }

  /** Keeps what a loan-day left beside its row; returns how many allocations it has by now. */
  #writeSide(ordinal: number): number {
    const { row, flow } = this;
    if (flow.touched) {
      const totals = row.openTotals();
      addFlow(totals, flow);
      requireSafeAmounts(row.position, totals);
    } else if (row.position.interestAccruedTotal > Number.MAX_SAFE_INTEGER) {
      throw amountOutOfRange();
    }
    this.joint.close(flow);
    if (flow.touched) this.side.add(row.position, flow, ordinal);
    return ordinal + flow.allocations.length;
  }
}
