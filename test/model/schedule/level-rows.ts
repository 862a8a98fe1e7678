import type { Product } from '../product.js';
import {
  add,
  compare,
  type Fraction,
  multiply,
  round,
  smaller,
  subtract,
  whole,
  ZERO,
} from './fraction.js';

/** What a schedule, or what is left of one, is laid from. Amounts in minor units. */
export interface LayRequest {
  product: Product;
  digits: number;
  balance: bigint;
  /** What a flat loan's interest is on. */
  flatBase: Fraction;
  /** One a row; the first is less what was already paid of it. */
  factors: Fraction[];
  /** The factor of a regular period. */
  regular: Fraction;
  freePeriods: number;
  amortizationPeriods: number;
  multiple: Fraction;
  /** A payment to keep, or null for a new one. */
  keptPayment: bigint | null;
}

export interface LaidRow {
  principal: bigint;
  interest: bigint;
}

function between(low: bigint, amount: bigint, high: bigint): bigint {
  return amount < low ? low : amount > high ? high : amount;
}

/**
 * Rows of one payment, the balance in the last. `whole` lays every row, also those after the
 * balance is gone: what the search for a payment compares.
 */
export function layWithPayment(request: LayRequest, payment: bigint, everyRow = false): LaidRow[] {
  if (request.product.repayment.carry_fraction) return layCarried(request, payment, everyRow);
  const mode = request.product.interest.rounding;
  const rows: LaidRow[] = [];
  let balance = request.balance;
  for (const [index, factor] of request.factors.entries()) {
    if (balance === 0n && !everyRow) break;
    const interest = round(multiply(whole(balance), factor), mode);
    const last = index === request.factors.length - 1;
    const free = index < request.freePeriods;
    const principal = last ? balance : free ? 0n : between(0n, payment - interest, balance);
    rows.push({ principal, interest });
    balance -= principal;
  }
  return rows;
}

/** Interest carried unrounded: the shown balance is the rounded exact one. */
function layCarried(request: LayRequest, payment: bigint, everyRow: boolean): LaidRow[] {
  const mode = request.product.interest.rounding;
  const rows: LaidRow[] = [];
  let exact = whole(request.balance);
  let shown = request.balance;
  for (const [index, factor] of request.factors.entries()) {
    if (shown === 0n && !everyRow) break;
    const bears = multiply(exact, factor);
    const last = index === request.factors.length - 1;
    const asked = index < request.freePeriods ? ZERO : subtract(whole(payment), bears);
    const paid = last ? exact : compare(asked, ZERO) < 0 ? ZERO : smaller(asked, exact);
    const left = subtract(exact, paid);
    const next = round(left, mode);
    const principal = shown - next;
    if (next === 0n) {
      // The last payment: all that is owed, exactly.
      const lastPayment = round(add(exact, bears), request.product.repayment.payment_rounding);
      rows.push({ principal, interest: between(0n, lastPayment - principal, lastPayment) });
    } else if (paid.n === 0n) rows.push({ principal, interest: round(bears, mode) });
    else rows.push({ principal, interest: payment - principal });
    exact = left;
    shown = next;
  }
  return rows;
}

/** Equal principal, never more than the balance, the rest in the last row. */
export function layEqualPrincipal(request: LayRequest, each: bigint): LaidRow[] {
  return layByPrincipal(request, (index) => (index < request.freePeriods ? 0n : each));
}

/** All principal in the last row. */
export function layInterestOnly(request: LayRequest): LaidRow[] {
  return layByPrincipal(request, () => 0n);
}

function layByPrincipal(request: LayRequest, each: (index: number) => bigint): LaidRow[] {
  const mode = request.product.interest.rounding;
  const rows: LaidRow[] = [];
  let balance = request.balance;
  for (const [index, factor] of request.factors.entries()) {
    if (balance === 0n) break;
    const last = index === request.factors.length - 1;
    const principal = last ? balance : between(0n, each(index), balance);
    rows.push({ principal, interest: round(multiply(whole(balance), factor), mode) });
    balance -= principal;
  }
  return rows;
}

export function sumOfFactors(factors: readonly Fraction[]): Fraction {
  return factors.reduce(add, ZERO);
}
