import type { z } from 'zod';
import { field, flag, integer, mapping, oneOf, someOf } from '../../../documents/fields.js';
import { type Condition, WEEKDAYS } from '../../../operations/plan/condition.js';

const MONTH_DAYS_MAX = 31;

/** The day of a month, with a minus from its end. */
function monthPlace() {
  const rule = `must be 1 to ${MONTH_DAYS_MAX}, or -1 to -${MONTH_DAYS_MAX} from the end`;
  const schema = { type: 'integer', minimum: -MONTH_DAYS_MAX, maximum: MONTH_DAYS_MAX };
  return field(rule, schema, (text) => {
    const place = /^-?[0-9]{1,2}$/.test(text) ? Number(text) : 0;
    return place !== 0 && Math.abs(place) <= MONTH_DAYS_MAX ? place : undefined;
  });
}

export const conditionSchema = mapping({
  months: someOf(integer(1, 12)).optional(),
  weekdays: someOf(oneOf(...WEEKDAYS)).optional(),
  working: flag().optional(),
  month_day: someOf(monthPlace()).optional(),
  working_day: someOf(monthPlace()).optional(),
});

/** A condition as the engine takes it. */
export function readCondition(condition: z.output<typeof conditionSchema>): Condition {
  return {
    months: condition.months ?? null,
    weekdays: condition.weekdays ?? null,
    monthDay: condition.month_day ?? null,
    working: condition.working ?? null,
    workingDay: condition.working_day ?? null,
  };
}
