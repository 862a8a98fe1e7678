import { closeDay, installmentAt, type NextInstallment, startPeriod } from './close-day.js';
import { isLeapYear, yearOf } from './epoch-day.js';
import { type AllocationLine, BALANCE, DayFlow, MOVEMENT } from './flow.js';
import { type FoldTerms, foldTerms } from './fold-terms.js';
import { EVENT_TYPE, EVENT_TYPE_NAMES, type LoanEvent } from './loan-event.js';
import { blankPosition, type OpenInstallment, type Position } from './position.js';
import type { ProductTerms } from './product.js';
import type { Schedule } from './schedule-rows.js';
import type { Verdicts } from './simulate-events.js';
import type { SimulatedEvent, SimulationInput } from './simulate-input.js';
import { JournalWriter } from './simulate-journal.js';
import type { EpochDay, Fen } from './units.js';

/** The loan folded from birth with the events known on one day, and what the fold left. */
export interface FoldPass {
  readonly position: Position;
  /** What the night of each day from the disbursement on added. */
  readonly interest: Fen[];
  readonly penalty: Fen[];
  readonly compound: Fen[];
  /** `eventId` is the place of the event in the order of arrival plus 1; 0 is suspense. */
  readonly allocations: AllocationLine[];
  /** How many instalments have become due. */
  billed: number;
  /** The instalments that were not paid on the day they became due, by seq. */
  readonly lasting: Map<number, OpenInstallment>;
  readonly journal: JournalWriter | null;
}

export interface PassScope {
  readonly arrived: readonly SimulatedEvent[];
  /** Events are judged here when a pass meets them first. */
  readonly verdicts: Verdicts;
  /** The last day to close: what is booked later is not known. */
  readonly until: EpochDay;
  /** Whether the journal is wanted of this pass. */
  readonly books: boolean;
}

const NO_EVENTS: readonly LoanEvent[] = [];

/** Closes every day from the disbursement through `until`, each event on its value date. */
export function foldPass(input: SimulationInput, schedule: Schedule, scope: PassScope): FoldPass {
  const { terms, policy, calendar, contract } = input;
  const { disbursedOn } = contract;
  const pass = beginPass(input, schedule, scope);
  const { position } = pass;
  const flow = new DayFlow();
  const queue = queueByValueDate(scope);
  let queued = 0;
  for (let date = disbursedOn; date <= scope.until; date += 1) {
    const fold = foldTermsOn(terms, date);
    let todays = NO_EVENTS;
    const first = queued;
    while (queue[queued]?.valueDate === date) queued += 1;
    if (queued > first) todays = queue.slice(first, queued).map((item) => item.event);
    let next: NextInstallment | null = null;
    if (position.nextDueOn === date) {
      next = installmentAt(schedule, position.nextSeq);
      pass.billed = position.nextSeq;
    }
    closeDay(position, { date, policy, calendar }, fold, todays, next, flow);
    if (flow.touched) takeFlow(pass, scope, flow, date);
    pass.interest.push(flow.interestAccrued);
    pass.penalty.push(flow.touched ? flow.penaltyAccrued : 0);
    pass.compound.push(flow.touched ? flow.compoundAccrued : 0);
    pass.journal?.addDay(date, flow);
  }
  return pass;
}

function beginPass(input: SimulationInput, schedule: Schedule, scope: PassScope): FoldPass {
  const { contract, ledger } = input;
  const position = blankPosition();
  position.ratePpb = contract.ratePpb;
  position.principal = contract.principal;
  position.principalNotDue = contract.principal;
  startPeriod(position, contract.disbursedOn, installmentAt(schedule, 0));
  const memoOf = (eventId: number) => EVENT_TYPE_NAMES[scope.arrived[eventId - 1]?.type ?? 0] ?? '';
  const journal = scope.books && ledger !== null ? new JournalWriter(ledger, memoOf) : null;
  journal?.disburse(contract.disbursedOn, contract.principal);
  return {
    position,
    interest: [],
    penalty: [],
    compound: [],
    allocations: [],
    billed: 0,
    lasting: new Map(),
    journal,
  };
}

interface Queued {
  readonly valueDate: EpochDay;
  readonly event: LoanEvent;
}

/**
 * What is known and not rejected, by value date, then arrival. An event that became impossible
 * stays in its place as one of no type, so that its money goes to suspense there.
 */
function queueByValueDate({ arrived, verdicts, until }: PassScope): Queued[] {
  const queue: Queued[] = [];
  for (const [index, { type, valueDate, businessDate, amount }] of arrived.entries()) {
    if (businessDate > until) break;
    const verdict = verdicts[index];
    const voided = verdict?.voided === true;
    if (verdict !== undefined && verdict.rule !== '' && !voided) continue;
    const eventId = index + 1;
    queue.push({ valueDate, event: { eventId, type: voided ? 0 : type, amount: amount ?? 0 } });
  }
  return queue.sort((a, b) => a.valueDate - b.valueDate);
}

/** Keeps what the close left beside its sums, and judges the events that it met. */
function takeFlow(pass: FoldPass, scope: PassScope, flow: DayFlow, date: EpochDay): void {
  const { open } = pass.position;
  for (const line of flow.allocations) pass.allocations.push({ ...line });
  const newest = open[open.length - 1];
  if (newest !== undefined && newest.dueOn === date) pass.lasting.set(newest.seq, newest);
  for (const { eventId, rule } of flow.outcomes) {
    const index = eventId - 1;
    const known = scope.verdicts[index];
    if (known === undefined) {
      scope.verdicts[index] = { rule, voided: false };
      continue;
    }
    if (known.rule === '' && rule !== '') scope.verdicts[index] = { rule, voided: true };
    if (rule !== '') keepMoney(pass, scope.arrived[index]!, eventId, flow);
  }
}

/** The money of a repayment that became impossible goes to suspense. */
function keepMoney(pass: FoldPass, event: SimulatedEvent, eventId: number, flow: DayFlow): void {
  if (event.type !== EVENT_TYPE.repayment || event.amount === null) return;
  const { position } = pass;
  position.suspense += event.amount;
  flow.move(MOVEMENT.repayment, BALANCE.suspense, position.accruing, event.amount, eventId);
}

/** By product: the terms of a common and of a leap year's night. */
const preparedTerms = new WeakMap<ProductTerms, (FoldTerms | undefined)[]>();

/** The terms ready for the night of `date`; only a basis of actual days tells nights apart. */
function foldTermsOn(terms: ProductTerms, date: EpochDay): FoldTerms {
  let prepared = preparedTerms.get(terms);
  if (prepared === undefined) {
    prepared = [undefined, undefined];
    preparedTerms.set(terms, prepared);
  }
  const slot = terms.interest.basis === 'actual' && isLeapYear(yearOf(date + 1)) ? 1 : 0;
  let fold = prepared[slot];
  if (fold === undefined) {
    fold = foldTerms(terms, date);
    prepared[slot] = fold;
  }
  return fold;
}
