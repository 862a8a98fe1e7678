import type pg from 'pg';
import { checkChain } from '../../src/jobs/day/proof/check-chain.js';
import { PROOF_DAYS } from './proof-book.js';

/** One column of one table, and the kind of row in which it is changed. */
export interface Column {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  /** Condition of the row. */
  readonly of: string;
}

/**
 * What a seal needs none of: sessions that are under way, which no row outlives, when somebody
 * looked last, how nights went, which files of rejected rows go on which day, and figures that are
 * made from sealed rows. Items of joint loans are held to their steps (check-items.ts); this book has
 * no such loan.
 */
export const PASSING = [
  ...['inbox_look', 'run_session', 'plan_look', 'scheduler_look'],
  ...['night', 'night_execution', 'night_step', 'night_attempt', 'night_alarm'],
  ...['morning_day', 'morning_first', 'reject_file', 'funding_item'],
  ...['transfer_found', 'funding_room'],
];

/** The day whose partitions stand for those of all days. */
const DAY = PROOF_DAYS[2].replaceAll('-', '');

/** Tables with rows of more than one kind, which are proven in more than one way. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  event: ['type <= 2', 'type > 2'],
  schedule: ['version = 1', 'version > 1'],
  step: [`phase = 'fold'`, `phase = 'post'`, `phase = 'seal'`],
  run: [`status = 'done'`, `status = 'discarded'`],
  person: ['disabled_at IS NULL', 'disabled_at IS NOT NULL'],
  approval: [`status = 'granted'`, `status = 'refused'`],
  recon_break: [`state = 'open'`, `state = 'resolved'`],
  imported_file: ['cancelled_at IS NULL', 'cancelled_at IS NOT NULL'],
};

/** Rows that a seal has found; of the other tables any row. */
const SEALED = 'chained_on IS NOT NULL';

/** Every column of every table, from the catalogue. */
export async function everyColumn(client: pg.Client): Promise<Column[]> {
  const { rows } = await client.query<Omit<Column, 'of'> & { stamped: boolean }>(
    `SELECT c.relname AS table, a.attname AS column, format_type(a.atttypid, NULL) AS type,
       EXISTS (SELECT FROM pg_attribute s WHERE s.attrelid = c.oid AND s.attname = 'chained_on')
         AS stamped
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE c.relnamespace = 'loanbook'::regnamespace AND c.relkind = 'r' AND a.attnum > 0
       AND NOT a.attisdropped AND a.attgenerated = '' AND c.relname <> ALL ('{${PASSING}}') AND (NOT c.relispartition OR c.relname LIKE '%' || $1)
     ORDER BY c.relname, a.attnum`,
    [DAY],
  );
  return rows.flatMap(({ stamped, ...column }) =>
    (KINDS[column.table] ?? ['true']).map((kind) => ({
      ...column,
      of: stamped ? `${kind} AND ${SEALED}` : kind,
    })),
  );
}

/** Another value of the same type, by the type. */
function other({ column, type }: Column): string {
  const name = `t."${column}"`;
  switch (type) {
    case 'text':
      return `coalesce(${name}, '') || 'x'`;
    case 'boolean':
      return `NOT ${name}`;
    case 'smallint':
    case 'integer':
    case 'bigint':
    case 'numeric':
      // Far enough that no other row has it.
      return `coalesce(${name}, 0) + 3000`;
    case 'date':
      return `coalesce(${name} + 3000, '2026-03-01')`;
    case 'timestamp with time zone':
      return `coalesce(${name} + interval '1 microsecond', '2026-03-01')`;
    case 'bytea':
      return `coalesce(CASE WHEN length(${name}) > 0
        THEN set_byte(${name}, 0, get_byte(${name}, 0) # 1) END, '\\x01')`;
    case 'uuid':
      return 'gen_random_uuid()';
    case 'jsonb':
      return `coalesce(${name}, '{}') || '{"x": 1}'`;
    case 'date[]':
      return `coalesce(${name}, '{}') || DATE '2026-03-01'`;
    case 'bytea[]':
      return `coalesce(${name}, '{}') || '\\x01'::bytea`;
    case 'text[]':
      return `coalesce(${name}, '{}') || 'x'::text`;
    default:
      return `coalesce(${name}, '{}') || 1::${type.replace('[]', '')}`;
  }
}

