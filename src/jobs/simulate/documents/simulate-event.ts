import { EVENT_TYPE } from '../../../accounting/events/loan-event.js';
import { parseRatePpb } from '../../../accounting/money/amount-text.js';
import { type Fen, NO_DAY } from '../../../accounting/money/units.js';
import { COMPONENTS } from '../../../accounting/posting/flow.js';
import { EARLY_PAYMENTS, type ProductTerms } from '../../../accounting/product/product.js';
import { annualRatePpb } from '../../../accounting/schedule/period-interest.js';
import type { SimulatedEvent } from '../../../accounting/simulate/simulate-input.js';
import {
  checkedDay,
  date,
  decimal,
  integer,
  mapping,
  oneOf,
  rate,
  words,
} from '../../../documents/fields.js';
import type { Violation } from '../../../documents/violations.js';

/** The event types that may be named: a loan's disbursement is its own `disbursed_on`. */
export const EVENT_TYPES = [
  'repayment',
  'settlement',
  'prepayment',
  'waiver',
  'fee',
  'merchant_refund',
  'suspense_refund',
  'rate_change',
  'write_off',
  'recovery',
  'reversal',
  'transfer',
  'charge_back',
] as const;
export type EventName = (typeof EVENT_TYPES)[number];

export const eventSchema = mapping({
  ref: words(),
  type: oneOf(...EVENT_TYPES),
  value_date: date(),
  business_date: date().nullable().default(null),
  amount: decimal().nullable().default(null),
  early_payment: oneOf(...EARLY_PAYMENTS)
    .nullable()
    .default(null),
  component: oneOf(...COMPONENTS)
    .nullable()
    .default(null),
  seq: integer(1, 36_600).nullable().default(null),
  due_on: date().nullable().default(null),
  rate: rate().nullable().default(null),
  of: words().nullable().default(null),
  buyer: words().nullable().default(null),
});
type EventDocument = ReturnType<typeof eventSchema.parse>;
export type OwnKey =
  | 'amount'
  | 'early_payment'
  | 'component'
  | 'seq'
  | 'due_on'
  | 'rate'
  | 'of'
  | 'buyer';

/** The keys of each type beside ref, type and dates: `!` marks one that is required. */
const KEYS: Readonly<Record<EventName, readonly (OwnKey | `${OwnKey}!`)[]>> = {
  repayment: ['amount!', 'early_payment'],
  settlement: ['amount'],
  prepayment: ['amount!'],
  waiver: ['amount!', 'component!', 'seq'],
  fee: ['amount!', 'component', 'seq', 'due_on'],
  merchant_refund: ['amount'],
  suspense_refund: ['amount!'],
  rate_change: ['rate!'],
  write_off: [],
  recovery: ['amount!'],
  reversal: ['of!'],
  // The price, the day on which it falls due, and who owes it.
  transfer: ['amount!', 'due_on', 'buyer'],
  charge_back: ['amount!'],
};
export const OWN_KEYS: readonly OwnKey[] = [
  'amount',
  'early_payment',
  'component',
  'seq',
  'due_on',
  'rate',
  'of',
  'buyer',
];

/** Whether an event of the type must have a key, may have it, or has no such key. */
export function needOf(type: EventName, key: OwnKey): 'required' | 'optional' | 'none' {
  const keys = KEYS[type];
  if (keys.includes(`${key}!`)) return 'required';
  return keys.includes(key) ? 'optional' : 'none';
}

export interface EventPlace {
  readonly path: string;
  readonly terms: ProductTerms;
  readonly amountOf: (path: string, text: string) => Fen;
  readonly violations: Violation[];
}

/** A checked event as the fold takes it; keys that its type has not become violations. */
export function readEvent(event: EventDocument, place: EventPlace): SimulatedEvent {
  const { path, terms, amountOf, violations } = place;
  checkKeys(event, place);
  const component = event.component ?? 'fee';
  if (event.type === 'fee' && component !== 'fee' && component !== 'penalty') {
    const rule = 'must be fee or penalty';
    violations.push({ path: `${path}.component`, rule, value: component });
  }
  return {
    ref: event.ref,
    type: EVENT_TYPE[event.type],
    valueDate: checkedDay(event.value_date),
    businessDate: checkedDay(event.business_date ?? event.value_date),
    amount: event.amount === null ? null : amountOf(`${path}.amount`, event.amount),
    component: COMPONENTS.indexOf(component),
    seq: event.seq ?? 0,
    dueOn: event.due_on === null ? NO_DAY : checkedDay(event.due_on),
    earlyPayment: event.early_payment,
    ratePpb: event.rate === null ? 0 : annualRatePpb(terms, parseRatePpb(event.rate) ?? 0),
    of: event.of,
  };
}

function checkKeys(event: EventDocument, { path, violations }: EventPlace): void {
  for (const key of OWN_KEYS) {
    const value = event[key];
    const need = needOf(event.type, key);
    if (value === null) {
      if (need === 'required') violations.push({ path: `${path}.${key}`, rule: 'is required' });
    } else if (need === 'none') {
      const rule = `is no key of a ${event.type}`;
      violations.push({ path: `${path}.${key}`, rule, value });
    }
  }
}
