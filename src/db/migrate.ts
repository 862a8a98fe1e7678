import type pg from 'pg';
import { type Evidence, LoanbookError } from '../errors.js';
import { bootstrap, mayOwnerEndSessions } from './bootstrap.js';
import { inTransaction, retrying, sqlStateOf, withClient } from './connect.js';
import {
  applyFunctions,
  FUNCTIONS_FOLDER,
  isNotThere,
  pendingFunctions,
} from './function-files.js';
import {
  latestVersion,
  listMigrations,
  MIGRATIONS_FOLDER,
  type MigrationFile,
  readMigration,
} from './migration-files.js';
import type { DatabaseTarget } from './target.js';

const ONE_SESSION = { isOneSession: true };
const NEXT_MIGRATE = 'Run `loanbook db migrate`.';
/** DDL that waits longer than this for a lock gives way and is tried again. */
const LOCK_TIMEOUT_MS = 5_000;

export interface Migrated {
  /** Names of the files applied by this call, in order. */
  readonly applied: readonly string[];
  readonly version: number;
  /** The owner's role may end the sessions of every login that a run was lost by. */
  readonly endsSessions: boolean;
}

interface AppliedRow {
  readonly version: number;
  readonly name: string;
  readonly sha256: string;
}

/** The functions belong to the program's own migrations; others come without. */
function functionsOf(folder: string): string | null {
  return folder === MIGRATIONS_FOLDER ? FUNCTIONS_FOLDER : null;
}

/**
 * Brings the database to the newest version, and its functions to their current text. Several at
 * once are safe: each file is applied by one of them. Throws LoanbookError `database_newer`,
 * `migration_changed`, `migration_failed`, `database_needs_administrator`, `database_encoding`.
 */
export async function migrate(
  target: DatabaseTarget,
  folder: string = MIGRATIONS_FOLDER,
): Promise<Migrated> {
  const files = listMigrations(folder);
  const version = files.at(-1)?.version ?? 0;
  return withClient(
    target,
    { role: 'login', applicationName: 'loanbook migrate' },
    async (client) => {
      await bootstrap(client);
      await client.query('SET ROLE loanbook_owner');
      const applied: string[] = [];
      requireKnown(await readApplied(client), files);
      for (const file of files) {
        if (await retrying(() => applyFile(client, file), ONE_SESSION)) applied.push(file.name);
      }
      for (const file of await pendingFunctions(client, functionsOf(folder))) {
        const apply = () =>
          applyFunctions(client, file, LOCK_TIMEOUT_MS).catch((error: unknown) => {
            throw migrationFailure(file, file.sql, error);
          });
        if (await retrying(apply, ONE_SESSION)) applied.push(file.name);
      }
      return { applied, version, endsSessions: await mayOwnerEndSessions(client) };
    },
  );
}

/**
 * The version row goes in first: a rival waits on its key until the first has committed, and then
 * steps aside. False when the file was applied already.
 */
async function applyFile(client: pg.Client, file: MigrationFile): Promise<boolean> {
  const { sql, sha256 } = readMigration(file);
  return inTransaction(client, async () => {
    const { rowCount } = await client.query(
      `INSERT INTO loanbook.migration (version, name, sha256) VALUES ($1, $2, $3)
       ON CONFLICT (version) DO NOTHING`,
      [file.version, file.name, sha256],
    );
    if (rowCount === 0) {
      requireKnown(await readApplied(client), [file], false);
      return false;
    }
    await client.query(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
    try {
      await client.query(sql);
    } catch (error) {
      throw migrationFailure(file, sql, error);
    }
    return true;
  });
}

/** Applied files must be the same bytes still; with `isWhole`, none may be unknown here. */
function requireKnown(
  applied: readonly AppliedRow[],
  files: readonly MigrationFile[],
  isWhole = true,
): void {
  const latest = files.at(-1)?.version ?? 0;
  const newest = applied.at(-1)?.version ?? 0;
  if (isWhole && newest > latest) throw newer(newest, latest);
  const byVersion = new Map(applied.map((row) => [row.version, row]));
  for (const file of files) {
    const row = byVersion.get(file.version);
    if (row === undefined) continue;
    const { sha256 } = readMigration(file);
    if (row.sha256 === sha256) continue;
    throw new LoanbookError('migration_changed', 'A migration changed after it was applied.', {
      evidence: { file: file.path, applied: row.name, expected: row.sha256, actual: sha256 },
      next: 'Restore the file; a change of the tables goes into a new migration.',
    });
  }
}

async function readApplied(client: pg.Client): Promise<readonly AppliedRow[]> {
  const { rows } = await client.query<AppliedRow>(
    'SELECT version, name, sha256 FROM loanbook.migration ORDER BY version',
  );
  return rows;
}

export interface PendingMigrations {
  /** 0 when nothing was ever applied. */
  readonly version: number;
  readonly latest: number;
  readonly pending: readonly string[];
}

/** What `migrate` would apply. Changes nothing. */
export async function pendingMigrations(
  target: DatabaseTarget,
  folder: string = MIGRATIONS_FOLDER,
): Promise<PendingMigrations> {
  return withClient(target, { role: 'login' }, async (client) => {
    const version = await currentVersion(client);
    const files = listMigrations(folder).filter((file) => file.version > version);
    const functions = await pendingFunctions(client, functionsOf(folder));
    return {
      version,
      latest: latestVersion(folder),
      pending: [...files, ...functions].map((file) => file.name),
    };
  });
}

/**
 * One cheap query, for every command that needs the tables. Throws LoanbookError
 * `database_not_migrated` or `database_newer`. Call it outside a transaction.
 */
export async function requireMigrated(
  client: pg.Client,
  folder: string = MIGRATIONS_FOLDER,
): Promise<void> {
  const version = await currentVersion(client);
  const latest = latestVersion(folder);
  if (version > latest) throw newer(version, latest);
  const functions = version < latest ? [] : await pendingFunctions(client, functionsOf(folder));
  if (version === latest && functions.length === 0) return;
  throw new LoanbookError('database_not_migrated', 'The database lacks migrations.', {
    evidence: {
      database: client.database,
      version,
      latest,
      functions: functions.map(({ name }) => name).join(', ') || undefined,
    },
    next: NEXT_MIGRATE,
  });
}

async function currentVersion(client: pg.Client): Promise<number> {
  try {
    const { rows } = await client.query<{ version: number }>(
      'SELECT coalesce(max(version), 0) AS version FROM loanbook.migration',
    );
    return rows[0]?.version ?? 0;
  } catch (error) {
    if (isNotThere(error)) return 0;
    throw error;
  }
}

function newer(version: number, latest: number): LoanbookError {
  return new LoanbookError('database_newer', 'The database was migrated by a newer loanbook.', {
    evidence: { version, latest },
    next: 'Install that version of loanbook, or a newer one.',
  });
}

function migrationFailure(file: { readonly path: string }, sql: string, error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const at = error as Error & { position?: string; detail?: string; where?: string };
  // The server counts characters of the whole text from 1.
  const before = at.position === undefined ? undefined : [...sql].slice(0, Number(at.position) - 1);
  const evidence: Evidence = {
    file: file.path,
    line: before && before.filter((char) => char === '\n').length + 1,
    sqlstate: sqlStateOf(error),
    reason: error.message,
    detail: at.detail,
    where: at.where,
  };
  return new LoanbookError('migration_failed', 'A migration failed; nothing of it was kept.', {
    evidence,
    next: 'Read the reason; the files before it stay applied.',
    cause: error,
  });
}