/** The key of a row as proofs name it. */
const keyOf = (
  table: string,
) => `(SELECT string_agg(CASE to_jsonb(t) ->> a.attname WHEN 'true' THEN 't'
    WHEN 'false' THEN 'f' ELSE to_jsonb(t) ->> a.attname END, '/' ORDER BY k.place)
  FROM pg_index i CROSS JOIN unnest(i.indkey::smallint[]) WITH ORDINALITY AS k (attnum, place)
  JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
  WHERE i.indrelid = '${table}'::regclass AND i.indisprimary)`;

/** Takes away what would refuse a change: whoever may change a row behind the tool may do so too. */
export async function disarm(client: pg.Client): Promise<void> {
  await client.query('SET session_replication_role = replica');
  const { rows } = await client.query<{ sql: string }>(
    `SELECT format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I', conrelid::regclass, conname) AS sql
     FROM pg_constraint WHERE connamespace = 'loanbook'::regnamespace AND contype IN ('c', 'f')
       AND conislocal AND coninhcount = 0
     UNION ALL SELECT format('DROP INDEX IF EXISTS %s', indexrelid::regclass)
     FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
     WHERE c.relnamespace = 'loanbook'::regnamespace AND i.indisunique AND NOT i.indisprimary
       AND NOT c.relispartition
       AND NOT EXISTS (SELECT FROM pg_constraint u WHERE u.conindid = i.indexrelid)
     UNION ALL SELECT format('ALTER TABLE %s ALTER %I DROP IDENTITY', attrelid::regclass, attname)
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
     WHERE c.relnamespace = 'loanbook'::regnamespace AND attidentity <> ''
     UNION ALL SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname)
     FROM pg_constraint WHERE connamespace = 'loanbook'::regnamespace AND contype = 'u'`,
  );
  for (const { sql } of rows) await client.query(sql);
}

/** What is known of the row that was tampered with. */
export interface Tampered {
  readonly table: string;
  readonly key: string | null;
  readonly bucket: number | null;
  readonly loanNo: string | null;
}

/** Rows of the same contract hide one another: each of these is of a loan of its own. */
const PLACE: Readonly<Record<string, string>> = {
  'loan true': 'ORDER BY loan_id',
  'schedule version = 1': 'ORDER BY loan_id OFFSET 1',
  'event type <= 2': 'ORDER BY loan_id OFFSET 2',
  'loan_digest true': 'ORDER BY loan_id OFFSET 3',
  'schedule_balance true': 'ORDER BY loan_id OFFSET 4',
};

const CHOSEN = (table: string, of: string) => `SELECT t.ctid AS id, ${keyOf(table)} AS key,
    (to_jsonb(t) ->> 'bucket')::int AS bucket, (SELECT loan_no FROM loan l
      WHERE l.loan_id = (to_jsonb(t) ->> 'loan_id')::bigint) AS "loanNo"
  FROM ${table} AS t WHERE ${of} ${PLACE[`${table} ${of}`] ?? 'ORDER BY t::text DESC'} LIMIT 1`;

async function one(client: pg.Client, table: string, of: string, sql: string): Promise<Tampered> {
  const { rows } = await client.query<Omit<Tampered, 'table'>>(
    `WITH chosen AS (${CHOSEN(table, of)}) ${sql}`,
  );
  if (rows.length !== 1) throw new Error(`no row of ${table} where ${of}`);
  return { table, ...rows[0]! };
}

const RETURNED = 'chosen.key, chosen.bucket, chosen."loanNo"';

/** Changes a column of one row. */
export function change(client: pg.Client, column: Column): Promise<Tampered> {
  const { table, of } = column;
  return one(
    client,
    table,
    of,
    `UPDATE ${table} AS t SET "${column.column}" = ${other(column)} FROM chosen
     WHERE t.ctid = chosen.id RETURNING ${RETURNED}`,
  );
}

/** Takes out one row. */
export function remove(client: pg.Client, { table, of }: Column): Promise<Tampered> {
  const sql = `DELETE FROM ${table} AS t USING chosen WHERE t.ctid = chosen.id RETURNING ${RETURNED}`;
  return one(client, table, of, sql);
}

