import type pg from 'pg';
import { EXIT, LoanbookError } from '../../errors.js';
import type { FileContent } from '../../files/file-content.js';
import { keptName } from '../../files/mask.js';
import type { Replacing } from './import-outcome.js';
import type { ImportKindName } from './row-intake.js';

/** What the book knows of an import. */
export interface EarlierImport {
  readonly import_id: number;
  readonly name: string;
  readonly rows_read: number;
  readonly rows_taken: number;
  readonly rows_rejected: number;
  readonly amount: bigint;
  readonly schedules_sha256: string | null;
  /** Null: it brought none. */
  readonly schedules: string | null;
  readonly at: string;
  /** Null: it was no delta. */
  readonly delta: Replacing | null;
  /** Rows of it that deltas have replaced since. */
  readonly replacedSince: number;
}

/** What decides whether a file goes in that was imported before. */
interface HowNew {
  /** It is meant to. */
  readonly again: boolean;
  readonly isDelta: boolean;
  /** Of the file that comes along; null: none. */
  readonly secondSha256: string | null;
}

/**
 * Whether the content was imported before, cancelled imports aside; `doneBefore` where it was under
 * the same name, so that a command whose answer was lost may run again. Throws LoanbookError
 * `already_imported`, naming the earlier import, where the name is another one, unless `again`. A
 * file of own schedules that comes with it makes no other file of the loans: they can enter the
 * book only once, whichever schedules they bring. A delta whose rows another one has replaced since
 * was not done before: it may be meant to go back.
 */
export async function requireNew(
  client: pg.Client,
  kind: ImportKindName,
  content: FileContent,
  { again, isDelta, secondSha256 }: HowNew,
): Promise<{ readonly again: boolean; readonly doneBefore?: EarlierImport }> {
  const { rows } = await client.query<EarlierImport>(
    `SELECT import_id, name, rows_read, rows_taken, rows_rejected, amount,
       schedules_name AS schedules, schedules_sha256,
       to_char(imported_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS at,
       (SELECT coalesce(sum(rows), 0)::bigint FROM replaced_import r
        WHERE r.of_import = f.import_id) AS "replacedSince",
       CASE WHEN f.rows_replaced IS NOT NULL THEN (
         SELECT json_build_object('replaced', f.rows_replaced, 'unchanged', f.rows_unchanged,
           'positionsDropped', coalesce(sum(r.rows) FILTER (WHERE o.kind = 'balances'
             AND f.kind = 'loans'), 0),
           'eventsDropped', coalesce(sum(r.rows) FILTER (WHERE o.kind IN ('events',
             'repayments')), 0))
         FROM replaced_import r JOIN imported_file o ON o.import_id = r.of_import
         WHERE r.import_id = f.import_id) END AS delta
     FROM imported_file f WHERE kind = $1 AND sha256 = $2 AND cancelled_at IS NULL
     ORDER BY name = $3 DESC, import_id LIMIT 1`,
    [kind, content.sha256, keptName(content.path)],
  );
  const earlier = rows[0];
  if (earlier === undefined || again) return { again: earlier !== undefined };
  const isUndone = isDelta && earlier.replacedSince > 0;
  const isSame = earlier.name === keptName(content.path);
  if (isSame && earlier.schedules_sha256 === secondSha256 && !isUndone) {
    return { again: false, doneBefore: earlier };
  }
  throw new LoanbookError('already_imported', 'A file with this content was imported before.', {
    exitCode: EXIT.failed,
    evidence: {
      file: content.path,
      sha256: content.sha256,
      earlierImport: earlier.import_id,
      earlierName: earlier.name,
      earlierSchedules: earlier.schedules ?? undefined,
      importedAt: earlier.at,
      replacedSince: isUndone ? earlier.replacedSince : undefined,
    },
    next: 'If it is meant to go in once more, say --again.',
  });
}

interface ImportRecord {
  readonly kind: ImportKindName;
  readonly name: string;
  readonly sha256: string;
  readonly rowsRead: number;
  readonly rowsTaken: number;
  readonly rowsRejected: number;
  readonly amount: number | bigint;
  readonly again: boolean;
  readonly schedules?: { readonly file: string; readonly sha256: string };
  readonly delta?: Replacing;
}

/** Writes the import's row; returns its number. */
export async function recordImport(client: pg.Client, record: ImportRecord): Promise<number> {
  const { rows } = await client.query<{ import_id: number }>(
    // The lock of imports is held. A number that nextval drew is left out by a try that fails.
    `INSERT INTO imported_file
       (import_id, kind, name, sha256, rows_read, rows_taken, rows_rejected, amount, again,
        schedules_name, schedules_sha256, rows_replaced, rows_unchanged) OVERRIDING SYSTEM VALUE
     VALUES ((SELECT coalesce(max(import_id), 0) + 1 FROM imported_file),
       $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
     RETURNING import_id`,
    [
      record.kind,
      record.name,
      record.sha256,
      record.rowsRead,
      record.rowsTaken,
      record.rowsRejected,
      record.amount,
      record.again,
      record.schedules === undefined ? null : keptName(record.schedules.file),
      record.schedules?.sha256 ?? null,
      record.delta?.replaced ?? null,
      record.delta?.unchanged ?? null,
    ],
  );
  return rows[0]!.import_id;
}

/** Draws so many event numbers in a row and returns the first; the import lock keeps them so. */
export async function reserveEvents(client: pg.Client, count: number): Promise<number> {
  const { rows } = await client.query<{ first: number }>('SELECT reserve_events($1) AS first', [
    count,
  ]);
  return rows[0]!.first;
}
