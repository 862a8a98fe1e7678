import { spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isRoot } from '../db/embedded/embedded-account.js';
import type { House } from './house.js';

/** A tablespace on a file system of its own, which a file can fill. */
export const SMALL_DISK = 'chaos_small_disk';
const SIZE = '160m';

export function smallDisk({ folder }: House): string {
  return join(folder, 'small-disk');
}

/** Mounts it and makes the tablespace; says why not where the system does not allow it. */
export async function openSmallDisk(house: House): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'a small file system needs Linux';
  if (!isRoot()) return 'only root can mount a small file system';
  const mountPoint = smallDisk(house);
  mkdirSync(mountPoint);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', mountPoint]);
  if (mounted.status !== 0) {
    return `mount: ${mounted.error?.message ?? mounted.stderr.toString().trim()}`;
  }
  house.onClose(() => {
    spawnSync('umount', [mountPoint]);
  });
  const place = join(mountPoint, 'tablespace');
  mkdirSync(place, { mode: 0o700 });
  const { uid, gid } = statSync(await house.dataFolder());
  chownSync(place, uid, gid);
  await (await house.admin()).query(`CREATE TABLESPACE ${SMALL_DISK} LOCATION '${place}'`);
  return undefined;
}
