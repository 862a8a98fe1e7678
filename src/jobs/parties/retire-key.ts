import type pg from 'pg';
import { inTransaction } from '../../db/connect.js';
import { refusing } from '../approvals/acting.js';

export interface RetiredKey {
  readonly key: number;
  readonly outcome: 'retired' | 'unchanged';
}

/**
 * The book needs a master key no more: it need not be at hand from now on. Throws LoanbookError
 * `unknown_key`, `key_is_newest`, `key_in_use` (2) and what is refused of persons.
 */
export async function retireKey(
  client: pg.Client,
  { version, by }: { readonly version: number; readonly by: string },
): Promise<RetiredKey> {
  return inTransaction(client, () =>
    refusing(async () => {
      const { rows } = await client.query<Pick<RetiredKey, 'outcome'>>(
        'SELECT retire_key($1, $2) AS outcome',
        [version, by],
      );
      return { key: version, outcome: rows[0]!.outcome };
    }),
  );
}
