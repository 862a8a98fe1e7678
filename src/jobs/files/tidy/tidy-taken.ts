import { dirname } from 'node:path';
import type pg from 'pg';
import { inTransaction } from '../../../db/connect.js';
import { formatInstant } from '../../../operations/clock/instant.js';
import { writeAudit } from '../../approvals/audit.js';
import { retentionOf } from '../../book/policy-bounds.js';
import { type FilesInForce, filesInForce } from '../files-in-force.js';
import { requireFolder } from '../folder.js';
import { IS_REMOVED, type KeptFile, keptFiles, withFilesLock } from '../register.js';
import { takenFile } from '../take-file.js';
import {
  hashSeen,
  type LeftBecause,
  leaveNoEmpty,
  lookAt,
  type TidiedFile,
  type TidyOptions,
  takeAway,
} from './take-away.js';

/**
 * Takes away files of others that went in, or were refused, longer ago than the policy keeps them,
 * with their control files. The register keeps their names and hashes, so that none is taken again.
 * Killed in the middle, the next call ends what was begun.
 */
export async function tidyTaken(client: pg.Client, options: TidyOptions): Promise<TidiedFile[]> {
  const inForce = await filesInForce(client, options.home);
  if (inForce === undefined) return [];
  const { file_years } = await retentionOf(client);
  const over = await keptFiles(
    client,
    `f.in_work AND f.state IN ('done', 'rejected') AND NOT ${IS_REMOVED}
       AND f.ended_at <= clock_timestamp() - make_interval(years => $1)`,
    [file_years],
  );
  const isUsable = await requireFolder('work', inForce.folders.work).then(
    () => true,
    () => false,
  );
  const tidied: TidiedFile[] = [];
  for (const row of over) {
    options.signal?.throwIfAborted();
    const reason = isUsable
      ? await withFilesLock(client, () => tidyOne(client, inForce, row, options))
      : 'not_usable';
    tidied.push({
      ...{ kind: 'taken', file: takenFile(inForce.folders, row).path.toString() },
      ...{ since: formatInstant(row.since), reason: reason ?? null },
      outcome: reason === undefined ? 'removed' : 'left',
    });
  }
  return tidied;
}

/** Why it was left. */
async function tidyOne(
  client: pg.Client,
  { folders, rules }: FilesInForce,
  row: KeptFile,
  { dryRun = false, signal }: TidyOptions,
): Promise<LeftBecause | undefined> {
  const { path, sha256 } = takenFile(folders, row);
  const found = lookAt(path, folders.work);
  if (found.is === 'other') return found.reason;
  if (found.is === 'nothing') {
    if (!(await isBegun(client, row))) return 'missing';
  } else {
    const content = await hashSeen(path, found.seen, signal);
    if ('reason' in content) return content.reason;
    if (content.sha256 !== sha256) return 'changed';
  }
  if (dryRun) return undefined;
  await client.query('SELECT begin_removal($1)', [row.id]);
  const control = rules.find(({ file }) => file === row.file)?.control ?? null;
  const reason =
    (await takeControl(path, folders.work, control)) ??
    (found.is === 'file' ? await takeAway(path, found.seen) : undefined);
  if (reason !== undefined) return reason;
  leaveNoEmpty(dirname(path.toString()));
  await inTransaction(client, async () => {
    await client.query('SELECT finish_removal($1)', [row.id]);
    const after = { name: row.name, sha256 };
    await writeAudit(client, { action: 'files tidy', subject: row.id, after });
  });
  return undefined;
}

async function isBegun(client: pg.Client, { id }: KeptFile): Promise<boolean> {
  const { rowCount } = await client.query('SELECT FROM file_removal WHERE file_id = $1', [id]);
  return rowCount !== 0;
}

/** The register has no hash of it: any regular file of that name in the folder of the hash. */
async function takeControl(
  path: Buffer,
  work: string,
  control: string | null,
): Promise<LeftBecause | undefined> {
  if (control === null) return undefined;
  const its = Buffer.concat([path, Buffer.from(control)]);
  const found = lookAt(its, work);
  return found.is === 'file' ? await takeAway(its, found.seen) : undefined;
}
