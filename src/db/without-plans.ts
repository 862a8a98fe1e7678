import type pg from 'pg';

/** Ways to read and join that the planner can be kept from. */
export type PlanSetting =
  | 'enable_seqscan'
  | 'enable_bitmapscan'
  | 'enable_hashjoin'
  | 'enable_nestloop'
  | 'enable_sort';

/**
 * Runs `read` in a session whose planner may not use some of its ways. After an error they stay
 * forbidden: with a COPY left open, or in an aborted transaction, nothing more can be said there.
 */
export async function withoutPlans<T>(
  client: pg.Client,
  settings: readonly PlanSetting[],
  read: () => Promise<T>,
): Promise<T> {
  await client.query(settings.map((setting) => `SET ${setting} = off`).join('; '));
  const result = await read();
  await client.query(settings.map((setting) => `RESET ${setting}`).join('; '));
  return result;
}
