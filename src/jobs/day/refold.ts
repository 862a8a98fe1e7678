import { undoneBy } from '../../accounting/backdating/arrivals.js';
import { knownQueue } from '../../accounting/backdating/known-queue.js';
import {
  type DaySplit,
  type PastStart,
  type Refolded,
  refold,
  replay,
} from '../../accounting/backdating/refold.js';
import type { LoanRun } from '../../accounting/fold/fold-range.js';
import { InvariantError } from '../../accounting/money/refusal.js';
import { type EpochDay, NO_DAY } from '../../accounting/money/units.js';
import { DayFlow } from '../../accounting/posting/flow.js';
import { REFUNDED } from '../../accounting/posting/totals.js';
import type { Schedule } from '../../accounting/schedule/schedule-rows.js';
import { viewOf } from '../../db/copy/copy-tuple.js';
import { bear, historyOf, openedOf } from './birth.js';
import type { DayTerms } from './day-terms.js';
import { type DeepLoan, type LoanPast, scheduleOn } from './loan-past.js';
import { PositionRow } from './position-row.js';
import { sameState } from './same-state.js';

/**
 * Folds a loan of the book again. What was known yesterday must give the booked position, to the
 * last byte; throws InvariantError when it does not: the loan is then held.
 */
export function refoldBooked(
  booked: PositionRow,
  loan: DeepLoan,
  date: EpochDay,
  days: DayTerms,
  split?: () => DaySplit,
): Refolded {
  const past = pastOf(loan);
  const start = startOf(loan, past, booked.position.groupId, days);
  return refold(past, { ...start, split }, date, (run) => requireBooked(run, booked));
}

/**
 * Folds a loan from birth through a day with all that is known of it, `past.events`: what was true
 * of that day, where `refold` says what has to be posted.
 */
export function foldAsKnown(loan: DeepLoan, through: EpochDay, days: DayTerms): LoanRun {
  const past = pastOf(loan);
  const undone = undoneBy(past, new Map(), NO_DAY);
  const known = knownQueue(past.events, { ...past, undone });
  const start = startOf(loan, past, loan.birth.groupId, days);
  return replay(start, through, known, () => undefined);
}

function pastOf({ past }: DeepLoan): LoanPast {
  if (past === null) throw new InvariantError('the past of the loan was not loaded', {});
  return past;
}

function startOf(loan: DeepLoan, past: LoanPast, groupId: number, days: DayTerms): PastStart {
  const { birth } = loan;
  const { bornOn } = birth;
  return {
    bornOn,
    from: past.baseOn < bornOn ? bornOn : past.baseOn + 1,
    open: () => openPast(loan, past, days),
    days: { book: days.book, terms: (day) => days.fold(groupId, day) },
  };
}

/** The loan at the base, a row of its own. */
function openPast(loan: DeepLoan, past: LoanPast, days: DayTerms): LoanRun {
  const { birth } = loan;
  const row = new PositionRow();
  if (past.baseOn < birth.bornOn) {
    const history = historyOf(past.events, birth.bornOn);
    const { file } = bear(row, birth, birth.bornOn, days, new DayFlow(), history);
    return runOf(row, loan, file.schedule);
  }
  if (past.base === null) throw new InvariantError('the position to fold from is gone', {});
  row.read(viewOf(past.base), 0, past.base);
  return runOf(row, loan, scheduleOn(loan, past.baseOn).schedule());
}

function runOf(row: PositionRow, { birth }: DeepLoan, schedule: Schedule): LoanRun {
  const totals = row.openTotals();
  const { contract } = birth;
  const opened = openedOf(birth, birth.opening(), birth.schedule());
  const file = { contract, schedule, changed: false, opened, totals: () => totals };
  return { position: row.position, file, totals };
}

/** The fold without today's changes must give what was booked, to the last byte. */
function requireBooked(run: LoanRun, booked: PositionRow): void {
  const again = new PositionRow();
  again.blank();
  Object.assign(again.position, run.position);
  for (const [k, total] of run.totals.entries()) again.totals[k] = total;
  // Rows of before it was kept have none.
  if (booked.openTotals()[REFUNDED] === 0) again.totals[REFUNDED] = 0;
  again.position.scheduleVersion = booked.position.scheduleVersion;
  again.position.engineVersion = booked.position.engineVersion;
  // What coming rows still ask is noted by the first event that looks the schedule up; a fold that
  // has it at hand notes it sooner.
  const { special } = again.position;
  if (special !== null && booked.position.special?.askedLater === -1) {
    again.position.special = { ...special, askedLater: -1 };
  }
  if (sameState(again, booked)) return;
  throw new InvariantError('folding the past again does not give the booked position', {
    bookedPrincipal: booked.position.principal,
    foldedPrincipal: run.position.principal,
    bookedAccrued: booked.position.interestAccrued,
    foldedAccrued: run.position.interestAccrued,
    bookedSuspense: booked.position.suspense,
    foldedSuspense: run.position.suspense,
    bookedRefundDue: booked.position.refundDue,
    foldedRefundDue: run.position.refundDue,
  });
}
