import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import type { Difference } from '../check-result.js';

/** A difference and the sealed day that it belongs to, YYYY-MM-DD. */
export interface DayDifference extends Difference {
  readonly day: string;
}

export interface DayRange {
  readonly from: EpochDay;
  readonly to: EpochDay;
}

interface ChainedTable {
  readonly name: string;
  readonly dayColumn: string;
  /** Columns of its key, and all columns that it has. */
  readonly key: readonly string[] | null;
  readonly columns: readonly string[] | null;
  /** The lists of columns that seals have read of it. */
  readonly sets: readonly (readonly string[])[];
}

/** Differences of a table that are shown. */
const SHOWN_MAX = 20;

/**
 * Holds the rows of the chained tables, all of them or those named, against what the seals of a
 * range have chained of them: a row that was changed, taken out or put in behind a seal is named by
 * its table, its key and the day. Rows that came in since the last seal are not chained yet.
 */
export async function inputDifferences(
  client: pg.Client,
  range: DayRange,
  only?: readonly string[],
): Promise<DayDifference[]> {
  const first = await firstChainedDay(client);
  if (first === null) return [];
  const found = await recordDifferences(client, range);
  for (const table of await chainedTables(client, only)) {
    found.push(...(await tableDifferences(client, table, first, range)));
  }
  return found;
}

async function firstChainedDay(client: pg.Client): Promise<string | null> {
  const { rows } = await client.query<{ first: string | null }>(
    'SELECT min(business_date)::text AS first FROM sealed_day WHERE inputs_hash IS NOT NULL',
  );
  return rows[0]?.first ?? null;
}

/** The tables that seals have chained, as well as those that the next one is going to chain. */
async function chainedTables(
  client: pg.Client,
  only: readonly string[] | undefined,
): Promise<ChainedTable[]> {
  const { rows } = await client.query<ChainedTable>(
    `SELECT name, coalesce(c.day_column, 'chained_on') AS "dayColumn",
       (SELECT array_agg(a.attname::text ORDER BY k.place)
        FROM pg_index i CROSS JOIN unnest(i.indkey::smallint[]) WITH ORDINALITY AS k (attnum, place)
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
        WHERE i.indrelid = to_regclass(quote_ident(name)) AND i.indisprimary) AS key,
       (SELECT array_agg(attname::text) FROM pg_attribute
        WHERE attrelid = to_regclass(quote_ident(name)) AND attnum > 0 AND NOT attisdropped)
         AS columns,
       (SELECT coalesce(json_agg(DISTINCT to_json(columns)::jsonb), '[]') FROM sealed_input
        WHERE table_name = name) AS sets
     FROM (SELECT table_name AS name FROM chained_table
       UNION SELECT DISTINCT table_name FROM sealed_input) AS t
     LEFT JOIN chained_table c ON c.table_name = name
     WHERE $1::text[] IS NULL OR name = ANY ($1) ORDER BY name`,
    [only ?? null],
  );
  return rows;
}

const ident = (name: string): string => `"${name.replaceAll('"', '""')}"`;

async function tableDifferences(
  client: pg.Client,
  table: ChainedTable,
  first: string,
  { from, to }: DayRange,
): Promise<DayDifference[]> {
  const { name, key, columns, sets } = table;
  const gone = (what: string): DayDifference[] => [
    { day: formatDay(from), place: what, expected: 'as it was sealed', actual: 'gone' },
  ];
  if (key === null || columns === null) return gone(name);
  if (!columns.includes(table.dayColumn)) return gone(`${name}.${table.dayColumn}`);
  for (const column of new Set(sets.flat())) {
    if (!columns.includes(column)) return gone(`${name}.${column}`);
  }
  const { rows } = await client.query<DayDifference>(differenceSql(table), [
    name,
    first,
    formatDay(from),
    formatDay(to),
    ...sets.map((set) => JSON.stringify(set)),
  ]);
  return rows;
}

/**
 * What was last chained of each row against the row. A row may say that it was changed since: then
 * it has counted the change and waits for the next seal.
 */
