import { requireEvent } from '../../../accounting/backdating/arrivals.js';
import { changesThePast, type DatedEvent } from '../../../accounting/backdating/dated-event.js';
import type { Refolded } from '../../../accounting/backdating/refold.js';
import { EVENT_TYPE } from '../../../accounting/events/loan-event.js';
import type { LoanFile } from '../../../accounting/fold/loan-terms-at-hand.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import type { Schedule } from '../../../accounting/schedule/schedule-rows.js';
import { openedOf } from '../../day/birth.js';
import type { DayTerms } from '../../day/day-terms.js';
import type { JointRows } from '../../day/joint/joint-rows.js';
import { type DeepLoan, scheduleOn } from '../../day/loan-past.js';
import type { PositionRow } from '../../day/position-row.js';
import { refoldBooked } from '../../day/refold.js';

/** A loan on a day that looks up its schedule or changes its past, ready to be closed. */
export interface DeepDay {
  readonly file: LoanFile;
  /** The schedule in force yesterday, as booked. */
  readonly inForce: Schedule;
  readonly newestVersion: number;
  /** The events of the day itself: what changed the past has been folded already. */
  readonly events: readonly DatedEvent[];
  /** Null: the past is as it was. */
  readonly past: Refolded | null;
}

/**
 * Opens the day of such a loan. Where its past changes, `row` is the loan of yesterday as it is
 * known now. Throws what `refoldBooked` throws.
 */
export function openDeepDay(
  row: PositionRow,
  loan: DeepLoan,
  events: readonly DatedEvent[],
  date: EpochDay,
  days: DayTerms,
  joint: JointRows,
): DeepDay {
  const { position } = row;
  const version = scheduleOn(loan, date - 1);
  const inForce = version.schedule();
  const newestVersion = loan.versions[loan.versions.length - 1]!.version;
  const { birth } = loan;
  const opened = openedOf(birth, birth.opening(), birth.schedule());
  const own = { contract: birth.contract, schedule: inForce, changed: false, opened };
  const file = { ...own, totals: () => row.openTotals() };
  if (!events.some(changesThePast)) return { file, inForce, newestVersion, events, past: null };
  for (const event of loan.past?.events ?? []) {
    if (event.type === EVENT_TYPE.reversal) requireEvent(loan.past!.events, event);
  }
  const past = refoldBooked(row, loan, date, days, joint.replayOf(position));
  Object.assign(position, past.run.position);
  position.scheduleVersion = version.version;
  const totals = row.openTotals();
  for (const [k, total] of past.run.totals.entries()) totals[k] = total;
  file.schedule = past.run.file.schedule;
  return { file, inForce, newestVersion, events: past.onTime, past };
}
