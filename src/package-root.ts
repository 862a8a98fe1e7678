import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The package's own folder, the same from `src/` (tests) and from `dist/`. */
export const packageRoot = fileURLToPath(new URL('..', import.meta.url));

/**
 * A file in the folder of a module, wherever that was loaded from: SQL and pages are read from
 * `src`, since they are not compiled; a thread runs what lies in `dist`.
 */
export function besideModule(tree: 'src' | 'dist', moduleUrl: string, file: string): string {
  const folder = relative(packageRoot, dirname(fileURLToPath(moduleUrl)));
  const [, ...below] = folder.split(sep);
  return join(packageRoot, tree, ...below, file);
}
