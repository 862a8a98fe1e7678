import { hostname } from 'node:os';
import { basename, dirname } from 'node:path';
import type pg from 'pg';
import { inTransaction } from '../../../db/connect.js';
import { writeAudit } from '../../approvals/audit.js';
import { withFilesLock } from '../register.js';
import { KeptPaths } from './kept-path.js';
import { holdsRejects } from './reject-place.js';
import {
  hashSeen,
  type LeftBecause,
  leaveNoEmpty,
  lookAt,
  type TidiedFile,
  type TidyOptions,
  takeAway,
} from './take-away.js';

interface Row {
  readonly id: number;
  readonly host: string;
  readonly path: string;
  readonly sha256: string;
  /** It was being taken away when a process ended. */
  readonly begun: boolean;
  readonly since: string;
}

type Outcome = Pick<TidiedFile, 'outcome' | 'reason'>;

const REMOVED: Outcome = { outcome: 'removed', reason: null };
const NOTHING = { is: 'nothing' } as const;
/** A folder of the work folder, by the hash of what was taken. */
const OF_HASH = /^[0-9a-f]{64}$/;

/**
 * Takes away the files of rejected rows whose time is over and that are still as they were
 * registered. Killed in the middle, the next call ends what was begun.
 */
export async function tidyRejects(client: pg.Client, options: TidyOptions): Promise<TidiedFile[]> {
  const { rows } = await client.query<Row>(
    `SELECT reject_id AS id, host, path, sha256, begun_at IS NOT NULL AS begun,
       to_char(written_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS since
     FROM reject_file WHERE gone_at IS NULL AND goes_at <= clock_timestamp() ORDER BY reject_id`,
  );
  const tidied: TidiedFile[] = [];
  for (const row of rows) {
    options.signal?.throwIfAborted();
    const outcome = await withFilesLock(client, () => tidyOne(client, row, options));
    tidied.push({ kind: 'reject', file: row.path, since: row.since, ...outcome });
  }
  return tidied;
}

async function tidyOne(client: pg.Client, row: Row, options: TidyOptions): Promise<Outcome> {
  const { home, dryRun = false, signal } = options;
  const leaveIt = (reason: LeftBecause): Outcome => ({
    outcome: 'left',
    reason: row.host === hostname() ? reason : 'elsewhere',
  });
  const gone = async (): Promise<Outcome> => {
    if (!dryRun) await end(client, row);
    return { outcome: row.begun ? 'removed' : 'gone', reason: null };
  };
  const paths = new KeptPaths(home);
  if (paths.isLost(row.path)) return leaveIt('name_lost');
  const path = await paths.find(row.path);
  const found = path === undefined ? NOTHING : lookAt(path, '/');
  if (found.is === 'other') return leaveIt(found.reason);
  if (path === undefined || found.is === 'nothing') {
    return row.host === hostname() ? gone() : leaveIt('elsewhere');
  }
  const content = await hashSeen(path, found.seen, signal);
  if ('reason' in content) return leaveIt(content.reason);
  // Whoever may write the register could name any file by its hash.
  if (content.sha256 !== row.sha256 || !(await holdsRejects(path))) {
    const isReplaced = await isOfAnother(client, row, content.sha256);
    return isReplaced ? gone() : leaveIt('changed');
  }
  if (dryRun) return REMOVED;
  await client.query(
    'UPDATE reject_file SET begun_at = clock_timestamp() WHERE reject_id = $1 AND sha256 = $2',
    [row.id, row.sha256],
  );
  const reason = await takeAway(path, found.seen);
  if (reason !== undefined) return leaveIt(reason);
  if (OF_HASH.test(basename(dirname(path)))) leaveNoEmpty(dirname(path));
  await end(client, { ...row, begun: true });
  return REMOVED;
}

/** Whether the content is that of a later row of the path, as where each run has a host name. */
async function isOfAnother(client: pg.Client, row: Row, sha256?: string): Promise<boolean> {
  const { rowCount } = await client.query(
    `SELECT FROM reject_file WHERE path = $1 AND sha256 = $2 AND reject_id <> $3
       AND gone_at IS NULL`,
    [row.path, sha256 ?? null, row.id],
  );
  return rowCount !== 0;
}

/** A row that another file was registered under meanwhile stays. */
async function end(client: pg.Client, { id, path, sha256, begun }: Row): Promise<void> {
  await inTransaction(client, async () => {
    const { rowCount } = await client.query(
      `UPDATE reject_file SET gone_at = clock_timestamp()
       WHERE reject_id = $1 AND sha256 = $2 AND (begun_at IS NOT NULL) >= $3 AND gone_at IS NULL`,
      [id, sha256, begun],
    );
    if (rowCount === 0 || !begun) return;
    await writeAudit(client, { action: 'files tidy', subject: path, after: { sha256 } });
  });
}
