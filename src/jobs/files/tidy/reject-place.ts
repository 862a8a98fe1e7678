import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import type pg from 'pg';
import { isFileOfRejects } from '../../../files/rejects/file-of-rejects.js';
import { besideOf, type RejectPlace } from '../../../files/rejects/reject-place.js';
import { retentionOf } from '../../book/policy-bounds.js';
import { filesInForce } from '../files-in-force.js';
import { makeFolder, makePath } from '../folder.js';
import { KeptNames } from '../kept-names.js';
import { shownName } from '../shown-name.js';
import { KeptPaths } from './kept-path.js';

/**
 * Files of rejected rows of a book: in its work folder, by the hash of their source, where it has
 * one; else beside their source. Each is registered before it appears, with the day on which it
 * goes by the policy of the open day. `client` is in no transaction when one appears.
 */
export function rejectPlace(client: pg.Client, home: string): RejectPlace {
  const paths = new KeptPaths(home);
  const given = new Map<string, string>();
  return {
    async pathOf(file, sha256) {
      const work = (await filesInForce(client, home))?.folders.work;
      const place = work === undefined ? undefined : join(work, sha256);
      if (work === undefined || place === undefined || resolve(dirname(file)) === place) {
        return besideOf(file);
      }
      const name = await new KeptNames(work).of(shownName(Buffer.from(basename(file))));
      const path = besideOf(join(place, name));
      given.set(path, work);
      return path;
    },
    async begins(path) {
      const work = given.get(path);
      if (work === undefined) return;
      await makeFolder('work', work);
      await makePath(dirname(path));
    },
    async appears(path, sha256) {
      const { reject_days } = await retentionOf(client);
      await client.query(
        `INSERT INTO reject_file (host, path, sha256, goes_at)
         VALUES ($1, $2, $3, clock_timestamp() + make_interval(days => $4))
         ON CONFLICT (host, path) WHERE gone_at IS NULL DO UPDATE SET sha256 = excluded.sha256,
           written_at = excluded.written_at, goes_at = excluded.goes_at, begun_at = NULL`,
        [hostname(), await paths.of(path), sha256, reject_days],
      );
    },
    async isRead(path, sha256) {
      if (!(await holdsRejects(path))) return;
      await client.query(
        `UPDATE reject_file SET sha256 = $3 WHERE host = $1 AND path = $2 AND gone_at IS NULL`,
        [hostname(), await paths.of(path), sha256],
      );
    },
  };
}

/** Whether a file begins as those of rejected rows do, in whichever charset its source has. */
export async function holdsRejects(path: string): Promise<boolean> {
  for (const charset of ['utf-8', 'utf-16le', 'utf-16be']) {
    if (await isFileOfRejects(path, charset)) return true;
  }
  return false;
}
