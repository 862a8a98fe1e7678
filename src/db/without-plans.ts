import type pg from 'pg';

/** Ways to read and join that the planner can be kept from. */
export type PlanSetting =
  | 'enable_seqscan'
  | 'enable_bitmapscan'
  | 'enable_hashjoin'
  | 'enable_nestloop'
  | 'enable_sort';

/** Runs `read` in a session whose planner may not use some of its ways. */
export async function withoutPlans<T>(
  client: pg.Client,
  settings: readonly PlanSetting[],
  read: () => Promise<T>,
): Promise<T> {
  for (const setting of settings) await client.query(`SET ${setting} = off`);
  try {
    return await read();
  } finally {
    for (const setting of settings) await client.query(`RESET ${setting}`);
  }
}
