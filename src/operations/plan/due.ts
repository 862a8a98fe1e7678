import type { EpochDay } from '../../accounting/money/units.js';
import type { Instant } from '../clock/instant.js';
import { holdsOn } from './condition.js';
import type { PlanAtHand } from './plan.js';

/** A business date and when its instance is due. */
export interface DueDate {
  readonly date: EpochDay;
  readonly due: Instant;
}

/** When the instance of a business date is due, if the plan has that date. */
export function dueOf({ plan, zone }: PlanAtHand, date: EpochDay): Instant {
  return zone.instantOf(date + plan.afterDays, plan.at);
}

/** Whether the plan has an instance of that business date. */
export function hasDate({ plan, calendar }: PlanAtHand, date: EpochDay): boolean {
  return date >= plan.firstDate && holdsOn(plan.on, date, calendar);
}
