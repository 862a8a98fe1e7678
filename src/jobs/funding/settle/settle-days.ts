import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import { Refusal } from '../../../accounting/money/refusal.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { type Evidence, EXIT, LoanbookError } from '../../../errors.js';

/** A day that the calendar does not hold is said as what is to be done about it. */
export function withinYears<T>(whose: Evidence, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new LoanbookError(error.code, error.message, {
      exitCode: EXIT.usage,
      evidence: { ...whose, ...error.evidence },
      next: 'Add the year with `loanbook calendar apply FILE`.',
    });
  }
}

export function notClosed(whose: Evidence, openDay: EpochDay, date: EpochDay): LoanbookError {
  return new LoanbookError('items_not_closed', 'Items are due of a day that is not closed.', {
    exitCode: EXIT.usage,
    evidence: { ...whose, businessDate: formatDay(openDay), date: formatDay(date) },
    next: 'Close the day with `loanbook eod run` first, or name an earlier date.',
  });
}