function differenceSql({ name, dayColumn, key, columns, sets }: ChainedTable): string {
  const day = dayColumn === 'chained_on' ? 'chained_on' : `greatest(${ident(dayColumn)}, $2::date)`;
  const digests = sets.map((set, index) => {
    const row = set.map((column) => `t.${ident(column)}`).join(', ');
    return `, substr(sha256(record_send(ROW(${row}))), 1, 16) AS digest_${index}`;
  });
  const which = sets.map((_, index) => ` WHEN $${index + 5}::jsonb THEN n.digest_${index}`);
  const digest = sets.length === 0 ? 'NULL::bytea' : `CASE k.columns${which.join('')} END`;
  const changes = columns?.includes('changes') === true ? 't.changes' : '0';
  return `WITH kept AS (
      SELECT DISTINCT ON (u.key) s.business_date AS day, to_jsonb(s.columns) AS columns, u.*
      FROM sealed_input s
        CROSS JOIN LATERAL unnest(s.keys, s.changes, s.digests) AS u (key, changes, digest)
      WHERE s.table_name = $1 ORDER BY u.key, s.business_date DESC
    ), standing AS (
      SELECT concat_ws('/', ${key?.map((column) => `t.${ident(column)}`).join(', ')}) AS key,
        ${day} AS day, ${changes} AS changes${digests.join('')}
      FROM ${ident(name)} AS t
    ), last AS (
      SELECT max(business_date) AS day FROM sealed_day WHERE business_date >= $2::date
    ), compared AS (
      SELECT coalesce(k.day, n.day) AS day, coalesce(k.key, n.key) AS key,
        CASE WHEN k.key IS NULL THEN 'no row' ELSE encode(k.digest, 'hex') END AS expected,
        CASE WHEN n.key IS NULL THEN 'no row'
          WHEN k.key IS NULL THEN 'a row'
          WHEN n.day IS DISTINCT FROM k.day
            THEN 'a row of ' || coalesce(n.day::text, 'no day') || ', unchanged'
          ELSE encode(${digest}, 'hex') END AS actual
      FROM kept k FULL JOIN standing n USING (key)
      WHERE CASE
        WHEN k.key IS NULL THEN n.day IS NOT NULL
          ${dayColumn === 'chained_on' ? '' : 'AND n.day <> (SELECT business_date FROM book)'}
        WHEN n.key IS NULL THEN true
        WHEN n.day = k.day THEN ${digest} IS DISTINCT FROM k.digest
        ELSE n.day IS NOT NULL OR n.changes <= coalesce(k.changes, n.changes) END
    )
    SELECT greatest(least(day, $4::date), $3::date)::text AS day, $1::text || ' ' || key AS place,
      expected, actual
    FROM compared WHERE day BETWEEN $3::date AND $4::date OR day > (SELECT day FROM last)
    ORDER BY compared.day, key LIMIT ${SHOWN_MAX}`;
}

/** What the seals have kept must be what their own hash and that of the day say. */
async function recordDifferences(
  client: pg.Client,
  { from, to }: DayRange,
): Promise<DayDifference[]> {
  const { rows } = await client.query<DayDifference>(
    `WITH days AS (
       SELECT coalesce(d.business_date, i.business_date) AS day, d.inputs_hash AS expected,
         sha256(coalesce(convert_to(i.head, 'UTF8') || i.hashes, '')) AS actual
       FROM (SELECT * FROM sealed_day WHERE inputs_hash IS NOT NULL) AS d
       FULL JOIN (SELECT business_date, string_agg(hash, NULL ORDER BY table_name COLLATE "C")
           AS hashes, string_agg(table_name || E'\\t' || array_to_string(columns, ',') || E'\\t'
             || rows || E'\\n', '' ORDER BY table_name COLLATE "C") AS head
         FROM sealed_input GROUP BY business_date) AS i USING (business_date)
     )
     SELECT s.business_date::text AS day,
       'sealed_input ' || s.table_name || '/' || s.business_date AS place,
       encode(s.hash, 'hex') AS expected, encode(r.hash, 'hex') AS actual
     FROM sealed_input s CROSS JOIN LATERAL (
       SELECT count(*) AS rows, sha256(
         convert_to(string_agg(key || E'\\t' || coalesce(changes, 0) || E'\\n', '' ORDER BY place),
           'UTF8') || string_agg(digest, NULL ORDER BY place)) AS hash
       FROM unnest(s.keys, s.changes, s.digests) WITH ORDINALITY
         AS u (key, changes, digest, place)) AS r
     WHERE s.business_date BETWEEN $1 AND $2
       AND (r.hash IS DISTINCT FROM s.hash OR r.rows <> s.rows)
     UNION ALL
     SELECT day::text, 'what was chained with the day',
       coalesce(encode(expected, 'hex'), 'nothing'), encode(actual, 'hex')
     FROM days WHERE (day BETWEEN $1 AND $2 OR expected IS NULL)
       AND expected IS DISTINCT FROM actual
     ORDER BY 1, 2 LIMIT ${SHOWN_MAX}`,
    [formatDay(from), formatDay(to)],
  );
  return rows;
}
