import fc from 'fast-check';
import { EVENT_TYPE_NAMES } from '../../src/accounting/events/loan-event.js';
import type { Position } from '../../src/accounting/fold/position.js';
import type { Fen } from '../../src/accounting/money/units.js';
import { DOWN_PAYMENT_EVENT } from '../../src/accounting/posting/flow.js';
import type { SubledgerMeasure } from '../../src/accounting/posting/posting.js';
import { laySchedule } from '../../src/accounting/schedule/schedule.js';
import type { SimulationResult } from '../../src/accounting/simulate/result-shape.js';
import { simulateLoan } from '../../src/accounting/simulate/simulate.js';
import {
  arrivalOrder,
  datedEvents,
  judgeArrivals,
} from '../../src/accounting/simulate/simulate-events.js';
import { type FoldPass, firstDay, foldPass } from '../../src/accounting/simulate/simulate-fold.js';
import type { SimulationInput } from '../../src/accounting/simulate/simulate-input.js';
import { simulationReader } from '../../src/jobs/simulate/documents/simulate-document.js';
import type { ModelDocument } from '../model/model.js';
import type { EventDocument } from '../model/terms.js';
import { PACKAGED_LEDGER } from './packaged-ledger.js';
import { randomLoan } from './random-loan.js';

export type HistoryEvent = EventDocument;

/** A loan with its product and its history. */
export interface History extends ModelDocument {
  readonly events: HistoryEvent[];
  readonly through: string;
}

/** Random histories by seed: a counterexample shrinks to a number, to be printed with randomLoan. */
export const histories: fc.Arbitrary<History> = fc.integer({ min: 1, max: 2 ** 31 }).map((seed) => {
  const document = randomLoan(seed);
  return { ...document, events: document.events ?? [], through: document.through ?? '' };
});

/** Histories whose events are booked on their value dates, nothing reversed. */
export const timely: fc.Arbitrary<History> = histories.map((history) => ({
  ...history,
  events: history.events
    .filter((event) => event.type !== 'reversal')
    .map(({ business_date: _, ...event }) => event),
}));

/** Random loans that nothing happens to, through their last due date. */
export const loans: fc.Arbitrary<ModelDocument> = histories.map(({ product, loan }) => ({
  product,
  loan,
}));

const read = simulationReader({ ledger: PACKAGED_LEDGER, findProduct: () => undefined });
const readBare = simulationReader({ ledger: null, findProduct: () => undefined });

export function inputOf(document: ModelDocument): SimulationInput {
  return readBare(document, 'random');
}

export function simulatedHistory(document: ModelDocument, books = false): SimulationResult {
  return simulateLoan((books ? read : readBare)(document, 'random'));
}

/** What a timely history ends with: the position itself, and every line and entry. */
export interface FoldedHistory extends FoldPass {
  readonly applied: readonly { readonly name: string; readonly amount: Fen }[];
  /** What was paid when the loan was disbursed. */
  readonly downPayment: Fen;
}

export function foldedHistory(document: ModelDocument): FoldedHistory {
  const input = read(document, 'random');
  const until = input.through ?? 0;
  const arrived = arrivalOrder(input.events, until);
  const verdicts = judgeArrivals(arrived, input.contract.disbursedOn, firstDay(input));
  const schedule = input.schedule ?? laySchedule(input.terms, input.contract);
  const undone = new Set<number>();
  const events = datedEvents(arrived);
  const pass = foldPass(input, schedule, { events, verdicts, undone, until, books: true });
  let downPayment = 0;
  for (const { eventId, amount } of pass.lines) {
    if (eventId === DOWN_PAYMENT_EVENT) downPayment += amount;
  }
  const applied = arrived
    .filter((_, index) => verdicts.get(index + 1)?.rule === '')
    .map(({ type, amount }) => ({ name: EVENT_TYPE_NAMES[type] ?? '', amount: amount ?? 0 }));
  return { ...pass, applied, downPayment };
}

/** What the accounts that have a sub-ledger must hold. */
export function measuresOf(position: Position): Record<SubledgerMeasure, Fen> {
  const { principal, principalOverdue, interestAccrued, interestDue } = position;
  const { penaltyDue, compoundDue, accruing } = position;
  const owed = interestAccrued + interestDue + penaltyDue + compoundDue;
  return {
    principal_normal: principal - principalOverdue,
    principal_overdue: principalOverdue,
    interest_accrued: accruing ? interestAccrued : 0,
    interest_due: accruing ? interestDue : 0,
    penalty: accruing ? penaltyDue : 0,
    compound: accruing ? compoundDue : 0,
    fee: position.feeDue,
    suspense: position.suspense,
    refund_due: position.refundDue,
    off_balance_interest: accruing ? 0 : owed,
    partner_principal: 0,
    partner_interest: 0,
  };
}
