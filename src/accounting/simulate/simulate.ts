import { judgeLate, type LoanHistory, undoneBy } from '../backdating/arrivals.js';
import { FlowSum } from '../backdating/flow-sum.js';
import type { Verdict } from '../backdating/verdict.js';
import { formatDay } from '../calendar/epoch-day.js';
import { EVENT_TYPE } from '../events/loan-event.js';
import { Refusal } from '../money/refusal.js';
import type { EpochDay } from '../money/units.js';
import { openingFault } from '../opening/opening-fault.js';
import { openingDifference } from '../opening/opening-met.js';
import { laySchedule } from '../schedule/schedule.js';
import type { Schedule } from '../schedule/schedule-rows.js';
import type { SimulationResult } from './result-shape.js';
import { arrivalOrder, datedEvents, judgeArrivals, lateBusinessDays } from './simulate-events.js';
import { type FoldPass, firstDay, foldPass } from './simulate-fold.js';
import type { SimulationInput } from './simulate-input.js';
import { type DailyPosting, type SimulationEnd, shapeResult } from './simulate-result.js';

interface Judging extends LoanHistory {
  readonly verdicts: Map<number, Verdict>;
}

/**
 * Lays the loan's schedule and closes every day from its disbursement through `through` with the
 * fold of the book; of a loan that comes with a position from the day behind it. A late event folds
 * the loan again from there when it is known: `daily` keeps what each close posted, all else is as
 * known at the end (CONVENTIONS, simulate). Amounts come out as decimal strings, dates as ISO 8601.
 * Throws Refusal for a loan that cannot be laid or folded: `through_before_disbursement`,
 * `through_before_cut_over`, `opening_not_met`, `calendar_year_not_loaded`, `no_posting_rule` and
 * those of `laySchedule` and `openingFault`.
 */
export function simulateLoan(input: SimulationInput): SimulationResult {
  const schedule = input.schedule ?? laySchedule(input.terms, input.contract);
  const through = lastDay(input, schedule);
  requireSound(input, schedule);
  requireMet(input, schedule);
  return shapeResult(input, schedule, simulateThrough(input, schedule, through));
}

function simulateThrough(
  input: SimulationInput,
  schedule: Schedule,
  through: EpochDay,
): SimulationEnd {
  const first = firstDay(input);
  const arrived = arrivalOrder(input.events, through);
  const verdicts = judgeArrivals(arrived, input.contract.disbursedOn, first);
  const history = { events: datedEvents(arrived), verdicts };
  const lateDays = lateBusinessDays(history);
  const changes = lateDays.map(() => new FlowSum());
  /** What is known from late day `k` on, before it -1: each day up to the next is closed by it. */
  const passOf = (k: number): FoldPass => {
    const [lateDay = first, nextLate = through + 1] = [lateDays[k], lateDays[k + 1]];
    return foldPass(input, schedule, {
      ...history,
      undone: undoneBy(history, NO_RULES, k < 0 ? first - 1 : lateDay),
      until: nextLate - 1,
      books: nextLate > through,
      onDay: (flow, date) => {
        if (date < lateDay) changes[k]?.add(flow, 1);
        changes[k + 1]?.add(flow, -1);
      },
    });
  };
  const daily: DailyPosting[] = [];
  let pass = passOf(-1);
  keepPostings(daily, pass, 0);
  for (const [k, lateDay] of lateDays.entries()) {
    judgeReversals(history, lateDay, first);
    pass = passOf(k);
    keepPostings(daily, pass, lateDay - first);
    addDifference(daily[lateDay - first]!, changes[k]!);
  }
  return { pass, arrived, verdicts, daily, through };
}

/** Throws Refusal by the rule of `openingFault` for a position that cannot be of the loan. */
function requireSound({ opening, contract }: SimulationInput, schedule: Schedule): void {
  const fault = opening === null ? undefined : openingFault(opening, contract, schedule);
  if (fault === undefined) return;
  const { key, rule, value, unit, row } = fault;
  throw new Refusal(rule, 'the opening position cannot be of this loan', {
    key,
    value: unit === 'day' ? formatDay(value) : value,
    ...(row === undefined ? {} : { row }),
  });
}

/** A loan that brings its history must stand at the cut-over day as its position says. */
function requireMet(input: SimulationInput, schedule: Schedule): void {
  const { opening, contract } = input;
  if (opening?.fromBirth !== true || opening.cutOverOn < contract.disbursedOn) return;
  const { pass } = simulateThrough(input, schedule, opening.cutOverOn);
  const difference = openingDifference(pass.position, opening);
  if (difference === undefined) return;
  const message = 'the loan folded from birth does not stand as its opening position says';
  throw new Refusal('opening_not_met', message, { ...difference });
}

const NO_RULES: ReadonlyMap<number, string> = new Map();

/** A reversal is judged when it is booked; a late event by the fold. */
function judgeReversals(history: Judging, day: EpochDay, first: EpochDay): void {
  const rules = judgeLate(history, day, first);
  for (const { eventId, type } of history.events) {
    if (type !== EVENT_TYPE.reversal || history.verdicts.has(eventId)) continue;
    const rule = rules.get(eventId);
    if (rule !== undefined) history.verdicts.set(eventId, { rule, cash: 0 });
  }
}

function lastDay(input: SimulationInput, schedule: Schedule): EpochDay {
  const { contract, opening } = input;
  const { disbursedOn } = contract;
  const brought = opening?.coming?.[opening.coming.length - 1]?.dueOn;
  const lastDueOn = brought ?? schedule.dueOn[schedule.dueOn.length - 1] ?? disbursedOn;
  const through = input.through ?? Math.max(lastDueOn, firstDay(input));
  if (opening !== null && through < opening.cutOverOn) {
    throw new Refusal('through_before_cut_over', '`through` lies before the cut-over day', {
      cutOverOn: formatDay(opening.cutOverOn),
      through: formatDay(through),
    });
  }
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

/** What the late events of a day changed of the days before falls on that day. */
function addDifference(posted: DailyPosting, changes: FlowSum): void {
  for (const flow of changes.flows(NO_RULES)) {
    posted.interest += flow.interestAccrued;
    posted.penalty += flow.penaltyAccrued;
    posted.compound += flow.compoundAccrued;
  }
}
