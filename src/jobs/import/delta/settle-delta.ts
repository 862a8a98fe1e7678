import type pg from 'pg';
import { readSql } from '../../../db/sql-file.js';
import type { Replacing } from '../import-outcome.js';

/**
 * Takes the staged loans that the book has just so out of the staging tables, and counts what the
 * others replace. The lock of imports keeps the book as it is until they are stored.
 */
export async function settleLoans(client: pg.Client): Promise<Replacing> {
  return settle(client, 'loans-unchanged', 'loans-replaced');
}

/** The same for staged positions. */
export async function settlePositions(client: pg.Client): Promise<Replacing> {
  return settle(client, 'positions-unchanged', 'positions-replaced');
}

async function settle(
  client: pg.Client,
  unchangedSql: string,
  replacedSql: string,
): Promise<Replacing> {
  const { rowCount } = await client.query(readSql(import.meta.url, unchangedSql));
  const { rows } = await client.query<Omit<Replacing, 'unchanged'>>(
    readSql(import.meta.url, replacedSql),
  );
  return { ...rows[0]!, unchanged: rowCount ?? 0 };
}

/** Takes the loans out of the book whose places the staged ones take, with what came along. */
export async function replaceLoans(client: pg.Client, importId: number): Promise<void> {
  await client.query(readSql(import.meta.url, 'loans-replace'), [importId]);
}

/** Takes the positions out of the book whose places the staged ones take. */
export async function replacePositions(client: pg.Client, importId: number): Promise<void> {
  await client.query(readSql(import.meta.url, 'positions-replace'), [importId]);
}
