import type pg from 'pg';

/** What a book holds, as digests: of the days' own hashes, and of the rows of every table. */
export type Fingerprint = ReadonlyMap<string, string>;

/**
 * When something was done and by whom it was held differs from try to try; so does how often a
 * step was begun.
 */
const LEFT_OUT_TYPES = ['timestamptz', 'uuid'];
const LEFT_OUT_COLUMNS = /^(?:holder|attempt|parameters|(?:.*_)?login)$/;
const LEFT_OUT_TABLES = [
  ...['execution', 'run_session', 'function_file', 'migration'],
  // How a night got to its end; what that is, is compared by itself.
  ...['night', 'night_execution', 'night_step', 'night_attempt', 'night_alarm'],
  ...['plan_look', 'scheduler_look'],
  // Where files lie, by paths that are of one try.
  'reject_file',
  // What the seals chained: digests of rows with their times, proven by `check chain`.
  ...['sealed_input', 'row_digest'],
];

/** A close is one run however often it was begun; another job that comes again has its own. */
const ONLY_WHERE: Readonly<Record<string, string>> = {
  run: `job = 'eod'`,
  step: `run_id IN (SELECT run_id FROM run WHERE job = 'eod')`,
};

/**
 * Numbers that name a row and are in no hash: one that was drawn by a try that failed is skipped,
 * so they are compared by their order. All that a sequence gives are such, and what refers to them
 * by another name, but for those that a day's hash covers: they are compared as they are.
 */
const NUMBERS_TOO = ['run_id', 'audit_id', 'settled_by', 'resolved_by_statement'];
const HASHED_NUMBERS = ['event_id', 'entry_id', 'group_id', 'account_id'];

/**
 * The chains of the audit and of what the seals proved cover times; `audit verify` and `check
 * chain` are asked instead. What a row of the audit or an approval is of may be such a number,
 * alone or by name.
 */
const SUBJECT = `regexp_replace(subject, '^[0-9]+$', 'a number')`;
const INSTEAD: Readonly<Record<string, string>> = {
  'approval.subject': SUBJECT,
  'audit.hash': 'NULL',
  'audit_head.hash': 'NULL',
  'sealed_day.inputs_hash': 'NULL',
  'sealed_day.proof_hash': 'NULL',
  'audit.subject': SUBJECT,
  // When a file was written, and how often it was looked at.
  'inbox_file.mtime': 'NULL',
  'inbox_file.changes': 'NULL',
  'audit.before': `before - '{run,statement}'::text[]`,
  'audit.after': `after - '{run,statement}'::text[]`,
};

interface ColumnRow {
  readonly name: string;
  readonly columns: readonly {
    readonly name: string;
    readonly type: string;
    /** It has its numbers from a sequence. */
    readonly isDrawn: boolean;
  }[];
}

/** Every table there is, a day's sealed ones as rows of their parent. */
const TABLES = `SELECT c.relname AS name,
    json_agg(json_build_object('name', a.attname, 'type', t.typname,
      'isDrawn', a.attidentity <> '') ORDER BY a.attnum) AS columns
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN pg_type t ON t.oid = a.atttypid
  WHERE c.relnamespace = 'loanbook'::regnamespace AND c.relkind IN ('r', 'p')
    AND NOT c.relispartition AND c.relname <> ALL ($1)
  GROUP BY c.oid ORDER BY c.relname`;

/** The digests of all tables and, by themselves, the hashes of the sealed days. */
export async function fingerprintOf(client: pg.Client): Promise<Fingerprint> {
  const found = new Map<string, string>();
  const { rows: days } = await client.query<{ day: string; hashes: string }>(
    `SELECT business_date AS day, encode(content_hash, 'hex') || ' ' || encode(chain_hash, 'hex')
       AS hashes FROM sealed_day ORDER BY business_date`,
  );
  for (const { day, hashes } of days) found.set(`hash of ${day}`, hashes);
  for (const { name, text } of await rowTexts(client)) {
    const { rows } = await client.query<{ digest: string }>(
      `SELECT count(*) || ' rows ' || coalesce(md5(string_agg(md5(row), '' ORDER BY md5(row))), '')
         AS digest FROM (${text}) AS rows (row)`,
    );
    found.set(name, rows[0]!.digest);
  }
  return found;
}

/** The rows of one table as the digest reads them, in order. */
export async function rowsOf(client: pg.Client, table: string): Promise<string[]> {
  const text = (await rowTexts(client)).find(({ name }) => name === table)?.text;
  if (text === undefined) return [];
  const { rows } = await client.query<{ row: string }>(
    `SELECT row FROM (${text}) AS rows (row) ORDER BY row COLLATE "C"`,
  );
  return rows.map(({ row }) => row);
}

/** For each table the query that gives a text a row. */
async function rowTexts(client: pg.Client): Promise<{ name: string; text: string }[]> {
  const { rows } = await client.query<ColumnRow>(TABLES, [LEFT_OUT_TABLES]);
  const drawn = rows.flatMap(({ columns }) => columns.filter(({ isDrawn }) => isDrawn));
  const byOrder = new Set([...NUMBERS_TOO, ...drawn.map(({ name }) => name)]);
  for (const name of HASHED_NUMBERS) byOrder.delete(name);
  return rows.map(({ name, columns }) => {
    const kept = columns.filter(
      (column) => !LEFT_OUT_TYPES.includes(column.type) && !LEFT_OUT_COLUMNS.test(column.name),
    );
    const fields = kept.map(({ name: column }) => {
      const asItIs = INSTEAD[`${name}.${column}`] ?? `"${column}"`;
      return byOrder.has(column) ? `dense_rank() OVER (ORDER BY "${column}")` : asItIs;
    });
    const where = ONLY_WHERE[name] ?? 'true';
    return { name, text: `SELECT ROW(${fields.join(', ')})::text FROM "${name}" WHERE ${where}` };
  });
}
