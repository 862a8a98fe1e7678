import type { ProductDocument } from './product.js';
import { type Component, type Numeral, type Product, productOf } from './product.js';
import {
  type CalendarDocument,
  dayOf,
  type NextWorkingDay,
  nextWorkingDay,
} from './schedule/days.js';
import {
  divide,
  type Fraction,
  fromDecimal,
  multiply,
  ratio,
  round,
  roundToMultiple,
  whole,
} from './schedule/fraction.js';

export interface ImportedRow {
  seq?: number;
  due_on: string;
  principal: string;
  interest: string;
  fee?: string;
}

export interface LoanDocument {
  loan_no?: string;
  principal: Numeral;
  rate: Numeral;
  periods?: number | null;
  disbursed_on: string;
  first_due_on?: string | null;
  schedule?: ImportedRow[] | null;
}

export interface PolicyDocument {
  classification?: { days_past_due: number[] };
  non_accrual_after?: number;
}

export interface EventDocument {
  ref: string;
  type: string;
  value_date: string;
  business_date?: string;
  amount?: string;
  early_payment?: 'hold' | 'pay_next' | 'pay_last' | 'pay_evenly' | 'prepay';
  component?: Component;
  seq?: number;
  due_on?: string;
  of?: string;
  rate?: Numeral;
}

/** What is open of an instalment that became due by the cut-over day. */
export interface OpeningInstallmentDocument extends Partial<Record<Component, string>> {
  seq: number;
  due_on: string;
  free_until?: string | null;
}

export interface OpeningDocument {
  cut_over_on: string;
  principal_not_due: string;
  interest_accrued?: string;
  suspense?: string;
  accruing?: boolean;
  written_off?: boolean;
  periods_paid?: number | null;
  history?: boolean;
  installments?: OpeningInstallmentDocument[];
  schedule?: (ImportedRow & { seq: number })[] | null;
}

export interface ModelDocument {
  product: ProductDocument;
  policy?: PolicyDocument | null;
  calendar?: CalendarDocument | null;
  loan: LoanDocument;
  opening?: OpeningDocument | null;
  events?: EventDocument[];
  through?: string | null;
}

/** One loan's agreement, in minor units and day counts. */
export interface Terms {
  product: Product;
  digits: number;
  principal: bigint;
  downPayment: bigint;
  rate: Fraction;
  periods: number;
  disbursedOn: number;
  firstDueOn: number | null;
  imported: ImportedRow[] | null;
  opening: OpeningDocument | null;
  nextWorkingDay: NextWorkingDay;
  classLimits: number[];
  nonAccrualAfter: number;
}

const NO_MINOR_UNIT = new Set(['JPY', 'KRW', 'VND', 'CLP', 'ISK', 'XAF', 'XOF', 'PYG', 'UGX']);
const THREE_DIGITS = new Set(['BHD', 'KWD', 'OMR', 'JOD', 'TND', 'IQD', 'LYD']);

function minorDigits(currency: string): number {
  if (NO_MINOR_UNIT.has(currency)) return 0;
  return THREE_DIGITS.has(currency) ? 3 : 2;
}

export function minorUnits(amount: Numeral, digits: number): bigint {
  const exact = multiply(fromDecimal(String(amount)), whole(10n ** BigInt(digits)));
  const units = round(exact, 'down');
  if (units * exact.d !== exact.n) throw new Error(`${amount} is finer than the minor unit`);
  return units;
}

/** The multiple that payments are rounded to, in minor units. */
export function paymentMultiple(product: Product, digits: number): Fraction {
  const multiple = product.repayment.payment_multiple;
  if (multiple === null) return whole(1n);
  return multiply(fromDecimal(String(multiple)), whole(10n ** BigInt(digits)));
}

/** What a rate in the product's unit is a year. */
export function annualRate(product: Product, rate: Numeral): Fraction {
  const { rate_unit: unit, basis } = product.interest;
  const days = basis === 'actual' ? 365 : basis;
  const times = unit === 'year' ? 1 : unit === 'month' ? 12 : days;
  return multiply(fromDecimal(String(rate)), ratio(times, 1));
}

function downPaymentOf(product: Product, principal: bigint, digits: number): bigint {
  const down = product.repayment.down_payment;
  if (!down) return 0n;
  const mode = product.interest.rounding;
  const share = divide(fromDecimal(String(down.percent)), whole(100n));
  const minor = round(multiply(whole(principal), share), mode);
  return roundToMultiple(whole(minor), paymentMultiple(product, digits), mode);
}

export function termsOf(document: ModelDocument): Terms {
  const product = productOf(document.product);
  const digits = minorDigits(product.currency);
  const { loan } = document;
  const principal = minorUnits(loan.principal, digits);
  const periods = loan.periods ?? product.repayment.periods ?? loan.schedule?.length;
  if (!periods) throw new Error('the loan has no periods');
  return {
    product,
    digits,
    principal,
    downPayment: loan.schedule ? 0n : downPaymentOf(product, principal, digits),
    rate: annualRate(product, loan.rate),
    periods,
    disbursedOn: dayOf(loan.disbursed_on),
    firstDueOn: loan.first_due_on ? dayOf(loan.first_due_on) : null,
    imported: loan.schedule ?? null,
    opening: document.opening ?? null,
    nextWorkingDay: nextWorkingDay(document.calendar),
    classLimits: document.policy?.classification?.days_past_due ?? [0, 90, 270, 360],
    nonAccrualAfter: document.policy?.non_accrual_after ?? 90,
  };
}
