import { z } from 'zod';
import { parseAmount, parseRatePpb } from '../accounting/amount-text.js';
import { Calendar } from '../accounting/calendar.js';
import { parseDay } from '../accounting/epoch-day.js';
import { EVENT_TYPE } from '../accounting/loan-event.js';
import { annualRatePpb } from '../accounting/period-interest.js';
import type { ProductTerms } from '../accounting/product.js';
import type {
  SimulatedEvent,
  SimulatedLedger,
  SimulationInput,
} from '../accounting/simulate-input.js';
import type { EpochDay, Fen } from '../accounting/units.js';
import { calendarFromValue } from './calendar-document.js';
import { date, decimal, integer, listOf, mapping, oneOf, rate, words } from './fields.js';
import { policyFromValue } from './policy-document.js';
import { productFromValue } from './product-document.js';
import { broughtSchedule, scheduleRow } from './simulate-schedule.js';
import { checkShape, type DocumentSource, refuseViolations, type Violation } from './violations.js';

const PERIODS_MAX = 36_600;

/** Events that a loan can have, but no fold applies yet; the one place to lift a restriction. */
const EVENTS_NOT_SUPPORTED: ReadonlySet<unknown> = new Set([
  'prepayment',
  'waiver',
  'fee',
  'merchant_refund',
  'suspense_refund',
  'rate_change',
  'write_off',
  'recovery',
  'reversal',
]);

const eventSchema = mapping({
  ref: words(),
  type: oneOf('repayment', 'settlement'),
  value_date: date(),
  business_date: date().nullable().default(null),
  amount: decimal().nullable().default(null),
});

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
 * with path, rule and value; what can be said but not yet computed has the rule `not_supported`.
 */
export function simulationReader(
  surroundings: SimulationSurroundings,
): (value: unknown, sourceName: string) => SimulationInput {
  const products = remembered((value, source) => productFromValue(value, source).terms);
  const policies = remembered((value, source) => policyFromValue(value, source).policy);
  const calendars = remembered((value, source) => calendarFromValue(value, source).calendar);
  return (value, name) => {
    refuseUnsupportedEvents(value, name);
    const document = checkShape(simulationSchema, value, { name });
    const { product, policy, calendar, loan } = document;
    const disbursedOn = dayOf(loan.disbursed_on);
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
      through: document.through === null ? null : dayOf(document.through),
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

/** Said before anything else: such an event has keys of its own, which are not the mistake. */
function refuseUnsupportedEvents(value: unknown, name: string): void {
  const events = typeof value === 'object' && value !== null && 'events' in value && value.events;
  if (!Array.isArray(events)) return;
  const found: Violation[] = [];
  for (const [k, event] of (events as unknown[]).entries()) {
    if (typeof event !== 'object' || event === null) continue;
    const { type, early_payment: early } = event as Record<string, unknown>;
    if (EVENTS_NOT_SUPPORTED.has(type)) {
      found.push({ path: `events[${k}].type`, rule: 'not_supported', value: type });
    } else if (early !== undefined) {
      found.push({ path: `events[${k}].early_payment`, rule: 'not_supported', value: early });
    }
  }
  refuseViolations({ name }, found);
}

type LoanPart = Pick<SimulationInput, 'contract' | 'schedule' | 'events'>;

function readLoan(
  { loan, events }: SimulationDocument,
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
  const simulated = (events ?? []).map((event, k): SimulatedEvent => {
    const { ref, type, amount } = event;
    const path = `events[${k}].amount`;
    if (amount === null && type === 'repayment') violations.push({ path, rule: 'is required' });
    return {
      ref,
      type: EVENT_TYPE[type],
      valueDate: dayOf(event.value_date),
      businessDate: dayOf(event.business_date ?? event.value_date),
      amount: amount === null ? null : amountOf(path, amount),
    };
  });
  refuseViolations(source, violations);
  const contract = {
    principal,
    ratePpb: annualRatePpb(terms, parseRatePpb(loan.rate) ?? 0),
    periods: periods ?? 0,
    disbursedOn,
    firstDueOn: loan.first_due_on === null ? null : dayOf(loan.first_due_on),
  };
  return { contract, schedule, events: simulated };
}

/** A checked document holds no date that does not parse. */
function dayOf(text: string): EpochDay {
  const day = parseDay(text);
  if (day === undefined) throw new TypeError(`unchecked date ${text}`);
  return day;
}
