import { parseDay } from '../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../accounting/money/units.js';
import { EXIT, LoanbookError } from '../../errors.js';

/** An option that is a date; undefined stays undefined. Throws `malformed_date` (exit 2). */
export function dayOption(name: string, text: string | undefined): EpochDay | undefined {
  if (text === undefined) return undefined;
  const day = parseDay(text);
  if (day !== undefined) return day;
  throw new LoanbookError('malformed_date', `${name} is not a date`, {
    exitCode: EXIT.usage,
    evidence: { option: name, value: text },
    next: 'write it as YYYY-MM-DD, for example 2026-01-31',
  });
}
