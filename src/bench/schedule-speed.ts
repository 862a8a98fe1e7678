import { laySchedule } from '../accounting/schedule/schedule.js';
import { productFromValue } from '../jobs/book/documents/product-document.js';

export interface ScheduleSpeed {
  readonly schedules: number;
  readonly instalments: number;
  readonly seconds: number;
}

const FIRST_DAY = 20_468;
const FEWEST_PERIODS = 12;
const MOST_PERIODS = 36;

/**
 * Lays so many level payment schedules of 12 to 36 instalments on one core, each of another
 * principal, rate, term and day in a fixed pattern.
 */
export function scheduleSpeed(schedules: number): ScheduleSpeed {
  const { terms } = productFromValue({ code: 'SPEED' }, { name: 'speed' });
  const started = performance.now();
  let instalments = 0;
  for (let k = 0; k < schedules; k += 1) {
    const { dueOn } = laySchedule(terms, {
      principal: 100_000 + ((k * 97) % 9_000_000),
      ratePpb: 100_000_000 + (k % 200) * 1_000_000,
      periods: FEWEST_PERIODS + (k % (MOST_PERIODS - FEWEST_PERIODS + 1)),
      disbursedOn: FIRST_DAY + (k % 365),
      firstDueOn: null,
    });
    instalments += dueOn.length;
  }
  return { schedules, instalments, seconds: (performance.now() - started) / 1000 };
}
