import type pg from 'pg';
import { thisHolder } from '../../runs/holder.js';

/** Says that this host looks, by the clock of the database. */
export async function noteLook(client: pg.Client, beganAt: string): Promise<void> {
  const [host, process] = thisHolder().split('/');
  await client.query(
    `INSERT INTO scheduler_look (host, process, began_at, looked_at)
     VALUES ($1, $2, $3, clock_timestamp())
     ON CONFLICT (host) DO UPDATE SET process = excluded.process, began_at = excluded.began_at,
       looked_at = excluded.looked_at`,
    [host, Number(process), beganAt],
  );
}

/** Why the last look at a plan came to nothing; the next that does not takes it away. */
export async function noteProblem(client: pg.Client, plan: string, text: string): Promise<void> {
  await client.query(
    `INSERT INTO plan_look (plan, problem) VALUES ($1, $2)
     ON CONFLICT (plan) DO UPDATE SET problem = excluded.problem`,
    [plan, text],
  );
}

/** Every plan of the book, by name. */
export async function planNames(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ plan: string }>(
    'SELECT DISTINCT plan FROM plan_version ORDER BY plan',
  );
  return rows.map(({ plan }) => plan);
}
