import { hostname } from 'node:os';
import { dirname } from 'node:path';
import type pg from 'pg';
import { parseDay } from '../../accounting/calendar/epoch-day.js';
import { DAY } from '../../operations/clock/instant.js';
import { retentionOf } from '../book/policy-bounds.js';
import { instantNow, withFilesLock } from '../files/register.js';
import {
  type LeftBecause,
  leaveNoEmpty,
  lookAt,
  type TidiedFile,
  type TidyOptions,
  takeAway,
} from '../files/tidy/take-away.js';
import { foldersOf, logOf } from './run/places.js';

interface Row {
  readonly nightId: number;
  readonly plan: string;
  readonly date: string;
  readonly job: string;
  readonly number: number;
  readonly log: string;
  readonly host: string | null;
  readonly since: string;
}

interface LogOptions extends TidyOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
}

type Outcome = Pick<TidiedFile, 'outcome' | 'reason'>;

const left = (reason: LeftBecause): Outcome => ({ outcome: 'left', reason });

/**
 * Takes away the logs of jobs of nights that ended longer ago than the policy keeps them, with the
 * folders that are empty then. A log that somebody wrote to since is left.
 */
export async function tidyLogs(client: pg.Client, options: LogOptions): Promise<TidiedFile[]> {
  const { log_days } = await retentionOf(client);
  const { rows } = await client.query<Row>(
    `SELECT night_id AS "nightId", n.plan, n.business_date AS date, a.job, a.number, a.log,
       split_part(a.process, '/', 1) AS host,
       to_char(coalesce(a.ended_at, a.began_at), 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS since
     FROM night_attempt a JOIN night n USING (night_id)
     WHERE a.log IS NOT NULL AND n.state <> 'running'
       AND coalesce(a.ended_at, a.began_at) <= clock_timestamp() - make_interval(days => $1)
     ORDER BY n.plan, n.business_date, a.began_at, a.job`,
    [log_days],
  );
  const before = (await instantNow(client)) - log_days * DAY;
  const tidied: TidiedFile[] = [];
  for (const row of rows) {
    options.signal?.throwIfAborted();
    const outcome = await withFilesLock(client, () => tidyOne(client, row, { ...options, before }));
    tidied.push({ kind: 'log', file: row.log, since: row.since, ...outcome });
  }
  return tidied;
}

async function tidyOne(
  client: pg.Client,
  row: Row,
  { home, env, before, dryRun = false }: LogOptions & { readonly before: number },
): Promise<Outcome> {
  // Nothing is taken away but where a log of this job lies: whoever may write rows names no other.
  const path = logOf(foldersOf(home, env), row.plan, parseDay(row.date)!, row.job, row.number);
  const found = lookAt(path, home);
  const isOurs = row.host === hostname() && path === row.log;
  if (found.is === 'other') return left(found.reason);
  if (found.is === 'nothing' && !isOurs) return left('elsewhere');
  if (found.is === 'file' && found.seen.changedAt > before) return left('changed');
  if (!dryRun) {
    const reason = found.is === 'file' ? await takeAway(path, found.seen) : undefined;
    if (reason !== undefined) return left(reason);
    leaveNoEmpty(dirname(path), dirname(dirname(path)));
    await client.query(
      'UPDATE night_attempt SET log = NULL WHERE night_id = $1 AND job = $2 AND number = $3',
      [row.nightId, row.job, row.number],
    );
  }
  return { outcome: found.is === 'file' ? 'removed' : 'gone', reason: null };
}
