import type pg from 'pg';
import type { Position } from '../../../accounting/fold/position.js';
import type { Fen } from '../../../accounting/money/units.js';
import { loanOfRecord, positionRecord } from './joint-stocks.js';

/** A loan as a close booked it. */
export interface BookedLoan {
  readonly position: Position;
  /** Of its life: see `posting/totals`. */
  readonly totals: readonly Fen[];
}

const SELECT = `SELECT ${positionRecord('p')} AS row FROM position p
  WHERE bucket = $1 AND loan_id = $2`;

/** As it stood on a sealed day; of a loan that left before, as it was last. */
export async function bookedLoan(
  client: pg.Client,
  { bucket, loanId, bornOn }: { bucket: number; loanId: number; bornOn: string },
  day: string,
): Promise<BookedLoan | undefined> {
  if (bornOn > day) return undefined;
  const key = [bucket, loanId, day];
  const ofDay = await client.query<{ row: Buffer }>(`${SELECT} AND business_date = $3`, key);
  const [found] =
    ofDay.rows[0] === undefined
      ? (
          await client.query<{ row: Buffer }>(
            `${SELECT} AND business_date BETWEEN $4 AND $3 ORDER BY business_date DESC LIMIT 1`,
            [...key, bornOn],
          )
        ).rows
      : ofDay.rows;
  return found === undefined ? undefined : loanOfRecord(found.row);
}
