import {
  type CivilDate,
  civilOf,
  dayInMonth,
  formatDay,
  monthIndex,
} from '../calendar/epoch-day.js';
import { Refusal } from '../money/refusal.js';
import type { EpochDay } from '../money/units.js';
import type { ProductTerms } from '../product/product.js';
import type { LoanContract } from './schedule-rows.js';

/**
 * The due dates of a contract, one a period and strictly increasing (CONVENTIONS, Days). Monthly
 * ones come from an anchor day, never from the date before. Throws Refusal
 * `first_due_not_after_disbursement`.
 */
export function dueDates(terms: ProductTerms, contract: LoanContract): EpochDay[] {
  const { disbursedOn, firstDueOn, periods } = contract;
  if (firstDueOn !== null && firstDueOn <= disbursedOn) {
    throw new Refusal(
      'first_due_not_after_disbursement',
      'the first due date is after the disbursement',
      { disbursedOn: formatDay(disbursedOn), firstDueOn: formatDay(firstDueOn) },
    );
  }
  const { every, unit } = terms.repayment.interval;
  const dues: EpochDay[] = new Array(periods);
  if (unit !== 'month') {
    const step = unit === 'week' ? 7 * every : every;
    const first = firstDueOn ?? disbursedOn + step;
    for (let k = 0; k < periods; k += 1) dues[k] = first + k * step;
    return dues;
  }
  const start = civilOf(disbursedOn);
  const first = firstDueOn === null ? null : civilOf(firstDueOn);
  const anchorDay = anchorOf(terms, start, first);
  const firstMonth = first === null ? firstDueMonth(terms, start) : monthIndex(first);
  for (let k = 0; k < periods; k += 1) dues[k] = dayInMonth(firstMonth + k * every, anchorDay);
  if (firstDueOn !== null) dues[0] = firstDueOn;
  return dues;
}

/** The day of the month that the due dates are clamped from. */
function anchorOf(terms: ProductTerms, start: CivilDate, first: CivilDate | null): number {
  if (terms.repayment.dueDay !== 'anchor') return terms.repayment.dueDay;
  if (first === null) return start.day;
  const clamped = civilOf(dayInMonth(monthIndex(first), start.day)).day;
  return first.day === clamped ? start.day : first.day;
}

function firstDueMonth(terms: ProductTerms, start: CivilDate): number {
  const { dueDay, fixedDayFirstDue, interval } = terms.repayment;
  const month = monthIndex(start);
  if (dueDay === 'anchor') return month + interval.every;
  if (fixedDayFirstDue === 'same_month') {
    const thisMonths = civilOf(dayInMonth(month, dueDay)).day;
    return start.day < thisMonths ? month : month + 1;
  }
  return month + interval.every + (start.day > dueDay ? 1 : 0);
}
