import type pg from 'pg';
import { withClient } from '../../../db/connect.js';
import type { DatabaseTarget } from '../../../db/target.js';
import { isSurelyDead } from '../../runs/holder.js';

/** What an import of a large file of loans has laid out beside the book. */
export interface StagedImport {
  /** Parts of the file that are checked, and their rows that can go in and that cannot. */
  readonly tasks: number;
  readonly rows: number;
  readonly rejected: number;
  /** A process is at it, or may be; else it was killed. */
  readonly isUnderWay: boolean;
  /** Of the file of loans; null: its run is not known. */
  readonly sha256: string | null;
}

interface OpenImport {
  readonly key: string;
  readonly holder: string | null;
  readonly is_held: boolean;
}

/** Undefined: there is none. Asks nothing of a database without the tables. */
export async function stagedImport(target: DatabaseTarget): Promise<StagedImport | undefined> {
  const isThere = await withClient(target, { role: 'login' }, async (client) => {
    const { rowCount } = await client.query(
      `SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname = 'loanbook' AND c.relname = 'import_stage'`,
    );
    return rowCount === 1;
  });
  return isThere ? await withClient(target, {}, readStaged) : undefined;
}

async function readStaged(client: pg.Client): Promise<StagedImport | undefined> {
  const { rows } = await client.query<Pick<StagedImport, 'tasks' | 'rows' | 'rejected'>>(
    `SELECT count(*) AS tasks, coalesce(sum(rows), 0)::bigint AS rows,
       coalesce(sum(rejected), 0)::bigint AS rejected FROM import_task`,
  );
  const { rows: open } = await client.query<OpenImport>(
    `SELECT key, holder, lease_until > clock_timestamp() IS TRUE AS is_held FROM run
     WHERE job = 'import' AND status = 'open' AND key ~ '(^| )loans/'
     ORDER BY run_id DESC LIMIT 1`,
  );
  const [run] = open;
  return {
    ...rows[0]!,
    isUnderWay: run?.is_held === true && !isSurelyDead(run.holder ?? ''),
    sha256: run?.key.split('/').at(-1) ?? null,
  };
}
