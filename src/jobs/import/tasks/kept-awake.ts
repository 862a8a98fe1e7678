import type pg from 'pg';

/** The server gives up a session that is silent in a transaction for a minute. */
const EVERY_MS = 10_000;

/** Asks the server for nothing from time to time, while others work for this session. */
export async function keptAwake<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  let asking: Promise<unknown> | undefined;
  const timer = setInterval(() => {
    // One at a time, however late the server is.
    asking ??= client
      .query('SELECT')
      .catch(() => undefined)
      .finally(() => {
        asking = undefined;
      });
  }, EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    await asking;
  }
}
