import { z } from 'zod';
import { Calendar } from '../../../accounting/calendar/calendar.js';
import { parseAmount, parseRatePpb } from '../../../accounting/money/amount-text.js';
import type { EpochDay, Fen } from '../../../accounting/money/units.js';
import type { ProductTerms } from '../../../accounting/product/product.js';
import { annualRatePpb } from '../../../accounting/schedule/period-interest.js';
import type {
  SimulatedLedger,
  SimulationInput,
} from '../../../accounting/simulate/simulate-input.js';
import {
  checkedDay,
  date,
  decimal,
  integer,
  listOf,
  mapping,
  rate,
  words,
} from '../../../documents/fields.js';
import {
  checkShape,
  type DocumentSource,
  refuseViolations,
  type Violation,
} from '../../../documents/violations.js';
import { calendarFromValue } from '../../book/documents/calendar-document.js';
import { policyFromValue } from '../../book/documents/policy-document.js';
import { productFromValue } from '../../book/documents/product-document.js';
import { eventSchema, readEvent } from './simulate-event.js';
import { openingSchema, readOpening } from './simulate-opening.js';
import { broughtSchedule, scheduleRow } from './simulate-schedule.js';

const PERIODS_MAX = 36_600;

const simulationSchema = mapping({
  product: z.unknown(),
  policy: z.unknown().optional(),
  calendar: z.unknown().optional(),
  loan: mapping({
    loan_no: words().optional(),
    principal: decimal(),
    rate: rate(),
    periods: integer(1, PERIODS_MAX).nullable().default(null),
    disbursed_on: date(),
    first_due_on: date().nullable().default(null),
    schedule: listOf(scheduleRow).nullable().default(null),
  }),
  opening: openingSchema.nullable().default(null),
  events: listOf(eventSchema).nullable().default([]),
  through: date().nullable().default(null),
});
type SimulationDocument = z.output<typeof simulationSchema>;

/** What the documents of one reader share. */
export interface SimulationSurroundings {
  readonly ledger: SimulatedLedger | null;
  /** The terms of a product given by its code, in force on a day; undefined: no such product. */
  readonly findProduct: (code: string, on: EpochDay) => ProductTerms | undefined;
}

/**
 * Reads documents of CONVENTIONS `simulate`, one after the other. Products, policies and calendars
 * that repeat are compiled once. The reader throws LoanbookError `invalid_document`, exit code 2,
 * with path, rule and value.
 */
export function simulationReader(
  surroundings: SimulationSurroundings,
): (value: unknown, sourceName: string) => SimulationInput {
  const products = remembered((value, source) => productFromValue(value, source).terms);
  const policies = remembered((value, source) => policyFromValue(value, source).policy);
  const calendars = remembered((value, source) => calendarFromValue(value, source).calendar);
  return (value, name) => {
    const document = checkShape(simulationSchema, value, { name });
    const { product, policy, calendar, loan } = document;
    const disbursedOn = checkedDay(loan.disbursed_on);
    const terms =
      typeof product === 'string'
        ? bookProduct(product, disbursedOn, surroundings, name)
        : products(product ?? null, { name, path: 'product' });
    return {
      terms,
      policy: policies(policy ?? {}, { name, path: 'policy' }),
      calendar:
        calendar === undefined || calendar === null
          ? Calendar.everyDayWorks
          : calendars(calendar, { name, path: 'calendar' }),
      ...readLoan(document, terms, disbursedOn, { name }),
      through: document.through === null ? null : checkedDay(document.through),
      ledger: surroundings.ledger,
    };
  };
}

/** More different parts than this in a row of documents start afresh. */
const REMEMBERED_MAX = 1000;

/** Compiles a part once for each text of it: a thousand documents rarely have many products. */
function remembered<T>(
  compile: (value: unknown, source: DocumentSource) => T,
): (value: unknown, source: DocumentSource) => T {
  const known = new Map<string, T>();
  return (value, source) => {
    const key = JSON.stringify(value) ?? '';
    let compiled = known.get(key);
    if (compiled === undefined) {
      compiled = compile(value, source);
      if (known.size >= REMEMBERED_MAX) known.clear();
      known.set(key, compiled);
    }
    return compiled;
  };
}

function bookProduct(
  code: string,
  on: EpochDay,
  surroundings: SimulationSurroundings,
  name: string,
): ProductTerms {
  const terms = surroundings.findProduct(code, on);
  if (terms === undefined) {
    const rule = 'must be a product document, or the code of a product in the open book';
    refuseViolations({ name }, [{ path: 'product', rule, value: code }]);
  }
  return terms as ProductTerms;
}

type LoanPart = Pick<SimulationInput, 'contract' | 'schedule' | 'opening' | 'events'>;

function readLoan(
  { loan, opening: position, events }: SimulationDocument,
  terms: ProductTerms,
  disbursedOn: EpochDay,
  source: DocumentSource,
): LoanPart {
  const violations: Violation[] = [];
  const amountOf = (path: string, text: string): Fen => {
    const amount = parseAmount(text, terms.minorDigits);
    if (amount !== undefined) return amount;
    const rule = `must be an amount of ${terms.currency}`;
    violations.push({ path, rule, value: text });
    return 0;
  };
  const principal = amountOf('loan.principal', loan.principal);
  if (principal <= 0) {
    violations.push({ path: 'loan.principal', rule: 'must be positive', value: loan.principal });
  }
  const schedule =
    loan.schedule === null
      ? null
      : broughtSchedule(loan.schedule, { principal, disbursedOn, amountOf, violations });
  const periods = loan.periods ?? schedule?.dueOn.length ?? terms.repayment.periods;
  if (periods === null) {
    violations.push({ path: 'loan.periods', rule: 'is required: the product names none' });
  }
  const simulated = (events ?? []).map((event, k) =>
    readEvent(event, { path: `events[${k}]`, terms, amountOf, violations }),
  );
  const opening = position === null ? null : readOpening(position, amountOf);
  refuseViolations(source, violations);
  const contract = {
    principal,
    ratePpb: annualRatePpb(terms, parseRatePpb(loan.rate) ?? 0),
    periods: periods ?? 0,
    disbursedOn,
    firstDueOn: loan.first_due_on === null ? null : checkedDay(loan.first_due_on),
  };
  return { contract, schedule, opening, events: simulated };
}
