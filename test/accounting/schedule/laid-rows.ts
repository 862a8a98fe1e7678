import { formatDay } from '../../../src/accounting/calendar/epoch-day.js';
import { formatAmount } from '../../../src/accounting/money/amount-text.js';
import type { Schedule } from '../../../src/accounting/schedule/schedule-rows.js';

/** Rows as a table reads: `2026-02-15 766.80 + 150.00`, principal and interest. */
export function rowsOf({ dueOn, principal, interest }: Schedule): string[] {
  return dueOn.map((due, k) => `${formatDay(due)} ${parts(principal[k], interest[k])}`);
}

/** Rows without their dates: `766.80 + 150.00`. */
export function amountsOf({ principal, interest }: Schedule): string[] {
  return principal.map((part, k) => parts(part, interest[k]));
}

function parts(principal = -1, interest = -1): string {
  return `${formatAmount(principal, 2)} + ${formatAmount(interest, 2)}`;
}
