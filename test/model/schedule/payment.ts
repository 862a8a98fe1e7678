import {
  add,
  compare,
  divide,
  type Fraction,
  multiply,
  ONE,
  power,
  ratio,
  round,
  roundToMultiple,
  subtract,
  whole,
} from './fraction.js';
import { type LaidRow, type LayRequest, layWithPayment } from './level-rows.js';

const HUNDRED = 100n;

/** P i (1+i)^n / ((1+i)^n - 1), exact; a zero rate divides evenly. */
export function levelPayment(balance: bigint, rate: Fraction, periods: number): Fraction {
  if (rate.n === 0n) return ratio(balance, periods);
  const grown = power(add(ONE, rate), periods);
  const top = multiply(multiply(whole(balance), rate), grown);
  return divide(top, subtract(grown, ONE));
}

/** The payment from every period's own factor: P x product(1 + f) / F. */
function productFormPayment(balance: bigint, factors: readonly Fraction[]): Fraction {
  let grown = ONE;
  let weight = ONE;
  for (const [index, factor] of factors.entries()) {
    const growth = add(ONE, factor);
    grown = multiply(grown, growth);
    if (index > 0) weight = add(ONE, multiply(weight, growth));
  }
  return divide(multiply(whole(balance), grown), weight);
}

function totalOf(row: LaidRow | undefined): bigint {
  return row ? row.principal + row.interest : 0n;
}

/** Last instalment less the one before it; a single instalment has none before it. */
function unevenness(rows: readonly LaidRow[]): bigint {
  return rows.length < 2 ? 0n : totalOf(rows.at(-1)) - totalOf(rows.at(-2));
}

function size(amount: bigint): bigint {
  return amount < 0n ? -amount : amount;
}

/** Smoothing of the last instalment, at most three rounds. */
export function actuarialPayment(request: LayRequest): bigint {
  const mode = request.product.repayment.payment_rounding;
  const { multiple, factors, balance, freePeriods, digits } = request;
  const toMultiple = (minor: bigint): bigint => roundToMultiple(whole(minor), multiple, mode);
  const exact = productFormPayment(balance, factors.slice(freePeriods));
  let payment = toMultiple(round(exact, mode));
  const periods = factors.length;
  for (let tries = 0; tries < 3; tries += 1) {
    const difference = unevenness(layWithPayment(request, payment));
    // The rule is stated in the currency's main unit.
    const limit = BigInt(Math.floor(periods / 2)) * 10n ** BigInt(digits);
    if (HUNDRED * size(difference) <= limit) break;
    const tried = toMultiple(payment + round(ratio(difference, periods), mode));
    const next = unevenness(layWithPayment(request, tried));
    if (size(next) >= size(difference)) break;
    payment = tried;
  }
  return payment;
}

/** The payment in minor units whose last instalment is as equal as can be. */
export function solvedPayment(request: LayRequest): bigint {
  const mode = request.product.repayment.payment_rounding;
  const tail = (payment: bigint): bigint =>
    totalOf(layWithPayment(request, payment, true).at(-1)) - payment;
  let low = 0n;
  let high = request.balance * 2n + 1n;
  while (tail(high) > 0n) high *= 2n;
  // A higher payment always leaves a smaller tail, so the sign changes once.
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (tail(middle) > 0n) low = middle;
    else high = middle;
  }
  const best = size(tail(low)) <= size(tail(high)) ? low : high;
  return roundToMultiple(whole(best), request.multiple, mode);
}

export function levelMethodPayment(request: LayRequest): bigint {
  const { product, balance, factors, freePeriods, multiple } = request;
  const { method, payment_rounding: mode } = product.repayment;
  if (method === 'level_payment_actuarial') return actuarialPayment(request);
  if (method === 'level_payment_solved') return solvedPayment(request);
  const periods = method === 'balloon' ? request.amortizationPeriods : factors.length - freePeriods;
  const exact = levelPayment(balance, request.regular, periods);
  return compare(exact, whole(0n)) < 0 ? 0n : roundToMultiple(exact, multiple, mode);
}
