import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import { bucketOf } from '../../../accounting/fold/loan-bucket.js';
import { lookOf } from '../../book/look.js';
import type { DayDifference, DayRange } from './check-inputs.js';

interface Look {
  readonly loan_no: string;
  /** Of each row that `loan_look` has; a null look is worked out by the next import. */
  readonly looks: readonly { readonly bucket: number; readonly look: string | null }[];
  readonly is_there: boolean;
}

/** The looks of loan numbers against the numbers themselves, and the buckets of loans. */
export async function lookDifferences(
  client: pg.Client,
  { to }: DayRange,
): Promise<DayDifference[]> {
  const { rows } = await client.query<Look>(
    `SELECT loan_no, coalesce(k.looks, '[]') AS looks, l.loan_no IS NOT NULL AS is_there
     FROM (SELECT DISTINCT loan_no FROM loan WHERE loan_no COLLATE "C" !~ '^[!-\`{-~]+$') AS l
     FULL JOIN (SELECT loan_no, json_agg(json_build_object('bucket', bucket, 'look', look)) AS looks
       FROM loan_look GROUP BY loan_no) AS k USING (loan_no) ORDER BY loan_no COLLATE "C"`,
  );
  const found: DayDifference[] = [];
  for (const row of rows) {
    const look = lookOf(row.loan_no);
    const expected = row.is_there ? JSON.stringify({ bucket: bucketOf(row.loan_no), look }) : '';
    const actual = row.looks.map((own) => JSON.stringify({ ...own, look: own.look ?? look }));
    // A number that is its own look needs no row.
    const isRight =
      actual.join() === expected ||
      (actual.length === 0 && (!row.is_there || look === row.loan_no));
    if (isRight) continue;
    const place = `loan_look ${row.loan_no}`;
    found.push({ day: formatDay(to), place, expected, actual: actual.join(' ') || 'no row' });
  }
  return found.slice(0, 20);
}
