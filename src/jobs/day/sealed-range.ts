import type pg from 'pg';
import { formatDay, parseDay } from '../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../accounting/money/units.js';
import { EXIT, LoanbookError } from '../../errors.js';

/** Sealed days that follow one another, and what amounts of the book are written in. */
export interface SealedRange {
  readonly from: EpochDay;
  readonly to: EpochDay;
  /** The first day of the book: no balance stands before it. */
  readonly firstDay: EpochDay;
  readonly entity: string;
  readonly currency: string;
  readonly minorDigits: number;
}

interface BookRow {
  readonly entity: string;
  readonly currency: string;
  readonly minorDigits: number;
  readonly firstSealed: string | null;
  readonly lastSealed: string | null;
}

/**
 * The days `from` to `to`, both included; left out, `to` is the last sealed day and `from` the same
 * as `to`. Throws LoanbookError `nothing_sealed` (1), `range_reversed` and `day_not_sealed` (2).
 */
export async function sealedRange(
  client: pg.Client,
  asked: { readonly from?: EpochDay; readonly to?: EpochDay },
): Promise<SealedRange> {
  const { rows } = await client.query<BookRow>(
    `SELECT entity, currency, minor_digits AS "minorDigits",
       (SELECT min(business_date) FROM sealed_day) AS "firstSealed",
       (SELECT max(business_date) FROM sealed_day) AS "lastSealed"
     FROM book`,
  );
  const { firstSealed = null, lastSealed = null, ...book } = rows[0] ?? {};
  if (firstSealed === null || lastSealed === null) throw nothingSealed();
  const [firstDay, lastDay] = [parseDay(firstSealed)!, parseDay(lastSealed)!];
  const to = asked.to ?? lastDay;
  const from = asked.from ?? to;
  if (from > to) throw reversed(from, to);
  if (from < firstDay || to > lastDay) {
    throw new LoanbookError('day_not_sealed', 'Not every day of the range is sealed.', {
      exitCode: EXIT.usage,
      evidence: { from: formatDay(from), to: formatDay(to), firstSealed, lastSealed },
      next: 'Name sealed days, or close more of them with `loanbook eod run`.',
    });
  }
  return { ...(book as Omit<BookRow, 'firstSealed' | 'lastSealed'>), from, to, firstDay };
}

function nothingSealed(): LoanbookError {
  return new LoanbookError('nothing_sealed', 'No day is sealed yet: the ledger has no balances.', {
    next: '`loanbook eod run` closes and seals a day.',
  });
}

function reversed(from: EpochDay, to: EpochDay): LoanbookError {
  return new LoanbookError('range_reversed', 'The range ends before it begins.', {
    exitCode: EXIT.usage,
    evidence: { from: formatDay(from), to: formatDay(to) },
    next: 'Give --from a day that is not after --to.',
  });
}
