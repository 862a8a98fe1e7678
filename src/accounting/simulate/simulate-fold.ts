import type { DatedEvent } from '../backdating/dated-event.js';
import { knownQueue } from '../backdating/known-queue.js';
import { type PastStart, replay } from '../backdating/refold.js';
import { type Verdict, verdictAfter } from '../backdating/verdict.js';
import { isLeapYear, yearOf } from '../calendar/epoch-day.js';
import { EVENT_TYPE_NAMES } from '../events/loan-event.js';
import { beginLoan } from '../fold/begin-loan.js';
import { type FoldTerms, foldTerms } from '../fold/fold-terms.js';
import type { LoanFile } from '../fold/loan-terms-at-hand.js';
import { blankPosition, type OpenInstallment, type Position } from '../fold/position.js';
import type { EpochDay, Fen } from '../money/units.js';
import { openLoan } from '../opening/open-loan.js';
import { openedBy, openingMovements } from '../opening/opening-entries.js';
import type { OpeningPosition } from '../opening/opening-position.js';
import { type AllocationLine, DayFlow, LINE } from '../posting/flow.js';
import { TOTALS_COUNT } from '../posting/totals.js';
import type { ProductTerms } from '../product/product.js';
import type { Schedule } from '../schedule/schedule-rows.js';
import type { SimulationInput } from './simulate-input.js';
import { JournalWriter } from './simulate-journal.js';

/** The loan folded from birth with the events known on one day, and what the fold left. */
export interface FoldPass {
  readonly position: Position;
  readonly file: LoanFile;
  /** What the night of each day from `firstDay` on added. */
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
  /** In order of arrival, numbered from 1. */
  readonly events: readonly DatedEvent[];
  /** Events are judged here when a pass meets them first. */
  readonly verdicts: Map<number, Verdict>;
  /** Events that have been reversed by now. */
  readonly undone: ReadonlySet<number>;
  /** The last day to close: what is booked later is not known. */
  readonly until: EpochDay;
  /** Whether the journal is wanted of this pass. */
  readonly books: boolean;
  /** Sees what each close left. */
  readonly onDay?: (flow: DayFlow, date: EpochDay) => void;
}

/** The first day that is closed: of the disbursement, or behind the cut-over day. */
export function firstDay({ contract, opening }: SimulationInput): EpochDay {
  return isOpened(opening) ? opening.cutOverOn + 1 : contract.disbursedOn;
}

/** A loan that is folded from its position; one that brings its history is folded from birth. */
export function isOpened(opening: OpeningPosition | null): opening is OpeningPosition {
  return opening !== null && !opening.fromBirth;
}

/** Closes every day from `firstDay` through `until`, each event on its value date. */
export function foldPass(input: SimulationInput, schedule: Schedule, scope: PassScope): FoldPass {
  const { terms, policy, calendar } = input;
  const totals = new Array<Fen>(TOTALS_COUNT).fill(0);
  const pass = beginPass(input, schedule, scope, totals);
  const bornOn = firstDay(input);
  const start: PastStart = {
    bornOn,
    from: bornOn,
    open: () => ({ ...pass, totals }),
    days: {
      book: (date) => ({ date, policy, calendar }),
      terms: (date) => foldTermsOn(terms, date),
    },
  };
  const { verdicts, undone, until } = scope;
  const booked = scope.events.filter(({ businessDate }) => businessDate <= until);
  const queue = knownQueue(booked, { verdicts, undone, baseOn: bornOn - 1 });
  replay(start, until, queue, (flow, date) => {
    if (flow.touched) takeFlow(pass, scope, flow);
    pass.interest.push(flow.interestAccrued);
    pass.penalty.push(flow.touched ? flow.penaltyAccrued : 0);
    pass.compound.push(flow.touched ? flow.compoundAccrued : 0);
    pass.journal?.addDay(date, flow);
    scope.onDay?.(flow, date);
  });
  return pass;
}

function beginPass(
  input: SimulationInput,
  schedule: Schedule,
  scope: PassScope,
  totals: Fen[],
): FoldPass {
  const { contract, ledger, terms, opening } = input;
  const position = blankPosition();
  const opened = isOpened(opening) ? openedBy(opening, schedule) : undefined;
  const file: LoanFile = { contract, schedule, changed: false, opened, totals: () => totals };
  const memoOf = (eventId: number) => EVENT_TYPE_NAMES[scope.events[eventId - 1]?.type ?? 0] ?? '';
  const journal = scope.books && ledger !== null ? new JournalWriter(ledger, memoOf) : null;
  if (isOpened(opening)) {
    const book = { date: opening.cutOverOn, policy: input.policy, calendar: input.calendar };
    openLoan({ position, file, totals }, opening, foldTermsOn(terms, book.date), book);
    const entered = new DayFlow();
    openingMovements(position, 0, entered);
    journal?.open(opening.cutOverOn + 1, entered.movements);
  } else {
    beginLoan(position, terms, file);
    journal?.disburse(contract.disbursedOn, contract.principal);
  }
  return {
    position,
    file,
    interest: [],
    penalty: [],
    compound: [],
    lines: [],
    lasting: new Set(position.open),
    journal,
  };
}

/** Keeps what the close left beside its sums, and judges the events that it met. */
function takeFlow(pass: FoldPass, scope: PassScope, flow: DayFlow): void {
  for (const line of flow.allocations) pass.lines.push({ ...line });
  for (const installment of pass.position.open) pass.lasting.add(installment);
  for (const outcome of flow.outcomes) {
    const after = verdictAfter(scope.verdicts.get(outcome.eventId), outcome);
    if (after !== undefined) scope.verdicts.set(outcome.eventId, after);
  }
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
