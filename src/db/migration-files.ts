import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LoanbookError } from '../errors.js';
import { packageRoot } from '../package-root.js';

/** Read from `src/` also by the compiled program: the SQL is not copied to `dist/`. */
export const MIGRATIONS_FOLDER = join(packageRoot, 'src/db/migrations');

export interface MigrationFile {
  readonly version: number;
  /** The file's name, such as 0001_book.sql. */
  readonly name: string;
  readonly path: string;
}

/** The migrations of a folder by version. Throws LoanbookError `migration_files` on a gap. */
export function listMigrations(folder: string = MIGRATIONS_FOLDER): readonly MigrationFile[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith('.sql'));
  return names.sort().map((name, index) => {
    const version = Number(/^(\d{4})_[a-z0-9_]+\.sql$/.exec(name)?.[1]);
    if (version === index + 1) return { version, name, path: join(folder, name) };
    throw new LoanbookError('migration_files', 'Migrations must be numbered without a gap.', {
      evidence: { folder, name, expected: `${String(index + 1).padStart(4, '0')}_name.sql` },
      next: 'Rename the file, or install the package again.',
    });
  });
}

/** The newest version that this program knows; 0 without migrations. */
export function latestVersion(folder: string = MIGRATIONS_FOLDER): number {
  return listMigrations(folder).at(-1)?.version ?? 0;
}

export interface MigrationText {
  readonly sql: string;
  readonly sha256: string;
}

/** The SQL of a migration; line ends are made LF first, so a checkout's setting changes nothing. */
export function readMigration(file: MigrationFile): MigrationText {
  const sql = readFileSync(file.path, 'utf8').replaceAll('\r\n', '\n');
  return { sql, sha256: createHash('sha256').update(sql).digest('hex') };
}
