import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { retrying, withClient } from '../../src/db/connect.js';
import type { DatabaseTarget } from '../../src/db/target.js';
import './provided.js';

export interface TestDatabase {
  readonly target: DatabaseTarget;
  drop(): Promise<void>;
}

/** A migrated database for one test file: `beforeAll` makes it, `afterAll` drops it. */
export function testDatabase(): Promise<TestDatabase> {
  return createDatabase(inject('database').template);
}

/** A copy of a test database as it stands, which nobody is connected to: quicker than to build it. */
export function databaseLike({ target }: TestDatabase): Promise<TestDatabase> {
  return createDatabase(target.database);
}

/** A database without roles' tables or schema, for tests of the installation itself. */
export function emptyDatabase(): Promise<TestDatabase> {
  return createDatabase('template0');
}

async function createDatabase(template: string): Promise<TestDatabase> {
  const { server } = inject('database');
  const database = `loanbook_test_${process.pid}_${randomBytes(6).toString('hex')}`;
  await retrying(
    () => run(server, `CREATE DATABASE ${database} TEMPLATE ${template} STRATEGY file_copy`),
    { attemptsMax: 20, delayMsMax: 500 },
  );
  return {
    target: { ...server, database },
    drop: () => run(server, `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`),
  };
}

async function run(server: DatabaseTarget, sql: string): Promise<void> {
  await withClient(server, { role: 'login' }, (client) => client.query(sql));
}
