import { formatDay } from '../calendar/epoch-day.js';
import { Refusal } from '../money/refusal.js';
import type { EpochDay } from '../money/units.js';
import { laySchedule } from '../schedule/schedule.js';
import type { Schedule } from '../schedule/schedule-rows.js';
import type { SimulationResult } from './result-shape.js';
import {
  arrivalOrder,
  judgeArrivals,
  judgeReversals,
  lateBusinessDays,
} from './simulate-events.js';
import { type FoldPass, foldPass } from './simulate-fold.js';
import type { SimulationInput } from './simulate-input.js';
import { type DailyPosting, shapeResult } from './simulate-result.js';

/**
 * Lays the loan's schedule and closes every day from its disbursement through `through` with the
 * fold of the book. A late event folds the loan again from birth when it is known: `daily` keeps
 * what each close posted, all else is as known at the end (CONVENTIONS, simulate). Amounts come out
 * as decimal strings, dates as ISO 8601. Throws Refusal for a loan that cannot be laid or folded:
 * `through_before_disbursement`, `calendar_year_not_loaded`, `no_posting_rule` and those of
 * `laySchedule`.
 */
export function simulateLoan(input: SimulationInput): SimulationResult {
  const schedule = input.schedule ?? laySchedule(input.terms, input.contract);
  const through = lastDay(input, schedule);
  const { disbursedOn } = input.contract;
  const arrived = arrivalOrder(input.events, through);
  const verdicts = judgeArrivals(arrived, disbursedOn);
  const lateDays = lateBusinessDays(arrived, verdicts);
  const undone = new Set<number>();
  const scopeUntil = (until: EpochDay) => ({
    arrived,
    verdicts,
    undone,
    until,
    books: until === through,
  });
  let pass = foldPass(input, schedule, scopeUntil((lateDays[0] ?? through + 1) - 1));
  const daily: DailyPosting[] = [];
  keepPostings(daily, pass, 0);
  for (const [k, lateDay] of lateDays.entries()) {
    const before = pass;
    for (const place of judgeReversals(arrived, verdicts, lateDay)) undone.add(place);
    pass = foldPass(input, schedule, scopeUntil((lateDays[k + 1] ?? through + 1) - 1));
    keepPostings(daily, pass, lateDay - disbursedOn);
    addDifference(daily, pass, before, lateDay - disbursedOn);
  }
  return shapeResult(input, schedule, { pass, arrived, verdicts, daily, through });
}

function lastDay(input: SimulationInput, schedule: Schedule): EpochDay {
  const { disbursedOn } = input.contract;
  const through = input.through ?? schedule.dueOn[schedule.dueOn.length - 1] ?? disbursedOn;
  if (through >= disbursedOn) return through;
  throw new Refusal('through_before_disbursement', 'the loan is not disbursed by `through`', {
    disbursedOn: formatDay(disbursedOn),
    through: formatDay(through),
  });
}

/** What each close of the pass posted, from day number `first` on. */
function keepPostings(daily: DailyPosting[], pass: FoldPass, first: number): void {
  for (let day = first; day < pass.interest.length; day += 1) {
    daily.push({
      interest: pass.interest[day]!,
      penalty: pass.penalty[day]!,
      compound: pass.compound[day]!,
    });
  }
}

/** What the late events changed before day number `at` falls on that day. */
function addDifference(daily: DailyPosting[], pass: FoldPass, before: FoldPass, at: number): void {
  const posted = daily[at]!;
  for (let day = 0; day < at; day += 1) {
    posted.interest += pass.interest[day]! - before.interest[day]!;
    posted.penalty += pass.penalty[day]! - before.penalty[day]!;
    posted.compound += pass.compound[day]! - before.compound[day]!;
  }
}