/** Puts in a copy of one row under another key: `column` is the last of the key. */
export async function copy(client: pg.Client, column: Column): Promise<Tampered> {
  const { table, of } = column;
  const { rows } = await client.query<{ names: string }>(
    `SELECT string_agg(quote_ident(attname), ', ') AS names FROM pg_attribute
     WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''`,
    [table],
  );
  const { names } = rows[0]!;
  const sql = `, other AS (
      SELECT (jsonb_populate_record(t, jsonb_build_object('${column.column}', ${other(column)}))).*
      FROM ${table} AS t, chosen WHERE t.ctid = chosen.id
    ), copied AS (
      INSERT INTO ${table} AS t (${names}) SELECT ${names} FROM other
      RETURNING ${keyOf(table)} AS key)
    SELECT copied.key, chosen.bucket, chosen."loanNo" FROM chosen, copied`;
  return one(client, table, of, sql);
}

/** What names a row of each table: its table and its key, or what stands for the key. */
export function isNamed(lines: readonly string[], row: Tampered): boolean {
  const { key, bucket, loanNo } = row;
  const table = row.table.replace(/_\d{8}$/, '');
  const ofContract = ['loan', 'loan_digest', 'schedule', 'event', 'opening_position'].includes(
    table,
  );
  return lines.some((line) => {
    const place = line.slice('YYYY-MM-DD '.length);
    if (place.startsWith(`${table} ${key}`)) return true;
    // The rows of a day, and what its tasks read, are named by the buckets of their task.
    const buckets = new RegExp(`^${table} .*buckets (\\d+) to (\\d+)$`).exec(place);
    if (buckets !== null && bucket !== null) {
      return Number(buckets[1]) <= bucket && bucket <= Number(buckets[2]);
    }
    if (place === `${table} of entries of accounting groups`) return true;
    if (ofContract && place.startsWith(`loan, schedule, event or opening_position of ${loanNo}`))
      return true;
    if (ofContract && place === `loan ${loanNo}`) return true;
    if (ofContract && place === `loan_digest ${key?.split('/').slice(0, 2).join('/')}`) return true;
    // Large tables in shares of buckets, by the part that they are of.
    const part = key?.split('/')[0];
    if (['month_row', 'impairment_loan'].includes(table)) {
      return place.startsWith(`${table} ${part}`);
    }
    // A row that is taken out stands for the share of its part.
    if (['party', 'party_key', 'loan_party', 'merchant_order'].includes(table))
      return place.startsWith(`${table} `);
    if (table === 'loan_look') return place.startsWith('loan_look ');
    return table === 'sealed_input' && place === 'what was chained with the day';
  });
}

/** What `check chain` says, a line each: day, place. */
export async function told(client: pg.Client): Promise<string[]> {
  const { broken } = await checkChain(client, {});
  return broken.flatMap(({ businessDate, differences }) =>
    differences.map(({ place }) => `${businessDate} ${place}`),
  );
}

/** Runs `fn` and takes back everything. */
export async function undone<T>(client: pg.Client, fn: () => Promise<T>): Promise<T> {
  await client.query('BEGIN');
  try {
    return await fn();
  } finally {
    await client.query('ROLLBACK');
  }
}

/** The columns of each table and kind of row. */
export function byKind(columns: readonly Column[]): Column[][] {
  const kinds = new Map<string, Column[]>();
  for (const column of columns) {
    const kind = `${column.table} ${column.of}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), column]);
  }
  return [...kinds.values()];
}

/** The last column of the key of each table and kind of row; of a table without a key any one. */
export async function keyColumns(client: pg.Client, columns: readonly Column[]): Promise<Column[]> {
  const { rows } = await client.query<{ table: string; column: string }>(
    `SELECT i.indrelid::regclass::text AS table, a.attname AS column
     FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid
       AND a.attnum = i.indkey[i.indnkeyatts - 1]
     WHERE i.indisunique AND (i.indisprimary OR i.indrelid::regclass::text ~ '_[0-9]{8}$')`,
  );
  const last = new Map(rows.map(({ table, column }) => [table, column]));
  return byKind(columns).map(
    (own) => own.find(({ table, column }) => last.get(table) === column) ?? own[0]!,
  );
}
