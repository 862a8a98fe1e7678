import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../src/db/connect.js';
import { type TestDatabase, testDatabase } from '../support/database.js';

/**
 * A distributed server keeps the rows of a bucket on one of its nodes: it can hold a key only
 * within a bucket, and fires no triggers on them.
 */
describe('the tables with a bucket', () => {
  let database: TestDatabase;
  let client: pg.Client;
  beforeAll(async () => {
    database = await testDatabase();
    client = await connect(database.target);
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  const WITH_BUCKET = `SELECT c.oid, c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'loanbook'::regnamespace AND c.relkind IN ('r', 'p')
      AND a.attname = 'bucket' AND NOT a.attisdropped`;

  /**
   * Kept whole: what is posted by hand or found by a reconciliation may name a loan; orders to a
   * channel are found by their number, answers of guarantors and refunds by theirs.
   */
  const WHOLE = ['entry', 'recon_break', 'payment_order', 'guarantee_act', 'merchant_refund'];

  const found = async (sql: string): Promise<unknown[]> => (await client.query(sql)).rows;

  it('are those of loans, their events and what a day makes of them', async () => {
    const tables = await found(`SELECT relname FROM (${WITH_BUCKET}) t ORDER BY relname`);
    expect(tables.length).toBeGreaterThan(8);
  });

  it('have no trigger', async () => {
    expect(
      await found(`SELECT t.relname, g.tgname FROM (${WITH_BUCKET}) t
        JOIN pg_trigger g ON g.tgrelid = t.oid WHERE NOT g.tgisinternal`),
    ).toEqual([]);
  });

  it('have no key and no unique index without the bucket', async () => {
    expect(
      await found(`SELECT t.relname, i.indexrelid::regclass::text AS index
        FROM (${WITH_BUCKET}) t JOIN pg_index i ON i.indrelid = t.oid
        WHERE i.indisunique AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = t.oid
          AND a.attname = 'bucket' AND a.attnum = ANY (i.indkey::smallint[]))
          AND t.relname <> ALL ('{${WHOLE}}')`),
    ).toEqual([]);
  });

  it('refer to no table of many rows', async () => {
    expect(
      await found(`SELECT t.relname, f.confrelid::regclass::text AS refers
        FROM (${WITH_BUCKET}) t JOIN pg_constraint f ON f.conrelid = t.oid AND f.contype = 'f'
        WHERE f.confrelid IN (SELECT oid FROM (${WITH_BUCKET}) u)`),
    ).toEqual([]);
  });
});
