import type { EpochDay, LoanId } from '../../accounting/money/units.js';
import { FPD_DAYS } from '../../operations/figures/first-payment.js';
import { isInRates } from '../../operations/figures/loan-at-close.js';
import { MorningSums } from '../../operations/figures/morning-sums.js';
import { moveOf } from '../../operations/figures/moves.js';
import type { LoanOfDay } from '../day/at-close/loans-at-close.js';
import type { FreeDays } from './free-days.js';
import { LargestMoves } from './largest-moves.js';
import {
  firstDecided,
  instalmentsToday,
  isFirstOpen,
  type LoanToday,
  standingOf,
} from './loan-today.js';
import type { DayTaker } from './read-days.js';
import { LateByCohort } from './vintage.js';

/** First instalments found open when they were decided, by their place in `FPD_DAYS`. */
export type FirstOpen = readonly Set<LoanId>[];

export function noFirstOpen(): FirstOpen {
  return FPD_DAYS.map(() => new Set<LoanId>());
}

/** What the making of several days has in common. */
export interface Making {
  /** The first day of the book: nothing was decided before it. */
  readonly firstDay: EpochDay;
  readonly free: FreeDays;
  /** Of all days before, and filled by each: a page makes its days one after the other. */
  readonly firstOpen: FirstOpen;
}

/** The figures of one day while its loans come by. */
export class DayInMaking implements DayTaker {
  readonly day: EpochDay;
  readonly sums: MorningSums;
  readonly largest = new LargestMoves();
  readonly late = new LateByCohort();
  /** Decided on this day. */
  readonly firstOpen: readonly LoanId[][] = FPD_DAYS.map(() => []);
  readonly #making: Making;

  constructor(day: EpochDay, making: Making) {
    this.day = day;
    this.sums = new MorningSums(day);
    this.#making = making;
  }

  addLoan(today: LoanToday): void {
    const { loan } = today;
    const standing = standingOf(today);
    this.late.add(loan);
    this.sums.addLoan(standing);
    const move = moveOf(standing);
    if (move !== undefined && move.from !== move.to) {
      this.largest.add({ ...move, loanId: loan.loanId, principal: standing.principalBefore });
    }
    if (standing.status !== 'cancelled') {
      if (loan.disbursedOn === this.day) this.sums.addDisbursed(loan.disbursed);
      for (const { amount } of today.paid) this.sums.addRepaid(BigInt(amount));
    }
    this.#addInstalments(today, isInRates(standing));
  }

  addLeft(today: LoanToday): void {
    this.#addInstalments(today, true);
  }

  #addInstalments(today: LoanToday, isRated: boolean): void {
    this.#addFirst(today.loan, isRated);
    if (!isRated) return;
    for (const instalment of instalmentsToday(today, this.day, this.#making.free)) {
      this.sums.addInstalment(instalment);
    }
  }

  #addFirst(loan: LoanOfDay, isRated: boolean): void {
    const { firstOpen, free, firstDay } = this.#making;
    const decided = firstDecided(loan, { day: this.day, firstDay }, free);
    for (let place = 0; place < decided.length; place += 1) {
      const on = decided[place] ?? null;
      if (on === null) continue;
      if (on === this.day && isFirstOpen(loan)) {
        this.firstOpen[place]!.push(loan.loanId);
        firstOpen[place]!.add(loan.loanId);
      }
      // It is in the figures of a later day by how it stands on that day.
      if (!isRated) continue;
      this.sums.addFirst(place, loan.disbursed, firstOpen[place]!.has(loan.loanId));
    }
  }
}
