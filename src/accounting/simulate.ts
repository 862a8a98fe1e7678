import type { Calendar } from './calendar.js';
import { formatDay } from './epoch-day.js';
import type { BookPolicy, ProductTerms } from './product.js';
import { Refusal } from './refusal.js';
import { laySchedule } from './schedule.js';
import type { LoanContract, Schedule } from './schedule-rows.js';
import { arrivalOrder, judgeArrivals, type SimulatedEvent } from './simulate-events.js';
import { type FoldPass, foldPass } from './simulate-fold.js';
import type { SimulatedLedger } from './simulate-journal.js';
import { type DailyPosting, type SimulationResult, shapeResult } from './simulate-result.js';
import type { EpochDay } from './units.js';

/** All that one loan's what-if needs: nothing else is read. */
export interface SimulationInput {
  readonly terms: ProductTerms;
  readonly policy: BookPolicy;
  readonly calendar: Calendar;
  readonly contract: LoanContract;
  /** A schedule that the loan brings along rules; null: the product's terms lay it. */
  readonly schedule: Schedule | null;
  readonly events: readonly SimulatedEvent[];
  /** The last day to close; null: the last due date. */
  readonly through: EpochDay | null;
  /** Posting rules for `journal`; null: no journal is written. */
  readonly ledger: SimulatedLedger | null;
}

/**
 * Lays the loan's schedule and closes every day from its disbursement through `through` with the
 * fold of the book. A late event folds the loan again from birth when it is known: `daily` keeps
 * what each close posted, all else is as known at the end (CONVENTIONS, simulate). Amounts come out
 * as decimal strings, dates as ISO 8601. Throws Refusal for a loan that cannot be laid or folded:
 * `through_before_disbursement`, `calendar_year_not_loaded` and those of `laySchedule`.
 */
export function simulateLoan(input: SimulationInput): SimulationResult {
  const schedule = input.schedule ?? laySchedule(input.terms, input.contract);
  const { disbursedOn } = input.contract;
  const through = input.through ?? schedule.dueOn[schedule.dueOn.length - 1] ?? disbursedOn;
  if (through < disbursedOn) {
    throw new Refusal('through_before_disbursement', 'the loan is not disbursed by `through`', {
      disbursedOn: formatDay(disbursedOn),
      through: formatDay(through),
    });
  }
  const arrived = arrivalOrder(input.events, through);
  const verdicts = judgeArrivals(arrived, disbursedOn);
  const lateDays = lateBusinessDays(arrived, verdicts);
  const daily: DailyPosting[] = [];
  let before: FoldPass | null = null;
  let from = disbursedOn;
  for (let k = 0; k <= lateDays.length; k += 1) {
    const until = (lateDays[k] ?? through + 1) - 1;
    if (until < from && k === 0) continue;
    const pass = foldPass(input, schedule, { arrived, verdicts, until, books: until === through });
    keepPostings(daily, pass, before, from - disbursedOn);
    before = pass;
    from = until + 1;
  }
  if (before === null) throw new Refusal('nothing_to_fold', 'there is no day to close');
  return shapeResult(input, schedule, { pass: before, arrived, verdicts, daily, through });
}

/** The business days, ascending, on which an event becomes known after its value date. */
function lateBusinessDays(
  arrived: readonly SimulatedEvent[],
  verdicts: readonly (string | undefined)[],
): EpochDay[] {
  const days: EpochDay[] = [];
  for (const [index, event] of arrived.entries()) {
    const isLate = event.valueDate < event.businessDate && verdicts[index] === undefined;
    if (isLate && days[days.length - 1] !== event.businessDate) days.push(event.businessDate);
  }
  return days;
}

/** What each close of the pass posted; the first one also what the late events changed before. */
function keepPostings(
  daily: DailyPosting[],
  pass: FoldPass,
  before: FoldPass | null,
  first: number,
): void {
  for (let day = first; day < pass.interest.length; day += 1) {
    daily.push({
      interest: pass.interest[day]!,
      penalty: pass.penalty[day]!,
      compound: pass.compound[day]!,
    });
  }
  const posted = daily[first];
  if (before === null || posted === undefined) return;
  for (let day = 0; day < first; day += 1) {
    posted.interest += pass.interest[day]! - before.interest[day]!;
    posted.penalty += pass.penalty[day]! - before.penalty[day]!;
    posted.compound += pass.compound[day]! - before.compound[day]!;
  }
}
