import type { EpochDay, Fen } from '../money/units.js';
import type { LoanContract, Schedule } from '../schedule/schedule-rows.js';

/** What is known of the days before the book of a loan that was opened in it. */
export interface OpenedLoan {
  readonly cutOverOn: EpochDay;
  /** Instalments that were paid in full by then, ascending. */
  readonly paidSeqs: () => readonly number[];
}

/**
 * What an event may have to look up of its loan: only a loan with such an event has it at hand.
 * Instalment `seq` is entry `seq - 1` of the schedule: rows as they became due, then those in
 * force.
 */
export interface LoanFile {
  readonly contract: LoanContract;
  schedule: Schedule;
  /** The schedule was laid again or gained a row since this file was opened. */
  changed: boolean;
  /** Undefined: the book has the loan from its disbursement on. */
  readonly opened?: OpenedLoan | undefined;
  /** Lifetime totals as of the evening before, four a component: see `addFlow`. */
  readonly totals: () => readonly Fen[];
}
