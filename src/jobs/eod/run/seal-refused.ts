import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { sqlStateOf } from '../../../db/connect.js';
import { EXIT, LoanbookError } from '../../../errors.js';

/** What the database refuses to seal, by the state that `seal_day` raises. */
const REFUSALS: Readonly<Record<string, string>> = {
  LB003: 'the steps of the close are not whole',
  LB006: 'its sums do not follow from the day before and from its tasks',
  LB008: 'the seal of the day before does not hold',
};

/** A refusal of `seal_day` as LoanbookError `seal_refused` (3); any other error as it is. */
export function sealRefused(error: unknown, date: EpochDay): unknown {
  const why = REFUSALS[sqlStateOf(error) ?? ''];
  if (why === undefined) return error;
  const day = formatDay(date);
  return new LoanbookError('seal_refused', `${day} is not sealed: ${why}.`, {
    exitCode: EXIT.difference,
    evidence: { businessDate: day, reason: error instanceof Error ? error.message : String(error) },
    next:
      '`loanbook check chain` looks at the days before; ' +
      `\`loanbook eod discard --date ${day} --reason "..."\` undoes this one.`,
    cause: error,
  });
}
