import type { Fen } from '../money/units.js';
import type { LoanContract, Schedule } from '../schedule/schedule-rows.js';

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
  /** Lifetime totals as of the evening before, four a component: see `addFlow`. */
  readonly totals: () => readonly Fen[];
}
