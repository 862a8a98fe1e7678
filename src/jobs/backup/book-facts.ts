import type pg from 'pg';
import { readSql } from '../../db/sql-file.js';
import { noBook } from '../book/open-day.js';
import type { BackedUpBook } from './documents/manifest.js';

/** The book as it stands, whatever its schema. Throws LoanbookError `no_book`. */
export async function bookFacts(client: pg.Client): Promise<BackedUpBook> {
  const there = await client.query<{ book: boolean; keys: boolean }>(
    `SELECT to_regclass('loanbook.book') IS NOT NULL AS book,
       to_regclass('loanbook.master_key') IS NOT NULL AS keys`,
  );
  const { book, keys } = there.rows[0]!;
  if (!book) throw noBook();
  const { rows } = await client.query<Omit<BackedUpBook, 'keys'>>(
    readSql(import.meta.url, 'book-facts'),
  );
  if (rows[0] === undefined) throw noBook();
  const versions = keys
    ? await client.query<{ key: string }>(
        `SELECT CASE version WHEN 0 THEN 'lookup' ELSE version::text END AS key
         FROM master_key ORDER BY version`,
      )
    : { rows: [] };
  return { ...rows[0], keys: versions.rows.map(({ key }) => key) };
}

/** The hash of a sealed day in the chain; undefined where the day is not sealed. */
export async function chainHashOf(client: pg.Client, day: string): Promise<string | undefined> {
  const { rows } = await client.query<{ hash: string }>(
    `SELECT encode(chain_hash, 'hex') AS hash FROM sealed_day WHERE business_date = $1`,
    [day],
  );
  return rows[0]?.hash;
}
