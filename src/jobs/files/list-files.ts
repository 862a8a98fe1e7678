import type pg from 'pg';
import { EXIT, LoanbookError } from '../../errors.js';
import { maskText } from '../../files/mask.js';

/** States that somebody may ask for. */
export const FILE_STATES = [
  ...['unexpected', 'growing', 'waiting_control', 'lone_control', 'quarantined', 'duplicate'],
  ...['early', 'ready', 'gone', 'taken', 'done', 'rejected'],
] as const;

/** A file as it is shown; times in UTC. Numbers of persons in a name are masked. */
export interface ListedFile {
  readonly number: number;
  readonly name: string;
  readonly state: string;
  readonly since: string;
  readonly rule: string | null;
  readonly date: string | null;
  readonly late: boolean;
  /** Why it is in quarantine. */
  readonly reason: string | null;
  /** The file whose content it has. */
  readonly of: string | null;
  readonly size: number;
  readonly sha256: string | null;
  readonly firstSeen: string;
  readonly lastSeen: string | null;
  readonly takenAt: string | null;
  readonly endedAt: string | null;
  /** What took it, such as `import 12`, or the code of the refusal. */
  readonly endedBy: string | null;
}

/** A file for others. */
export interface SentFile {
  readonly number: number;
  readonly name: string;
  readonly state: 'begun' | 'released';
  readonly date: string;
  readonly size: number;
  readonly sha256: string;
  readonly corrects: string | null;
  readonly madeBy: string;
  readonly releasedAt: string | null;
}

export interface FileFilter {
  readonly state?: string | undefined;
  readonly rule?: string | undefined;
  readonly date?: string | undefined;
  /** Those that vanished and those that are done as well. */
  readonly isAll?: boolean | undefined;
}

const time = (column: string) => `to_char(${column}, 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;

const COLUMNS = `file_id AS number, name, state, ${time('since')} AS since, rule,
  business_date AS date, is_late AS late, reason, duplicate_of AS of, size, sha256,
  ${time('first_seen')} AS "firstSeen",
  ${time('coalesce(last_seen, (SELECT at FROM inbox_look))')} AS "lastSeen",
  ${time('taken_at')} AS "takenAt", ${time('ended_at')} AS "endedAt", ended_by AS "endedBy"`;

/** Files of the register, by name; what vanished or is done only where it is asked for. */
export async function listFiles(client: pg.Client, filter: FileFilter = {}): Promise<ListedFile[]> {
  const { state, rule, date, isAll = false } = filter;
  if (state !== undefined && !(FILE_STATES as readonly string[]).includes(state)) {
    throw new LoanbookError('unknown_state', 'There is no such state.', {
      exitCode: EXIT.usage,
      evidence: { state, known: FILE_STATES.join(', ') },
    });
  }
  const { rows } = await client.query<ListedFile>(
    `SELECT ${COLUMNS} FROM inbox_file
     WHERE ($1::text IS NULL OR state = $1) AND ($2::text IS NULL OR rule = $2)
       AND ($3::date IS NULL OR business_date = $3)
       AND ($4 OR $1 IS NOT NULL OR state NOT IN ('gone', 'done'))
     ORDER BY name, file_id`,
    [state ?? null, rule ?? null, date ?? null, isAll],
  );
  return rows.map(shown);
}

/** One file of the register by its number. */
export async function showFile(client: pg.Client, number: number): Promise<ListedFile> {
  const { rows } = await client.query<ListedFile>(
    `SELECT ${COLUMNS} FROM inbox_file WHERE file_id = $1`,
    [number],
  );
  return shown(rows[0]!);
}

/** Files for others, in the order in which they were begun. */
export async function listSent(client: pg.Client): Promise<SentFile[]> {
  const { rows } = await client.query<SentFile>(
    `SELECT out_id AS number, name, state, business_date AS date, size, sha256, corrects,
       made_by AS "madeBy", ${time('released_at')} AS "releasedAt"
     FROM outbox_file ORDER BY out_id`,
  );
  return rows.map((row) => ({ ...row, name: maskText(row.name) }));
}

function shown(file: ListedFile): ListedFile {
  return { ...file, name: maskText(file.name), of: file.of === null ? null : maskText(file.of) };
}
