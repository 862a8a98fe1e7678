import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { daySql } from '../day-sql.js';

/**
 * A SELECT of the loans of some funding plans at the close of a sealed day: who and how they are,
 * and of each component `<component>_in` and `<component>_out` over the loan's life.
 */
export function jointLoansSql(day: EpochDay, plans: readonly number[]): string {
  return daySql(import.meta.url, 'joint-loans', day, { plans: listOf(plans) });
}

/** A SELECT of those that left the book before: who they are, and how they were last. */
export function leftJointLoansSql(day: EpochDay, plans: readonly number[]): string {
  const parts = { plans: listOf(plans), day: formatDay(day) };
  return daySql(import.meta.url, 'left-joint-loans', day, parts);
}

/** Of no plan there is no loan; a list must have a member. */
function listOf(plans: readonly number[]): string {
  return [0, ...plans].join(', ');
}
