import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { BUCKET_COUNT } from '../../accounting/money/units.js';
import { inTransaction } from '../../db/connect.js';
import { shareOut } from '../../db/share-out.js';
import { readSql } from '../../db/sql-file.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { barrier } from '../runs/barrier.js';
import type { RunUnderWay } from '../runs/with-run.js';
import type { Period } from './period.js';

/** A slice holds this many buckets: 31 days of a million loans are then half a million rows. */
const SLICE = 16;
export const MONTH_ROW_SLICES = BUCKET_COUNT / SLICE;

/**
 * Writes the month row of every loan that stood in the book during a period, a slice of buckets at
 * a time, shared out among sessions and each committed by itself; rows that are there already
 * stay. Returns how many there are.
 * Throws LoanbookError `month_rows_differ` (exit 3) where their closing balances are not those of
 * the positions.
 */
export async function writeMonthRows(
  sessions: readonly [pg.Client, ...pg.Client[]],
  period: Period,
  onSlice: () => void,
  run: RunUnderWay,
  signal?: AbortSignal,
): Promise<number> {
  const sql = readSql(import.meta.url, 'month-rows');
  const days = [formatDay(period.first), formatDay(period.last)];
  await shareOut(sessions, [...Array(MONTH_ROW_SLICES).keys()], async (session, slice) => {
    signal?.throwIfAborted();
    await inTransaction(session, async () => {
      await run.fence(session);
      await session.query(sql, [...days, slice * SLICE, (slice + 1) * SLICE - 1]);
      await barrier('period.rows');
    });
    onSlice();
  });
  return requireClosing(sessions[0], period);
}

const MEASURES = ['principal', 'interest', 'penalty', 'compound', 'fee', 'suspense'] as const;

async function requireClosing(client: pg.Client, period: Period): Promise<number> {
  const { rows } = await client.query<{ loans: number } & Record<string, number | bigint>>(
    `SELECT count(*) AS loans, ${MEASURES.map(
      (name) => `coalesce(sum(closing_${name}), 0) AS ${name}`,
    ).join(', ')} FROM month_row WHERE month = $1`,
    [`${period.name}-01`],
  );
  const { rows: standing } = await client.query<
    { loans: number } & Record<string, number | bigint>
  >(
    `SELECT coalesce(sum(principal), 0) AS principal,
       coalesce(sum(interest_accrued + interest_due), 0) AS interest,
       coalesce(sum(penalty_due), 0) AS penalty,
       coalesce(sum(compound_due), 0) AS compound,
       coalesce(sum(fee_due), 0) AS fee,
       coalesce(sum(suspense - refund_due), 0) AS suspense
     FROM subledger_total WHERE business_date = $1`,
    [formatDay(period.last)],
  );
  const written = rows[0]!;
  const expected = standing[0]!;
  const differing = MEASURES.filter((name) => written[name] !== expected[name]);
  if (differing.length === 0) return written.loans;
  throw new LoanbookError('month_rows_differ', 'The month rows do not sum to the positions.', {
    exitCode: EXIT.difference,
    evidence: {
      period: period.name,
      ...Object.fromEntries(
        differing.map((name) => [name, `expected ${expected[name]}, actual ${written[name]}`]),
      ),
    },
    next: `\`loanbook reconcile gl --from ${formatDay(period.first)} --loans\` looks closer.`,
  });
}
