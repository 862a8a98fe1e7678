import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { EXIT, LoanbookError } from '../../../errors.js';

/** A merchant of which no document is in force. */
export function merchantWithoutTerms(merchant: string, date: EpochDay): LoanbookError {
  return new LoanbookError('unknown_merchant', 'No document of the merchant is in force.', {
    exitCode: EXIT.usage,
    evidence: { merchant, date: formatDay(date) },
    next: 'Name a later date, or apply its document: `loanbook merchant apply FILE`.',
  });
}
