import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { EXIT, LoanbookError } from '../../../errors.js';
import type { HeldRun } from '../../runs/lease.js';

/** Throws LoanbookError `too_many_held`, naming the first loans. */
export async function requireFewHeld(
  control: pg.Client,
  run: HeldRun,
  date: EpochDay,
  maxHeld: number,
): Promise<void> {
  const { rows } = await control.query<{ loan_no: string; reason: string; held: number }>(
    `SELECT l.loan_no, h.reason, count(*) OVER () AS held
     FROM held_loan h JOIN loan l ON l.bucket = h.bucket AND l.loan_id = h.loan_id
     WHERE h.business_date = $1 ORDER BY h.bucket, h.loan_id LIMIT 3`,
    [formatDay(date)],
  );
  const held = rows[0]?.held ?? 0;
  if (held <= maxHeld) return;
  const evidence: Record<string, string | number> = {
    business_date: formatDay(date),
    run: run.runId,
    held,
    max_held: maxHeld,
  };
  for (const row of rows) evidence[`loan ${row.loan_no}`] = row.reason;
  throw new LoanbookError('too_many_held', 'too many loans could not be folded', {
    exitCode: EXIT.failed,
    evidence,
    next: `loanbook runs show ${run.runId} lists them; --max-held raises the cap`,
  });
}
