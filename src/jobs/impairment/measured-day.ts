import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../accounting/money/units.js';
import { type Evidence, EXIT, LoanbookError } from '../../errors.js';

/** What a run of impairment stands on. */
export interface Frame {
  readonly asOf: EpochDay;
  readonly previousRun: string | null;
  readonly minorDigits: number;
  /** It is the day of the last run. */
  readonly isDone: boolean;
}

/**
 * The day that is measured: the one asked for, else the last; it is sealed. Throws LoanbookError
 * `day_not_sealed` (exit 2).
 */
export async function requireSealedDay(
  client: pg.Client,
  asOf: EpochDay | undefined,
): Promise<EpochDay> {
  const { rows } = await client.query<{ day: EpochDay | null; last: string | null }>(
    `SELECT (SELECT max(business_date) - DATE '1970-01-01' FROM sealed_day
         WHERE $1::date IS NULL OR business_date = $1) AS day,
       (SELECT max(business_date)::text FROM sealed_day) AS last`,
    [asOf === undefined ? null : formatDay(asOf)],
  );
  const { day = null, last = null } = rows[0] ?? {};
  if (day !== null) return day;
  throw new LoanbookError('day_not_sealed', 'There is no such sealed day.', {
    exitCode: EXIT.usage,
    evidence: { asOf: asOf === undefined ? 'the last' : formatDay(asOf), lastSealed: last },
    next: '`loanbook eod run` closes and seals a day.',
  });
}

/** Throws LoanbookError `impairment_was_run` (exit 2) where a later day was measured. */
export async function frameOf(client: pg.Client, day: EpochDay): Promise<Frame> {
  const { rows } = await client.query<{
    last: string | null;
    digits: number;
    ran: string | null;
    before: string | null;
  }>(
    `SELECT (SELECT max(business_date)::text FROM sealed_day) AS last,
       (SELECT minor_digits FROM book) AS digits,
       (SELECT max(as_of)::text FROM impairment_run) AS ran,
       (SELECT max(as_of)::text FROM impairment_run
          WHERE as_of < (SELECT max(as_of) FROM impairment_run)) AS before`,
  );
  const { last = null, digits = 2, ran = null, before = null } = rows[0] ?? {};
  if (ran === null || ran < formatDay(day)) {
    return { asOf: day, previousRun: ran, minorDigits: digits, isDone: false };
  }
  if (ran === formatDay(day)) {
    return { asOf: day, previousRun: before, minorDigits: digits, isDone: true };
  }
  throw wasRun({ asOf: formatDay(day), lastSealed: last, lastRun: ran });
}

export function wasRun(evidence: Evidence): LoanbookError {
  return new LoanbookError(
    'impairment_was_run',
    'Impairment was run for a later day, or for that day under other parameters.',
    {
      exitCode: EXIT.usage,
      evidence,
      next: 'Nothing is posted twice: close another day first.',
    },
  );
}
