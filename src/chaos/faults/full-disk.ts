import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault } from './scene.js';
import { smallDisk } from '../small-disk.js';

const KILOBYTE = 1024;
const LEFT_KB_MAX = 400;

/** The disk of the book's tables has next to no room, until somebody makes some. */
export const fullDisk: Fault = async ({ house, logStart, random, goOn }) => {
  const folder = smallDisk(house);
  const ballast = join(folder, 'ballast');
  const { bavail, bsize } = statfsSync(folder);
  const left = random.chance(5_000) ? 0 : random.below(LEFT_KB_MAX) * KILOBYTE;
  writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - left)));
  goOn();
  return {
    hit: () => house.logFrom(logStart).includes('No space left on device'),
    undo: async () => rmSync(ballast, { force: true }),
  };
};
