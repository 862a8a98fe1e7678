import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { connect } from '../../src/db/connect.js';
import { type TestDatabase, testDatabase } from './database.js';

/** A migrated database without a book, a client of the batch role and a folder for files. */
export interface ScratchBook {
  readonly database: TestDatabase;
  readonly client: pg.Client;
  /** Writes a file of these lines and returns its path. */
  file(name: string, ...lines: readonly string[]): string;
  rows(sql: string): Promise<Record<string, unknown>[]>;
  asOwner(sql: string): Promise<void>;
  remove(): Promise<void>;
}

export async function scratchBook(): Promise<ScratchBook> {
  const database = await testDatabase();
  const client = await connect(database.target);
  const folder = mkdtempSync(join(tmpdir(), 'loanbook-scratch-'));
  return {
    database,
    client,
    file(name, ...lines) {
      const path = join(folder, name);
      writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
      return path;
    },
    rows: async (sql) => (await client.query<Record<string, unknown>>(sql)).rows,
    async asOwner(sql) {
      const owner = await connect(database.target, { role: 'owner' });
      await owner.query(sql);
      await owner.end();
    },
    async remove() {
      await client.end();
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
