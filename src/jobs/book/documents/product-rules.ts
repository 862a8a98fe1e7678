import { minorDigitsOf, parseAmount, parseRatePpb } from '../../../accounting/money/amount-text.js';
import { RATE_SCALE } from '../../../accounting/money/units.js';
import type { Component } from '../../../accounting/product/product.js';
import { unitDenominator } from '../../../accounting/schedule/period-interest.js';
import type { Violation } from '../../../documents/violations.js';
import { compileMultiple } from './compile-product.js';
import type { ProductDocument } from './product-schema.js';

const COMPONENT_COUNT = 5;

/** Contradictions between the keys of a product document, each of which is well formed. */
export function productContradictions(document: ProductDocument): Violation[] {
  return [
    ...repaymentContradictions(document),
    ...interestContradictions(document),
    ...penaltyContradictions(document),
    ...orderViolations('allocation.accruing.order', document.allocation.accruing.order),
    ...orderViolations('allocation.non_accruing.order', document.allocation.non_accruing.order),
    ...orderViolations('allocation.in_advance.order', document.allocation.in_advance?.order),
    ...feeContradictions(document),
  ];
}

function repaymentContradictions({ repayment, currency }: ProductDocument): Violation[] {
  const found: Violation[] = [];
  const report = (key: string, rule: string, value: unknown) =>
    found.push({ path: `repayment.${key}`, rule, value });
  const { method, periods, interval, due_day, principal_free_periods: free } = repayment;
  if (due_day !== 'anchor' && interval.unit !== 'month') {
    report('due_day', 'a fixed day needs an interval of months', due_day);
  }
  if (periods !== null && free >= periods) {
    report('principal_free_periods', `must be fewer than the periods, ${periods}`, free);
  }
  if (free > 0 && (method === 'flat_interest' || method === 'balloon')) {
    report('principal_free_periods', `no_effect: must be 0 with method ${method}`, free);
  }
  if (repayment.amortization_periods !== null && method !== 'balloon') {
    report(
      'amortization_periods',
      'no_effect: only with method balloon',
      repayment.amortization_periods,
    );
  }
  if (repayment.amortization_periods === null && method === 'balloon') {
    report('amortization_periods', 'is required with method balloon', null);
  }
  if (repayment.flat_total && method !== 'flat_interest') {
    report('flat_total', 'no_effect: only with method flat_interest', true);
  }
  const percent = repayment.down_payment?.percent;
  if (percent !== undefined) {
    const ppb = parseRatePpb(percent, true);
    if (ppb === undefined || ppb === 0 || ppb >= RATE_SCALE) {
      const rule = 'must be above 0 and below 100, of at most 7 decimals';
      report('down_payment.percent', rule, percent);
    }
  }
  const multiple = repayment.payment_multiple;
  if (multiple !== null && !((parseAmount(multiple, minorDigitsOf(currency)) ?? 0) > 0)) {
    report('payment_multiple', `must be a positive amount of ${currency}`, multiple);
  }
  return found;
}

function interestContradictions({ interest, repayment }: ProductDocument): Violation[] {
  const found: Violation[] = [];
  if (interest.period_interest === 'thirty_360' && interest.basis === 'actual') {
    const rule = 'thirty_360 needs a basis of 360, 364 or 365';
    found.push({ path: 'interest.basis', rule, value: interest.basis });
  }
  const { recalculation } = interest;
  if (recalculation !== null) {
    // What does not follow the balance, or is carried in fractions of it, cannot follow payments.
    const excluded =
      (repayment.method === 'flat_interest' && 'method flat_interest') ||
      (repayment.carry_fraction && 'carry_fraction');
    if (excluded) {
      const rule = `must be null with ${excluded}`;
      found.push({ path: 'interest.recalculation', rule, value: recalculation });
    }
  }
  return found;
}

function penaltyContradictions({ penalty, interest }: ProductDocument): Violation[] {
  const found: Violation[] = [];
  const { multiple, annual } = penalty.rate;
  if ((multiple === undefined) === (annual === undefined)) {
    const rule = 'must name either multiple or annual';
    found.push({ path: 'penalty.rate', rule, value: penalty.rate });
  } else if (multiple !== undefined) {
    // A night's penalty is one fraction over this denominator, which has to be a safe integer.
    const { denominator } = compileMultiple(multiple);
    if (!Number.isSafeInteger(unitDenominator(interest.basis) * denominator)) {
      const rule = `has too many decimals for basis ${interest.basis}`;
      found.push({ path: 'penalty.rate.multiple', rule, value: multiple });
    }
  }
  if (penalty.compound_interest && penalty.base === 'principal_and_interest') {
    const rule = 'cannot be true with base principal_and_interest';
    found.push({ path: 'penalty.compound_interest', rule, value: true });
  }
  return found;
}

function orderViolations(path: string, order: readonly Component[] | undefined): Violation[] {
  if (order === undefined) return [];
  const named = new Set(order);
  if (order.length === COMPONENT_COUNT && named.size === COMPONENT_COUNT) return [];
  const rule = 'must name each of fee, penalty, compound, interest, principal exactly once';
  return [{ path, rule, value: order }];
}

function feeContradictions({ prepayment, currency }: ProductDocument): Violation[] {
  const { fee } = prepayment;
  if (fee === null) return [];
  const digits = minorDigitsOf(currency);
  const found: Violation[] = [];
  const bounds: number[] = [];
  for (const key of ['min', 'max'] as const) {
    const text = fee[key];
    if (text === null) continue;
    const amount = parseAmount(text, digits);
    if (amount === undefined || amount < 0) {
      const rule = `must be an amount of ${currency}, not negative`;
      found.push({ path: `prepayment.fee.${key}`, rule, value: text });
    } else bounds.push(amount);
  }
  if ((parseRatePpb(fee.rate) ?? 0) >= RATE_SCALE) {
    found.push({ path: 'prepayment.fee.rate', rule: 'must be below 1', value: fee.rate });
  }
  const [min = 0, max = min] = bounds;
  if (min > max) found.push({ path: 'prepayment.fee.max', rule: 'is below min', value: fee.max });
  return found;
}
