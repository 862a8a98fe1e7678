import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { packageRoot } from '../package-root.js';
import { inTransaction, sqlStateOf } from './connect.js';

/** One file a domain with the current text of its database functions. */
export const FUNCTIONS_FOLDER = join(packageRoot, 'src/db/functions');

/** What a query on a missing table, in a missing schema or in a closed one fails with. */
const NOT_THERE = new Set(['42P01', '3F000', '42501']);

/** No migration was ever applied, as far as this login can see. */
export function isNotThere(error: unknown): boolean {
  return NOT_THERE.has(sqlStateOf(error) ?? '');
}

export interface FunctionFile {
  /** Such as functions/day.sql. */
  readonly name: string;
  readonly path: string;
  readonly sql: string;
  readonly sha256: string;
}

/** Line ends are made LF first, so a checkout's setting changes nothing. */
function listFunctions(folder: string): FunctionFile[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.sql'));
  return names.sort().map((name) => {
    const path = join(folder, name);
    const sql = readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
    const sha256 = createHash('sha256').update(sql).digest('hex');
    return { name: `functions/${name}`, path, sql, sha256 };
  });
}

/** The files whose text is not the one in the database. */
export async function pendingFunctions(
  client: pg.Client,
  folder: string | null,
): Promise<FunctionFile[]> {
  if (folder === null) return [];
  const applied = await appliedHashes(client);
  return listFunctions(folder).filter(({ name, sha256 }) => applied.get(name) !== sha256);
}

async function appliedHashes(client: pg.Client): Promise<Map<string, string>> {
  try {
    const { rows } = await client.query<{ name: string; sha256: string }>(
      'SELECT name, sha256 FROM loanbook.function_file',
    );
    return new Map(rows.map(({ name, sha256 }) => [name, sha256]));
  } catch (error) {
    if (isNotThere(error)) return new Map();
    throw error;
  }
}

/**
 * Applies one file in a transaction; a rival waits on its row until then and finds the hash. False
 * when it was applied already. What the text itself fails with is for the caller to say.
 */
export async function applyFunctions(
  client: pg.Client,
  { name, sql, sha256 }: FunctionFile,
  lockTimeoutMs: number,
): Promise<boolean> {
  return inTransaction(client, async () => {
    const { rowCount } = await client.query(
      `INSERT INTO loanbook.function_file AS f (name, sha256) VALUES ($1, $2)
       ON CONFLICT (name) DO UPDATE SET sha256 = excluded.sha256, applied_at = now(),
         changes = f.changes + 1, chained_on = NULL
       WHERE f.sha256 <> excluded.sha256`,
      [name, sha256],
    );
    if (rowCount === 0) return false;
    await client.query(`SET LOCAL lock_timeout = ${lockTimeoutMs}`);
    await client.query(sql);
    return true;
  });
}
