import type pg from 'pg';

/** Rows that are in memory at a time. */
const FETCH_ROWS = 2_000;

/**
 * The rows of a query in pieces, by a cursor in a read-only transaction of its own: however many
 * there are, few are in memory. One at a time on a client, outside of any transaction.
 */
export async function* cursorRows<T extends object>(
  client: pg.Client,
  select: string,
  parameters: readonly unknown[],
  signal?: AbortSignal,
): AsyncGenerator<T> {
  await client.query('BEGIN READ ONLY');
  try {
    // All rows will be read: the fastest first one is of no interest.
    await client.query('SET LOCAL cursor_tuple_fraction = 1');
    await client.query(`DECLARE pieces NO SCROLL CURSOR FOR ${select}`, [...parameters]);
    for (;;) {
      signal?.throwIfAborted();
      const { rows } = await client.query<T>(`FETCH ${FETCH_ROWS} FROM pieces`);
      yield* rows;
      if (rows.length < FETCH_ROWS) return;
    }
  } finally {
    // Nothing was changed; after an error of the connection there is nothing to end either.
    await client.query('ROLLBACK').catch(() => undefined);
  }
}
