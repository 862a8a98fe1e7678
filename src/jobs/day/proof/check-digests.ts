import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import type { DayDifference, DayRange } from './check-inputs.js';

/** The large tables of which a part is hashed when it is whole: its rows, and their order. */
const DIGESTED: Readonly<Record<string, { readonly rows: string; readonly key: string }>> = {
  month_row: { rows: 'month = $1', key: 'month, bucket, loan_id' },
  impairment_loan: { rows: 'as_of = $1', key: 'as_of, bucket, loan_id' },
  event: { rows: 'business_date < $1', key: 'bucket, loan_id, event_id' },
  loan_digest: { rows: 'born_on < $1', key: 'bucket, loan_id' },
  party_key: { rows: 'entered_on = $1', key: 'bucket, party_no' },
  party: { rows: 'entered_on = $1', key: 'bucket, party_no, version' },
  loan_party: { rows: 'entered_on = $1', key: 'bucket, loan_id' },
  merchant_order: { rows: 'entered_on = $1', key: 'bucket, loan_id' },
};

interface Part {
  readonly table: string;
  readonly part: string;
  readonly columns: readonly string[];
  /** Those that the table has. */
  readonly there: readonly string[];
  readonly day: string;
}

interface Share {
  readonly bucket_from: number;
  readonly marks: Buffer | null;
  readonly expected: string | null;
  readonly actual: string | null;
}

/**
 * Holds the parts of large tables that no close writes against the hashes that were taken when each
 * was whole, and names the first row of each share of buckets that differs.
 */
export async function digestDifferences(
  client: pg.Client,
  { from, to }: DayRange,
): Promise<DayDifference[]> {
  // A part that no seal has chained yet is looked at with the last day.
  const { rows: parts } = await client.query<Part>(
    `SELECT table_name AS table, part::text, min(columns) AS columns,
       ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = to_regclass(table_name)
         AND attnum > 0 AND NOT attisdropped) AS there,
       coalesce(max(chained_on), $2::date)::text AS day
     FROM row_digest WHERE coalesce(chained_on, (SELECT max(business_date) FROM sealed_day))
       BETWEEN $1 AND $2
     GROUP BY table_name, part ORDER BY table_name, part`,
    [formatDay(from), formatDay(to)],
  );
  const found: DayDifference[] = [];
  for (const part of parts) found.push(...(await partDifferences(client, part)));
  return found;
}

async function partDifferences(client: pg.Client, part: Part): Promise<DayDifference[]> {
  const { table, columns } = part;
  const own = DIGESTED[table];
  if (own === undefined || !columns.every((name) => part.there.includes(name))) {
    const expected = 'a digested table and its columns';
    return [
      { day: part.day, place: `row_digest ${table}/${part.part}`, expected, actual: 'others' },
    ];
  }
  const rows = `SELECT ${own.key}, sha256(record_send(ROW(${columns.join(', ')}))) AS digest
    FROM ${table} WHERE ${own.rows}`;
  const { rows: shares } = await client.query<Share>(
    `SELECT bucket_from, marks, encode(k.hash, 'hex') AS expected, encode(n.hash, 'hex') AS actual
     FROM (SELECT * FROM row_digest WHERE table_name = $2 AND part = $1::date) AS k
     FULL JOIN (SELECT bucket / 64 * 64 AS bucket_from, count(*) AS rows,
         sha256(string_agg(digest, NULL ORDER BY ${own.key})) AS hash
       FROM (${rows.replace('$1', '$1::date')}) AS r GROUP BY 1) AS n USING (bucket_from)
     WHERE (k.hash, k.rows) IS DISTINCT FROM (n.hash, n.rows)
       -- Rows that changed by right wait for the next seal; a share may have none left.
       AND (k.part IS NULL OR k.hash IS NOT NULL) AND (k.rows > 0 OR n.rows > 0)
     ORDER BY bucket_from`,
    [part.part, table],
  );
  const found: DayDifference[] = [];
  for (const { bucket_from: first, marks, expected, actual } of shares) {
    const key = await firstDiffering(client, { rows, key: own.key, part: part.part, first, marks });
    found.push({
      day: part.day,
      place: `${table} ${key}`,
      expected: expected ?? 'no row',
      actual: actual ?? 'no row',
    });
  }
  return found;
}

/** The key of the first row of a share whose mark is another than was kept in its place. */
async function firstDiffering(
  client: pg.Client,
  share: { rows: string; key: string; part: string; first: number; marks: Buffer | null },
): Promise<string> {
  const { rows } = await client.query<{ key: string; mark: Buffer }>(
    `SELECT concat_ws('/', ${share.key}) AS key, substr(digest, 1, 4) AS mark
     FROM (${share.rows.replace('$1', '$1::date')}) AS r WHERE bucket / 64 * 64 = $2
     ORDER BY ${share.key}`,
    [share.part, share.first],
  );
  const marks = share.marks ?? Buffer.alloc(0);
  const at = rows.findIndex(
    ({ mark }, index) => !mark.equals(marks.subarray(4 * index, 4 * index + 4)),
  );
  if (at >= 0) return rows[at]!.key;
  const last = rows.at(-1)?.key;
  return last === undefined ? `${share.part}, buckets from ${share.first}` : `behind ${last}`;
}
