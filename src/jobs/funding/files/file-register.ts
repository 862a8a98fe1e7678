import type pg from 'pg';
import type { EpochDay } from '../../../accounting/money/units.js';
import { inTransaction } from '../../../db/connect.js';
import { keptName } from '../../../files/mask.js';
import type { FileFamily } from '../../../funding/terms/partner.js';
import { writeAudit } from '../../approvals/audit.js';

/** A file of a partner, as the book keeps it. */
export interface FileRow {
  readonly file_id: number;
  readonly version: number;
  readonly name: string;
  readonly state: 'begun' | 'done';
  readonly sha256: string;
  readonly rows_sha256: string;
  readonly rows: number;
  readonly rejected: number;
  /** In minor units; null: its layout has none. */
  readonly total: bigint | string | null;
  /** Of a checked snapshot: loans without a break. */
  readonly matched: number | null;
}

export interface NewFileRow extends Omit<FileRow, 'file_id' | 'state' | 'matched'> {
  readonly direction: 'out' | 'in';
  readonly partner: string;
  readonly family: FileFamily;
  readonly business_date: string;
  readonly layout: string;
  readonly by_whom: string;
}

/** Which file of a partner it is. */
export interface FileOfDay {
  readonly partner: string;
  readonly family: FileFamily;
  readonly day: EpochDay;
}

/** Any fixed number: versions of a file follow one another without a gap. */
const FILE_LOCK = 5_262_666_045;
const COLUMNS = `file_id, version, name, state, sha256, rows_sha256, rows, rejected, total,
  matched`;

/** Files of partners are written and taken one after the other. */
export async function withFileLock<T>(client: pg.Client, fn: () => Promise<T>): Promise<T> {
  await client.query('SELECT pg_advisory_lock($1)', [FILE_LOCK]);
  try {
    return await fn();
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [FILE_LOCK]).catch(() => undefined);
  }
}

/** The last version of a file of a day; undefined: there is none. */
export async function lastFile(
  client: pg.Client,
  direction: 'out' | 'in',
  partner: string,
  family: FileFamily,
  day: number,
): Promise<FileRow | undefined> {
  const { rows } = await client.query<FileRow>(
    `SELECT ${COLUMNS} FROM funding_file WHERE direction = $1 AND partner = $2 AND family = $3
       AND business_date = DATE '1970-01-01' + $4::integer ORDER BY version DESC LIMIT 1`,
    [direction, partner, family, day],
  );
  return rows[0];
}

/**
 * A file of a day whose content has been taken before; undefined: it is new. Two days may well have
 * the same content: a status file without rows, say. `isChecked`: one that was checked, not only
 * read.
 */
export async function sameContent(
  client: pg.Client,
  { partner, family, day, sha256 }: FileOfDay & { readonly sha256: string },
  isChecked = false,
): Promise<FileRow | undefined> {
  const { rows } = await client.query<FileRow>(
    `SELECT ${COLUMNS} FROM funding_file WHERE direction = 'in' AND partner = $1
       AND family = $2 AND business_date = DATE '1970-01-01' + $3::integer AND sha256 = $4
       AND state = 'done' AND (matched IS NOT NULL OR NOT $5::boolean)
     ORDER BY file_id DESC LIMIT 1`,
    [partner, family, day, sha256, isChecked],
  );
  return rows[0];
}

/** What was taken of a day, by the names that the files came under. */
export async function takenOfDay(
  client: pg.Client,
  { partner, family, day }: FileOfDay,
): Promise<{ readonly name: string; readonly sha256: string }[]> {
  const { rows } = await client.query<{ name: string; sha256: string }>(
    `SELECT name, sha256 FROM funding_file WHERE direction = 'in' AND partner = $1 AND family = $2
       AND business_date = DATE '1970-01-01' + $3::integer AND state = 'done' ORDER BY file_id`,
    [partner, family, day],
  );
  return rows;
}

/** Keeps a file that is about to appear, in the place of one that never did. */
export async function beginFile(client: pg.Client, file: NewFileRow): Promise<FileRow> {
  const { rows } = await client.query<FileRow>(`SELECT ${COLUMNS} FROM put_funding_file($1)`, [
    JSON.stringify(file, (_, value) => (typeof value === 'bigint' ? String(value) : value)),
  ]);
  return rows[0]!;
}

/** The file and its control file stand under their names, or it was taken in. */
export async function finishFile(client: pg.Client, row: FileRow): Promise<void> {
  await inTransaction(client, () => finishRow(client, row));
}

/** The same inside of a transaction; `matched`: loans of a checked snapshot without a break. */
export async function finishRow(
  client: pg.Client,
  { file_id, name, sha256 }: FileRow,
  matched: number | null = null,
): Promise<void> {
  await client.query('SELECT finish_funding_file($1, $2)', [file_id, matched]);
  await writeAudit(client, { action: 'funding file', subject: keptName(name), after: { sha256 } });
}
