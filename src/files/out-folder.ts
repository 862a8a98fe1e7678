import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/**
 * An empty file that says of a folder that it is an outbox: nothing is written but by a release.
 */
export const OUT_MARK = '.loanbook-outbox';

/**
 * The outbox in which a path lies, or below which, links resolved; undefined where it is none. The
 * folder of the path need not be there.
 */
export function outFolderOf(path: string): string | undefined {
  for (let folder = realFolder(dirname(resolve(path))); ; folder = dirname(folder)) {
    if (existsSync(join(folder, OUT_MARK))) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}

/** Under this name a file is written before it appears under its own. */
export function partName(name: string): string {
  return `.${name}.part`;
}

/** Whether a path has the name of a file that is being written. */
export function isPart(path: string): boolean {
  return /^\..+\.part$/.test(basename(path));
}

function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}
