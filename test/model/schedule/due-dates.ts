import type { Terms } from '../terms.js';
import { daysInMonth, monthsOn, partsOf } from './days.js';

/** The day of the month that due dates keep, before clamping. */
function keptDay(terms: Terms): number {
  const { due_day: dueDay } = terms.product.repayment;
  if (dueDay !== 'anchor') return dueDay;
  const disbursed = partsOf(terms.disbursedOn).day;
  if (terms.firstDueOn === null) return disbursed;
  const first = partsOf(terms.firstDueOn);
  // A first due date that only clamps the disbursement day does not move the anchor.
  const clamped = Math.min(disbursed, daysInMonth(first.year, first.month));
  return first.day === clamped ? disbursed : first.day;
}

function firstDueMonthly(terms: Terms): number {
  const { due_day: dueDay, fixed_day_first_due: when, interval } = terms.product.repayment;
  const start = terms.disbursedOn;
  if (dueDay === 'anchor') return monthsOn(start, interval.every, partsOf(start).day);
  if (when === 'same_month') {
    const same = monthsOn(start, 0, dueDay);
    return same > start ? same : monthsOn(start, 1, dueDay);
  }
  const late = partsOf(start).day > dueDay ? 1 : 0;
  return monthsOn(start, interval.every + late, dueDay);
}

/** Every due date of the agreed periods, each counted from the anchor. */
export function dueDates(terms: Terms): number[] {
  const { interval } = terms.product.repayment;
  const numbers = Array.from({ length: terms.periods }, (_, index) => index);
  if (interval.unit !== 'month') {
    const step = interval.every * (interval.unit === 'week' ? 7 : 1);
    const first = terms.firstDueOn ?? terms.disbursedOn + step;
    return numbers.map((index) => first + index * step);
  }
  const first = terms.firstDueOn ?? firstDueMonthly(terms);
  const day = keptDay(terms);
  return numbers.map((index) =>
    index === 0 ? first : monthsOn(first, index * interval.every, day),
  );
}
