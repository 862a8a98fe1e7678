import { Calendar } from '../../../src/accounting/calendar/calendar.js';
import type { LoanEvent } from '../../../src/accounting/events/loan-event.js';
import { closeDay } from '../../../src/accounting/fold/close-day.js';
import { foldTerms } from '../../../src/accounting/fold/fold-terms.js';
import type { Position } from '../../../src/accounting/fold/position.js';
import { DayFlow } from '../../../src/accounting/posting/flow.js';
import type { BookPolicy } from '../../../src/accounting/product/product.js';
import { laySchedule } from '../../../src/accounting/schedule/schedule.js';
import type { SimulationResult } from '../../../src/accounting/simulate/result-shape.js';
import { simulateLoan } from '../../../src/accounting/simulate/simulate.js';
import { foldPass } from '../../../src/accounting/simulate/simulate-fold.js';
import type { SimulationInput } from '../../../src/accounting/simulate/simulate-input.js';
import { policyFromValue } from '../../../src/jobs/book/documents/policy-document.js';
import { productFromValue } from '../../../src/jobs/book/documents/product-document.js';
import { simulationReader } from '../../../src/jobs/simulate/documents/simulate-document.js';

type Fields = Readonly<Record<string, unknown>>;

/** What a test says of a loan; the product's code and everything else have defaults. */
export interface Scenario {
  readonly product?: Fields;
  readonly policy?: Fields;
  readonly calendar?: Fields;
  readonly loan: Fields;
  readonly events?: readonly Fields[];
  readonly through?: string;
}

const read = simulationReader({ ledger: null, findProduct: () => undefined });

export function scenarioInput({ product, ...rest }: Scenario): SimulationInput {
  return read({ ...rest, product: { code: 'TEST', ...product } }, 'test');
}

export function simulated(scenario: Scenario): SimulationResult {
  return simulateLoan(scenarioInput(scenario));
}

/** The loan of A1: 10,000.00 at 18% a year over twelve months from 2026-01-15. */
export const A1_LOAN: Fields = {
  loan_no: 'A1',
  principal: '10000.00',
  rate: '0.18',
  periods: 12,
  disbursed_on: '2026-01-15',
};

/** A loan of one instalment: so much principal and interest, due on one day. */
export function oneRowLoan(principal: string, interest: string, dueOn: string): Fields {
  return {
    principal,
    rate: '0.18',
    disbursed_on: '2026-01-10',
    schedule: [{ due_on: dueOn, principal, interest }],
  };
}

/** The position itself at the close of the day, with what the result does not show. */
export function positionOf(scenario: Scenario, until: number): Position {
  const input = scenarioInput(scenario);
  const schedule = input.schedule ?? laySchedule(input.terms, input.contract);
  return foldPass(input, schedule, {
    events: [],
    verdicts: new Map(),
    undone: new Set(),
    until,
    books: false,
  }).position;
}

export const POLICY: BookPolicy = policyFromValue({}, { name: 'test' }).policy;

/** Closes one day of a position made by hand; returns its flow. */
export function closeOne(
  position: Position,
  date: number,
  product: Fields,
  events: readonly LoanEvent[],
): DayFlow {
  const { terms } = productFromValue({ code: 'TEST', ...product }, { name: 'test' });
  const flow = new DayFlow();
  const book = { date, policy: POLICY, calendar: Calendar.everyDayWorks };
  closeDay(position, book, foldTerms(terms, date), events, null, flow);
  return flow;
}
