import { join } from 'node:path';
import type pg from 'pg';
import { maskText } from '../../files/mask.js';
import type { FilesInForce } from './files-in-force.js';
import { requireFolder } from './folder.js';
import { hashFile, pathOf } from './read-content.js';
import { IS_REMOVED, keptFiles } from './register.js';
import { rawName } from './shown-name.js';
import { takenFile } from './take-file.js';

export interface FileDifference {
  readonly folder: 'work' | 'outbox';
  readonly name: string;
  /** `missing`: it is not there, or no regular file. */
  readonly rule: 'content_differs' | 'missing';
  readonly expected: string;
  readonly actual: string | null;
}

export interface FileProof {
  /** Files that were taken, and those for others. */
  readonly taken: number;
  readonly sent: number;
  /** Of those for others: no longer there, as a partner took them. */
  readonly fetched: number;
  readonly differences: readonly FileDifference[];
}

/**
 * Reads every file that was taken and is still to be kept, and every one for others that still
 * lies in the outbox, and holds it against its hash. Throws LoanbookError `folder_unusable` (1).
 */
export async function verifyFiles(
  client: pg.Client,
  { folders }: FilesInForce,
  signal?: AbortSignal,
): Promise<FileProof> {
  const differences: FileDifference[] = [];
  const taken = await keptFiles(client, `f.in_work AND NOT ${IS_REMOVED}`);
  await requireFolder('work', folders.work);
  for (const row of taken) {
    const { path, sha256 } = takenFile(folders, row);
    const found = await hashFile(path, signal);
    if (found?.sha256 === sha256) continue;
    differences.push(differenceOf('work', row.name, sha256, found?.sha256));
  }
  const { rows: sent } = await client.query<{ name: string; sha256: string }>(
    `SELECT name, sha256 FROM outbox_file WHERE state = 'released' ORDER BY name`,
  );
  let fetched = 0;
  if (folders.outbox !== null && sent.length > 0) {
    await requireFolder('outbox', folders.outbox);
    for (const { name, sha256 } of sent) {
      const found = await hashFile(pathOf(join(folders.outbox), rawName(name)), signal);
      if (found === undefined) fetched += 1;
      else if (found.sha256 !== sha256) {
        differences.push(differenceOf('outbox', name, sha256, found.sha256));
      }
    }
  }
  return { taken: taken.length, sent: sent.length, fetched, differences };
}

function differenceOf(
  folder: FileDifference['folder'],
  name: string,
  expected: string,
  actual: string | undefined,
): FileDifference {
  const rule = actual === undefined ? 'missing' : 'content_differs';
  return { folder, name: maskText(name), rule, expected, actual: actual ?? null };
}
