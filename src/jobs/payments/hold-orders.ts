import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../accounting/money/units.js';
import { dayIsBeingClosed, holdOpenDay } from '../book/open-day.js';
import { takeJobLock } from '../runs/lock-order.js';
import { Patience, type Waits } from '../runs/waiting.js';

/**
 * One at a time changes orders, beside no import: until the transaction ends. Returns the open day.
 * Throws LoanbookError `import_is_running`, `day_is_being_closed` (75).
 */
export async function holdOrders(
  client: pg.Client,
  what: string,
  waits?: Waits,
): Promise<EpochDay> {
  await takeJobLock(client, 'import', new Patience(waits));
  const openDay = await holdOpenDay(client);
  if (openDay.isBeingClosed) throw dayIsBeingClosed(formatDay(openDay.date), what);
  return openDay.date;
}
