import { Refusal } from '../../../accounting/money/refusal.js';
import type { ProductTerms } from '../../../accounting/product/product.js';
import { laySchedule } from '../../../accounting/schedule/schedule.js';
import type { LoanContract, Schedule } from '../../../accounting/schedule/schedule-rows.js';
import type { ObservedRows } from '../fit/observed-loan.js';

/** Where two schedules of a loan first differ. */
export interface ScheduleDifference {
  /** From 1. */
  readonly seq: number;
  readonly field: 'due_on' | 'principal' | 'interest' | 'rows';
  /** A day, an amount in minor units, a number of rows. */
  readonly theirs: number;
  readonly ours: number;
}

type Key = keyof ProductTerms['repayment'] | keyof ProductTerms['interest'];

/** Conventions that other systems have otherwise, the likeliest first. */
const CONVENTIONS: readonly (readonly [Key, readonly unknown[]])[] = [
  ['paymentRounding', ['half_up', 'up', 'half_even', 'down']],
  ['carryFraction', [true, false]],
  ['rounding', ['half_up', 'half_even', 'down', 'up']],
  ['basis', [360, 365, 'actual', 364]],
  ['periodInterest', ['monthly', 'actual_days', 'thirty_360']],
  ['firstPeriod', ['actual_days', 'whole_period', 'months_plus_days']],
  ['oddDays', ['daily', 'proportion_of_month']],
  ['monthlyRateDecimals', [null, 4, 5, 6, 7, 8, 10]],
  ['fixedDayFirstDue', ['next_month', 'same_month']],
  ['method', ['level_payment', 'level_payment_solved', 'level_payment_actuarial']],
  ['flatTotal', [false, true]],
  ['yearCut', ['dec_31', 'jan_1']],
];

/** Two that are often changed together. */
const PAIRS: readonly (readonly [Key, Key])[] = [
  ['paymentRounding', 'carryFraction'],
  ['paymentRounding', 'rounding'],
  ['periodInterest', 'basis'],
  ['firstPeriod', 'oddDays'],
];

/** Undefined: they ask the same on the same days. */
export function firstDifference(
  theirs: ObservedRows,
  ours: Schedule,
): ScheduleDifference | undefined {
  const length = Math.min(theirs.dueOn.length, ours.dueOn.length);
  for (let k = 0; k < length; k += 1) {
    for (const [field, key] of [
      ['due_on', 'dueOn'],
      ['principal', 'principal'],
      ['interest', 'interest'],
    ] as const) {
      const [their, our] = [theirs[key][k]!, ours[key][k]!];
      if (their !== our) return { seq: k + 1, field, theirs: their, ours: our };
    }
  }
  const [their, our] = [theirs.dueOn.length, ours.dueOn.length];
  return their === our ? undefined : { seq: length + 1, field: 'rows', theirs: their, ours: our };
}

/**
 * The convention that most likely explains a schedule that differs: the one by which the product
 * would lay it to the minor unit, as `key: value`; else where it differs, in a word: `last
 * instalment`, `first period`, `due dates`, `roundings`, `unknown`.
 */
export function explainSchedule(
  terms: ProductTerms,
  contract: LoanContract,
  theirs: ObservedRows,
): string {
  const meets = (changes: Readonly<Record<string, unknown>>) => {
    const schedule = lay(changed(terms, changes), contract);
    return schedule !== undefined && firstDifference(theirs, schedule) === undefined;
  };
  for (const [key, values] of CONVENTIONS) {
    for (const value of values) if (meets({ [key]: value })) return `${wordOf(key)}: ${value}`;
  }
  for (const [one, other] of PAIRS) {
    for (const a of valuesOf(one)) {
      for (const b of valuesOf(other)) {
        if (meets({ [one]: a, [other]: b })) {
          return `${wordOf(one)}: ${a}, ${wordOf(other)}: ${b}`;
        }
      }
    }
  }
  return placeOf(theirs, lay(terms, contract));
}

function valuesOf(key: Key): readonly unknown[] {
  return CONVENTIONS.find(([name]) => name === key)?.[1] ?? [];
}

function changed(terms: ProductTerms, changes: Readonly<Record<string, unknown>>): ProductTerms {
  const of = (group: object) =>
    Object.fromEntries(Object.entries(changes).filter(([key]) => key in group));
  const { repayment, interest } = terms;
  return {
    ...terms,
    repayment: { ...repayment, ...of(repayment) },
    interest: { ...interest, ...of(interest) },
  };
}

/** Undefined: the product lays no such loan. */
function lay(terms: ProductTerms, contract: LoanContract): Schedule | undefined {
  try {
    return laySchedule(terms, contract);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

/** Largest difference that roundings, row by row, add up to. */
const ROUNDINGS_MAX = 3;

function placeOf(theirs: ObservedRows, ours: Schedule | undefined): string {
  if (ours === undefined || ours.dueOn.length !== theirs.dueOn.length) return 'unknown';
  const differing = ours.dueOn.map((dueOn, k) => ({
    day: dueOn !== theirs.dueOn[k],
    amount: Math.max(
      Math.abs(ours.principal[k]! - theirs.principal[k]!),
      Math.abs(ours.interest[k]! - theirs.interest[k]!),
    ),
  }));
  const last = differing.length - 1;
  if (differing.every(({ amount }) => amount === 0)) return 'due dates';
  const isEqual = ({ amount, day }: { amount: number; day: boolean }) => amount === 0 && !day;
  if (differing.slice(0, last).every(isEqual)) return 'last instalment';
  if (differing[0]!.amount > 0 && differing.slice(1, last).every(isEqual)) return 'first period';
  return differing.every(({ amount }) => amount <= ROUNDINGS_MAX) ? 'roundings' : 'unknown';
}

function wordOf(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
