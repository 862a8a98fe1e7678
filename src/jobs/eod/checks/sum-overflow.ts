import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { sqlStateOf } from '../../../db/outage.js';
import { LoanbookError } from '../../../errors.js';

const NUMERIC_VALUE_OUT_OF_RANGE = '22003';

/**
 * Runs a statement that sums a day into `table`. Throws LoanbookError `sum_out_of_range` where a
 * sum is no int8: the amounts of every loan were held to safe integers before, so that it takes
 * more than a thousand loans of the largest amount, or a sum of an earlier day that was changed.
 */
export async function sumInto<T>(
  table: string,
  date: EpochDay,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (sqlStateOf(error) !== NUMERIC_VALUE_OUT_OF_RANGE) throw error;
    throw new LoanbookError('sum_out_of_range', `A sum of ${table} outgrows its column.`, {
      evidence: { businessDate: formatDay(date), table, max: '9223372036854775807' },
      next: `\`loanbook gl trial-balance --as-of ${formatDay(date - 1)}\` shows what is near it.`,
      cause: error,
    });
  }
}
