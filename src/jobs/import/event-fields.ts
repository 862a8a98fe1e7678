import { parseDay } from '../../accounting/calendar/epoch-day.js';
import { parseAmount, parseRatePpb } from '../../accounting/money/amount-text.js';
import { type EpochDay, type Fen, NO_DAY, type RatePpb } from '../../accounting/money/units.js';
import { COMPONENTS, FEE, PENALTY } from '../../accounting/posting/flow.js';
import {
  type Component,
  EARLY_PAYMENTS,
  type EarlyPayment,
} from '../../accounting/product/product.js';
import {
  type EventName,
  needOf,
  OWN_KEYS,
  type OwnKey,
} from '../simulate/documents/simulate-event.js';
import { isCleanText, parseCount } from './source/field-text.js';
import type { RowProblem } from './source/source-columns.js';

/** What a smallint holds. */
const SEQ_MAX = 32_767;

/** What an event has of its own, as it is stored: 0, NO_DAY or empty where its type has none. */
export interface OwnFields {
  amount: Fen;
  /** Index of the component. */
  component: number;
  seq: number;
  dueOn: EpochDay;
  /** 1 + place in EARLY_PAYMENTS. */
  earlyPayment: number;
  /** In the rate unit of the loan's product. */
  ratePpb: RatePpb;
  /** Reference of the event that is undone. */
  of: string;
  /** Who buys the loan. */
  buyer: string;
}

/** Puts the text of one key into `own`; returns the rule that it breaks, or nothing. */
type Reader = (text: string, own: OwnFields, type: EventName, minorDigits: number) => string;

const READERS: Readonly<Record<OwnKey, Reader>> = {
  amount(text, own, type, minorDigits) {
    const amount = parseAmount(text, minorDigits);
    if (amount === undefined) return 'malformed_amount';
    // A loan may be sold for nothing.
    if (amount < (type === 'transfer' ? 0 : 1)) return 'amount_not_positive';
    own.amount = amount;
    return '';
  },
  early_payment(text, own) {
    own.earlyPayment = 1 + EARLY_PAYMENTS.indexOf(text as EarlyPayment);
    return own.earlyPayment === 0 ? 'unknown_early_payment' : '';
  },
  component(text, own, type) {
    own.component = COMPONENTS.indexOf(text as Component);
    const isCharge = own.component === FEE || own.component === PENALTY;
    return own.component < 0 || (type === 'fee' && !isCharge) ? 'unknown_component' : '';
  },
  seq(text, own) {
    const seq = parseCount(text);
    if (seq === undefined) return 'malformed_number';
    own.seq = seq;
    return seq < 1 || seq > SEQ_MAX ? 'seq_out_of_range' : '';
  },
  due_on(text, own) {
    const day = parseDay(text);
    if (day === undefined) return 'malformed_date';
    own.dueOn = day;
    return day >= NO_DAY ? 'due_out_of_range' : '';
  },
  rate(text, own) {
    const ratePpb: RatePpb | undefined = parseRatePpb(text);
    if (ratePpb === undefined) return 'malformed_rate';
    own.ratePpb = ratePpb;
    return '';
  },
  of(text, own) {
    own.of = text;
    return isCleanText(text) ? '' : 'malformed_text';
  },
  buyer(text, own) {
    own.buyer = text;
    return isCleanText(text) ? '' : 'malformed_text';
  },
};

/**
 * What an event of the type has of its own, out of the texts of its row; or what is wrong with
 * them: a key that is missing, malformed, or none of this type's.
 */
export function readOwnFields(
  type: EventName,
  textOf: (key: OwnKey) => string,
  minorDigits: number,
): OwnFields | RowProblem {
  const own: OwnFields = {
    amount: 0,
    component: type === 'fee' ? FEE : 0,
    seq: 0,
    dueOn: NO_DAY,
    earlyPayment: 0,
    ratePpb: 0,
    of: '',
    buyer: '',
  };
  for (const key of OWN_KEYS) {
    const value = textOf(key);
    const need = needOf(type, key);
    let rule = '';
    if (value === '') rule = need === 'required' ? 'missing_field' : '';
    else if (need === 'none') rule = 'superfluous_field';
    else rule = READERS[key](value, own, type, minorDigits);
    if (rule !== '') return { field: key, rule, value };
  }
  return own;
}
