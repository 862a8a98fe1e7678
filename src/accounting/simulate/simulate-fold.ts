import { isLeapYear, yearOf } from '../calendar/epoch-day.js';
import { EVENT_TYPE, EVENT_TYPE_NAMES, type LoanEvent, MONEY_TYPES } from '../events/loan-event.js';
import { beginLoan } from '../fold/begin-loan.js';
import { type FoldDays, foldRange, type ValuedEvent, VOIDED_EVENT } from '../fold/fold-range.js';
import { type FoldTerms, foldTerms } from '../fold/fold-terms.js';
import type { LoanFile } from '../fold/loan-terms-at-hand.js';
import { blankPosition, type OpenInstallment, type Position } from '../fold/position.js';
import type { EpochDay, Fen } from '../money/units.js';
import { type AllocationLine, DayFlow, LINE, TOTALS_COUNT } from '../posting/flow.js';
import type { ProductTerms } from '../product/product.js';
import type { Schedule } from '../schedule/schedule-rows.js';
import type { Verdicts } from './simulate-events.js';
import type { SimulatedEvent, SimulationInput } from './simulate-input.js';
import { JournalWriter } from './simulate-journal.js';

/** The loan folded from birth with the events known on one day, and what the fold left. */
export interface FoldPass {
  readonly position: Position;
  readonly file: LoanFile;
  /** What the night of each day from the disbursement on added. */
  readonly interest: Fen[];
  readonly penalty: Fen[];
  readonly compound: Fen[];
  /** `eventId` is the place of the event in the order of arrival plus 1; 0 is suspense. */
  readonly lines: AllocationLine[];
  /** The instalments that were not paid on the day they became due; a charge may make another. */
  readonly lasting: Set<OpenInstallment>;
  readonly journal: JournalWriter | null;
}

export interface PassScope {
  readonly arrived: readonly SimulatedEvent[];
  /** Events are judged here when a pass meets them first. */
  readonly verdicts: Verdicts;
  /** Places of events that have been reversed by now. */
  readonly undone: ReadonlySet<number>;
  /** The last day to close: what is booked later is not known. */
  readonly until: EpochDay;
  /** Whether the journal is wanted of this pass. */
  readonly books: boolean;
}

/** Closes every day from the disbursement through `until`, each event on its value date. */
export function foldPass(input: SimulationInput, schedule: Schedule, scope: PassScope): FoldPass {
  const { terms, policy, calendar, contract } = input;
  const totals = new Array<Fen>(TOTALS_COUNT).fill(0);
  const pass = beginPass(input, schedule, scope, totals);
  const flow = new DayFlow();
  const days: FoldDays = {
    book: (date) => ({ date, policy, calendar }),
    terms: (date) => foldTermsOn(terms, date),
  };
  const span = { from: contract.disbursedOn, to: scope.until };
  foldRange({ ...pass, totals }, span, queueByValueDate(scope), days, flow, (date) => {
    if (flow.touched) takeFlow(pass, scope, flow);
    pass.interest.push(flow.interestAccrued);
    pass.penalty.push(flow.touched ? flow.penaltyAccrued : 0);
    pass.compound.push(flow.touched ? flow.compoundAccrued : 0);
    pass.journal?.addDay(date, flow);
  });
  return pass;
}

function beginPass(
  input: SimulationInput,
  schedule: Schedule,
  scope: PassScope,
  totals: readonly Fen[],
): FoldPass {
  const { contract, ledger, terms } = input;
  const position = blankPosition();
  const file: LoanFile = { contract, schedule, changed: false, totals: () => totals };
  beginLoan(position, terms, file);
  const memoOf = (eventId: number) => EVENT_TYPE_NAMES[scope.arrived[eventId - 1]?.type ?? 0] ?? '';
  const journal = scope.books && ledger !== null ? new JournalWriter(ledger, memoOf) : null;
  journal?.disburse(contract.disbursedOn, contract.principal);
  return {
    position,
    file,
    interest: [],
    penalty: [],
    compound: [],
    lines: [],
    lasting: new Set(),
    journal,
  };
}

/**
 * What is known and not rejected, by value date, then arrival. An event that became impossible
 * stays in its place as one of no type, so that its money goes to suspense there.
 */
function queueByValueDate({ arrived, verdicts, undone, until }: PassScope): ValuedEvent[] {
  const queue: ValuedEvent[] = [];
  for (const [index, event] of arrived.entries()) {
    const { type, valueDate, businessDate } = event;
    if (businessDate > until) break;
    const verdict = verdicts[index];
    const voided = verdict?.voided === true;
    if (verdict !== undefined && verdict.rule !== '' && !voided) continue;
    if (type === EVENT_TYPE.reversal || undone.has(index)) continue;
    const known = loanEventOf(event, index, voided ? VOIDED_EVENT : type);
    const cash = MONEY_TYPES.has(type) ? verdict?.cash : undefined;
    queue.push({ valueDate, event: { ...known, cash } });
  }
  return queue.sort((a, b) => a.valueDate - b.valueDate);
}

/** Keeps what the close left beside its sums, and judges the events that it met. */
function takeFlow(pass: FoldPass, scope: PassScope, flow: DayFlow): void {
  for (const line of flow.allocations) pass.lines.push({ ...line });
  for (const installment of pass.position.open) pass.lasting.add(installment);
  for (const { eventId, rule, allocated, toSuspense } of flow.outcomes) {
    const index = eventId - 1;
    const known = scope.verdicts[index];
    if (known === undefined) {
      scope.verdicts[index] = { rule, voided: false, cash: allocated + toSuspense };
      continue;
    }
    if (known.rule === '' && rule !== '') scope.verdicts[index] = { ...known, rule, voided: true };
  }
}

function loanEventOf(event: SimulatedEvent, index: number, type: number): LoanEvent {
  const { component, seq, dueOn, earlyPayment, ratePpb } = event;
  const amount = event.amount ?? 0;
  return { eventId: index + 1, type, amount, component, seq, dueOn, earlyPayment, ratePpb };
}

/** What was paid of a component by money of the customer, before or after a write-off. */
export function isPayment(line: AllocationLine): boolean {
  return line.kind === LINE.paid || line.kind === LINE.recovered;
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
