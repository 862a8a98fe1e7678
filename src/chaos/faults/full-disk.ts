import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { smallDisk } from '../small-disk.js';
import type { Fault } from './scene.js';

const KILOBYTE = 1024;
const LEFT_KB_MAX = 400;

/** The disk of the book's tables has next to no room, until somebody makes some. */
export const fullDisk: Fault = async ({ house, logStart, random, goOn }) => {
  const folder = smallDisk(house);
  const ballast = join(folder, 'ballast');
  const { bavail, bsize } = statfsSync(folder);
  const left = random.chance(5_000) ? 0 : random.below(LEFT_KB_MAX) * KILOBYTE;
  fill(ballast, Math.max(0, bavail * bsize - left));
  goOn();
  return {
    hit: () => house.logFrom(logStart).includes('No space left on device'),
    undo: async () => rmSync(ballast, { force: true }),
  };
};

/** What the server takes meanwhile is no longer there for the file, and that is as good. */
function fill(file: string, bytes: number): void {
  try {
    writeFileSync(file, Buffer.alloc(bytes));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
  }
}
