import type pg from 'pg';
import { parseDay } from '../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../accounting/money/units.js';
import type { Instant } from '../../operations/clock/instant.js';
import type { FileRow, FileState, QuarantineReason } from '../../operations/files/file-row.js';

/** Any fixed number: who looks at the inbox, takes from it or releases follow one another. */
const FILES_LOCK = 5_262_666_007;

/** Taken before any other lock, see jobs/runs/lock-order. */
export async function takeFilesLock(
  client: pg.Client,
  until: 'transaction' | 'session',
): Promise<void> {
  const call = until === 'session' ? 'pg_advisory_lock' : 'pg_advisory_xact_lock';
  await client.query(`SELECT ${call}($1)`, [FILES_LOCK]);
}

/** Runs `fn` while nobody else looks at the inbox or takes from it; transactions are its own. */
export async function withFilesLock<T>(client: pg.Client, fn: () => Promise<T>): Promise<T> {
  await takeFilesLock(client, 'session');
  try {
    return await fn();
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [FILES_LOCK]).catch(() => undefined);
  }
}

/** The clock that all hosts share, in whole milliseconds. */
export async function instantNow(client: pg.Client): Promise<Instant> {
  const { rows } = await client.query<{ at: number }>(
    'SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS at',
  );
  return rows[0]!.at;
}

/** A row with its number, and whether the file lies in the work folder. */
export interface KeptFile extends FileRow {
  readonly id: number;
  readonly isInWork: boolean;
  /** What took it, such as `import 12`, or the code of the refusal. */
  readonly endedBy: string | null;
}

interface Row {
  readonly id: number;
  readonly name: string;
  readonly rule: string | null;
  readonly date: string | null;
  readonly state: FileState;
  readonly since: number;
  readonly size: number;
  readonly mtime: string;
  readonly unchanged: number;
  readonly sha256: string | null;
  readonly reason: QuarantineReason | null;
  readonly of: string | null;
  readonly late: boolean;
  readonly ready: string | null;
  readonly released: string | null;
  readonly work: boolean;
  readonly ended: string | null;
}

const COLUMNS = `file_id AS id, name, rule, business_date AS date, state,
  (extract(epoch FROM since) * 1000)::bigint AS since, size, mtime,
  (extract(epoch FROM unchanged_since) * 1000)::bigint AS unchanged, sha256, reason,
  duplicate_of AS of, is_late AS late, ready_sha256 AS ready, released_sha256 AS released,
  in_work AS work, ended_by AS ended`;

/** Condition over `f`: it was taken away once it had been kept long enough. */
export const IS_REMOVED = `EXISTS (SELECT FROM file_removal r
  WHERE r.file_id = f.file_id AND r.removed_at IS NOT NULL)`;

/** Rows by a condition over `f`. */
export async function keptFiles(
  client: pg.Client,
  condition: string,
  values: readonly unknown[] = [],
): Promise<KeptFile[]> {
  const { rows } = await client.query<Row>(
    `SELECT ${COLUMNS} FROM inbox_file f WHERE ${condition} ORDER BY f.name, f.file_id`,
    [...values],
  );
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    file: row.rule,
    date: row.date === null ? null : (parseDay(row.date) ?? null),
    state: row.state,
    since: row.since,
    size: row.size,
    mtime: row.mtime,
    unchangedSince: row.unchanged,
    sha256: row.sha256,
    reason: row.reason,
    of: row.of,
    isLate: row.late,
    readySha256: row.ready,
    releasedSha256: row.released,
    isInWork: row.work,
    endedBy: row.ended,
  }));
}

/** What lies in the inbox, and of what vanished the names that lie there again. */
export function filesHere(client: pg.Client, names: readonly string[]): Promise<KeptFile[]> {
  const here = `f.state NOT IN ('taken', 'done', 'rejected', 'gone')`;
  const again = `f.state = 'gone' AND f.name IN (SELECT unnest($1::text[]))`;
  return keptFiles(client, `${here} OR (${again})`, [names]);
}

/** What was taken and is one of these by name or content, or of the open date. */
export function filesTaken(
  client: pg.Client,
  files: readonly { readonly name: string; readonly sha256: string | null }[],
  openDate: string,
): Promise<KeptFile[]> {
  const hashes = files.flatMap(({ sha256 }) => sha256 ?? []);
  return keptFiles(
    client,
    `f.state IN ('taken', 'done', 'rejected')
       AND (f.business_date = $3 OR f.name IN (SELECT unnest($1::text[]))
         OR f.sha256 IN (SELECT unnest($2::text[])))`,
    [files.map(({ name }) => name), hashes, openDate],
  );
}

/** A row as the database keeps it after a look. */
export function lookRow(row: FileRow, dayText: (day: EpochDay) => string): object {
  const text = (at: Instant) => new Date(at).toISOString();
  return {
    name: row.name,
    rule: row.file,
    business_date: row.date === null ? null : dayText(row.date),
    state: row.state,
    since: text(row.since),
    size: row.size,
    mtime: row.mtime,
    unchanged_since: text(row.unchangedSince),
    sha256: row.sha256,
    reason: row.reason,
    duplicate_of: row.of,
    is_late: row.isLate,
    ready_sha256: row.readySha256,
    keeps_release: row.releasedSha256 !== null,
  };
}
