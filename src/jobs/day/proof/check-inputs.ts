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
  const found = await recordDifferences(client, range, only);
  if (only === undefined) found.push(...(await sealDifferences(client, range)));
  const tables = await chainedTables(client, only);
  const unreadable = tables.flatMap((table) => missingParts(table, range));
  found.push(...unreadable);
  const readable = tables.filter((table) => missingParts(table, range).length === 0);
  if (readable.length === 0) return found;
  // One question for all of them: a close asks it every night.
  const { rows } = await client.query<DayDifference>(
    readable.map((table) => `(${differenceSql(table)})`).join(' UNION ALL '),
    [first, formatDay(range.from), formatDay(range.to)],
  );
  found.push(...rows);
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
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** What of a table has to be there before its rows can be looked at. */
function missingParts(table: ChainedTable, { from }: DayRange): DayDifference[] {
  const { name, key, columns, sets, dayColumn } = table;
  const gone = (what: string): DayDifference[] => [
    { day: formatDay(from), place: what, expected: 'as it was sealed', actual: 'gone' },
  ];
  if (key === null || columns === null) return gone(name);
  const lost = [dayColumn, ...sets.flat()].find((column) => !columns.includes(column));
  return lost === undefined ? [] : gone(`${name}.${lost}`);
}

/**
 * What was last chained of each row against the row. A row may say that it was changed since: then
 * it has counted the change and waits for the next seal.
 */
function differenceSql({ name, dayColumn, key, columns, sets }: ChainedTable): string {
  const day = dayColumn === 'chained_on' ? 'chained_on' : `greatest(${ident(dayColumn)}, $1::date)`;
  const digests = sets.map((set, index) => {
    const row = set.map((column) => `t.${ident(column)}`).join(', ');
    return `, substr(sha256(record_send(ROW(${row}))), 1, 16) AS digest_${index}`;
  });
  const which = sets.map(
    (set, index) => ` WHEN ${literal(JSON.stringify(set))}::jsonb THEN n.digest_${index}`,
  );
  const digest = sets.length === 0 ? 'NULL::bytea' : `CASE k.columns${which.join('')} END`;
  const changes = columns?.includes('changes') === true ? 't.changes' : '0';
  // Of a table that says the day itself only that range is read. Its first seal took in what was
  // there before; a day behind the open one has no rows yet.
  const isDated = dayColumn !== 'chained_on';
  const ofRange = isDated ? 'AND s.business_date BETWEEN $2::date AND $3::date' : '';
  const inRange = `WHERE t.${ident(dayColumn)} BETWEEN
      CASE WHEN $2::date <= $1::date THEN '-infinity' ELSE $2::date END AND $3::date
    OR t.${ident(dayColumn)} > (SELECT max(business_date) FROM book)`;
  return `WITH kept AS (
      SELECT DISTINCT ON (u.key) s.business_date AS day, to_jsonb(s.columns) AS columns, u.*
      FROM sealed_input s
        CROSS JOIN LATERAL unnest(s.keys, s.changes, s.digests) AS u (key, changes, digest)
      WHERE s.table_name = ${literal(name)} ${ofRange} ORDER BY u.key, s.business_date DESC
    ), standing AS (
      SELECT concat_ws('/', ${key?.map((column) => `t.${ident(column)}`).join(', ')}) AS key,
        ${day} AS day, ${changes} AS changes${digests.join('')}
      FROM ${ident(name)} AS t ${isDated ? inRange : ''}
    ), last AS (
      SELECT max(business_date) AS day FROM sealed_day WHERE business_date >= $1::date
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
          ${isDated ? 'AND n.day <> (SELECT max(business_date) FROM book)' : ''}
        WHEN n.key IS NULL THEN true
        WHEN n.day = k.day THEN ${digest} IS DISTINCT FROM k.digest
        ELSE n.day IS NOT NULL OR n.changes <= coalesce(k.changes, 0) END
    )
    SELECT greatest(least(day, $3::date), $2::date)::text AS day,
      ${literal(name)} || ' ' || key AS place,
      expected, actual
    FROM compared WHERE day BETWEEN $2::date AND $3::date OR day > (SELECT day FROM last)
    ORDER BY compared.day, key LIMIT ${SHOWN_MAX}`;
}

/** What the seals have kept of a table must be what its own hash says. */
async function recordDifferences(
  client: pg.Client,
  { from, to }: DayRange,
  only: readonly string[] | undefined,
): Promise<DayDifference[]> {
  const { rows } = await client.query<DayDifference>(
    `SELECT s.business_date::text AS day,
       'sealed_input ' || s.table_name || '/' || s.business_date AS place,
       encode(s.hash, 'hex') AS expected, encode(r.hash, 'hex') AS actual
     FROM sealed_input s CROSS JOIN LATERAL (
       SELECT count(*) AS rows, sha256(
         convert_to(string_agg(key || E'\\t' || coalesce(changes, 0) || E'\\n', '' ORDER BY place),
           'UTF8') || string_agg(digest, NULL ORDER BY place)) AS hash
       FROM unnest(s.keys, s.changes, s.digests) WITH ORDINALITY
         AS u (key, changes, digest, place)) AS r
     WHERE s.business_date BETWEEN $1 AND $2 AND ($3::text[] IS NULL OR s.table_name = ANY ($3))
       AND (r.hash IS DISTINCT FROM s.hash OR r.rows <> s.rows)
     ORDER BY 1, 2 LIMIT ${SHOWN_MAX}`,
    [formatDay(from), formatDay(to), only ?? null],
  );
  return rows;
}

/** What was chained with each day of a range is what its seal has a hash of. */
export async function sealDifferences(
  client: pg.Client,
  { from, to }: DayRange,
): Promise<DayDifference[]> {
  const { rows } = await client.query<DayDifference>(
    `SELECT day::text, 'what was chained with the day' AS place,
       coalesce(encode(expected, 'hex'), 'nothing') AS expected, encode(actual, 'hex') AS actual
     FROM (
       SELECT business_date AS day, d.inputs_hash AS expected,
         sha256(coalesce(convert_to(i.head, 'UTF8') || i.hashes, '')) AS actual
       FROM (SELECT * FROM sealed_day WHERE inputs_hash IS NOT NULL) AS d
       FULL JOIN (SELECT business_date, string_agg(hash, NULL ORDER BY table_name COLLATE "C")
           AS hashes, string_agg(table_name || E'\\t' || array_to_string(columns, ',') || E'\\t'
             || rows || E'\\n', '' ORDER BY table_name COLLATE "C") AS head
         FROM sealed_input GROUP BY business_date) AS i USING (business_date)
       WHERE business_date BETWEEN $1 AND $2 OR business_date > (SELECT max(business_date)
         FROM sealed_day)
     ) AS days WHERE expected IS DISTINCT FROM actual ORDER BY day LIMIT ${SHOWN_MAX}`,
    [formatDay(from), formatDay(to)],
  );
  return rows;
}
