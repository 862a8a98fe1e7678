import { Refusal } from '../../../accounting/money/refusal.js';
import type { Fen } from '../../../accounting/money/units.js';
import type { ProductTerms } from '../../../accounting/product/product.js';
import { annualRatePpb } from '../../../accounting/schedule/period-interest.js';
import { laySchedule } from '../../../accounting/schedule/schedule.js';
import type { Schedule } from '../../../accounting/schedule/schedule-rows.js';
import type { ObservedLoan } from './observed-loan.js';

/** How well product parameters reproduce loans: of those that say it, how many meet exactly. */
export interface Score {
  readonly loans: number;
  /** Loans of which everything that is known is met. */
  readonly exact: number;
  /** Figures and schedules that are met, or missed by one minor unit. */
  readonly near: number;
  readonly installments: Share;
  readonly balances: Share;
  readonly rows: Share;
  /** Mean of ln(1 + difference in minor units) over all that is known: 0 where all is met. */
  readonly error: number;
}

export interface Share {
  readonly known: number;
  readonly met: number;
}

/** What a loan that no schedule can be laid for counts as: a difference of a million yuan. */
const REFUSED = Math.log1p(100_000_000);

class Tally {
  known = 0;
  met = 0;
  add(difference: number): boolean {
    this.known += 1;
    if (difference === 0) this.met += 1;
    return difference === 0;
  }
}

/** Lays every loan under the terms and holds what is known of it against that. */
export function scoreTerms(terms: ProductTerms, loans: readonly ObservedLoan[]): Score {
  const tallies = { installments: new Tally(), balances: new Tally(), rows: new Tally() };
  let exact = 0;
  let near = 0;
  let error = 0;
  let known = 0;
  for (const loan of loans) {
    const schedule = laid(terms, loan);
    let isMet = true;
    for (const [aspect, difference] of differencesOf(loan, schedule)) {
      known += 1;
      if (difference <= 1) near += 1;
      error += schedule === undefined ? REFUSED : Math.log1p(difference);
      if (!tallies[aspect].add(difference)) isMet = false;
    }
    if (isMet) exact += 1;
  }
  return { loans: loans.length, exact, near, ...tallies, error: known === 0 ? 0 : error / known };
}

/** Undefined: these terms cannot lay such a loan. */
export function laid(terms: ProductTerms, loan: ObservedLoan): Schedule | undefined {
  const { principal, periods, disbursedOn, firstDueOn, rateUnitPpb } = loan;
  try {
    const ratePpb = annualRatePpb(terms, rateUnitPpb);
    return laySchedule(terms, { principal, ratePpb, periods, disbursedOn, firstDueOn });
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

type Aspect = 'installments' | 'balances' | 'rows';

/** In minor units, summed over the rows for a schedule; a day apart counts as a yuan. */
function differencesOf(loan: ObservedLoan, schedule: Schedule | undefined): [Aspect, number][] {
  const { installment, balance, rows } = loan;
  const found: [Aspect, number][] = [];
  const refused = Number.POSITIVE_INFINITY;
  if (installment !== null) {
    const own = schedule === undefined ? refused : regular(schedule) - installment;
    found.push(['installments', Math.abs(own)]);
  }
  if (balance !== null) {
    found.push(['balances', schedule === undefined ? refused : balanceOff(balance, schedule)]);
  }
  if (rows !== null) {
    found.push(['rows', schedule === undefined ? refused : rowsOff(rows, schedule)]);
  }
  return found;
}

/** The second instalment where there is one: the first may be of an odd period. */
function regular({ principal, interest }: Schedule): Fen {
  const at = principal.length > 2 ? 1 : 0;
  return (principal[at] ?? 0) + (interest[at] ?? 0);
}

function balanceOff(
  { left, paidPeriods }: NonNullable<ObservedLoan['balance']>,
  { balanceAfter }: Schedule,
): number {
  if (paidPeriods !== null && paidPeriods > 0) {
    return Math.abs((balanceAfter[paidPeriods - 1] ?? 0) - left);
  }
  let off = Number.MAX_SAFE_INTEGER;
  for (const after of balanceAfter) off = Math.min(off, Math.abs(after - left));
  return off;
}

function rowsOff(rows: NonNullable<ObservedLoan['rows']>, schedule: Schedule): number {
  const length = Math.max(rows.dueOn.length, schedule.dueOn.length);
  let off = 0;
  for (let k = 0; k < length; k += 1) {
    off += Math.abs((schedule.principal[k] ?? 0) - (rows.principal[k] ?? 0));
    off += Math.abs((schedule.interest[k] ?? 0) - (rows.interest[k] ?? 0));
    off += 100 * Math.abs((schedule.dueOn[k] ?? 0) - (rows.dueOn[k] ?? 0));
  }
  return off;
}
