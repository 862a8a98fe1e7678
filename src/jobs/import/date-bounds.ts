import type { EpochDay } from '../../accounting/money/units.js';
import type { LoanScene } from './row-intake.js';

/** Between which days a new value date lies, both included. */
export interface DateBounds {
  readonly first: EpochDay;
  readonly last: EpochDay;
}

/**
 * By the policy in force on the open day. Today is the clock's, or the open day of a book that is
 * ahead of it: what such a book closes next can't be refused.
 */
export function dateBounds({ openDay, today, boundsOn }: LoanScene): DateBounds {
  const bounds = boundsOn(openDay);
  if (bounds === null) return { first: Number.NEGATIVE_INFINITY, last: Number.POSITIVE_INFINITY };
  const { daysAhead, lateDays } = bounds;
  return {
    first: lateDays === null ? Number.NEGATIVE_INFINITY : openDay - lateDays,
    last: Math.max(today, openDay) + daysAhead,
  };
}

export function isTooFarAhead({ last }: DateBounds, valueDate: EpochDay): boolean {
  return valueDate > last;
}

/** The rule that a value date breaks, or nothing. */
export function ruleOfDate(bounds: DateBounds, valueDate: EpochDay): string {
  if (isTooFarAhead(bounds, valueDate)) return 'value_date_too_far_ahead';
  return valueDate < bounds.first ? 'value_date_too_late' : '';
}
