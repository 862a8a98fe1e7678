import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { externalTarget, withClient } from '../../src/db/connect.js';
import { removeEmbedded, startEmbedded } from '../../src/db/embedded/embedded.js';
import { migrate } from '../../src/db/migrate.js';
import type { DatabaseTarget } from '../../src/db/target.js';
import './provided.js';

let undo: (() => Promise<void>)[] = [];

/** One server a run, and one migrated database in it that the test files clone. */
export async function setup(project: TestProject): Promise<void> {
  try {
    const server = externalTarget(process.env) ?? (await startTemporaryServer());
    const database = `loanbook_test_${process.pid}_${randomBytes(4).toString('hex')}`;
    await withClient(server, { role: 'login' }, (client) =>
      client.query(`CREATE DATABASE ${database} ENCODING 'UTF8' TEMPLATE template0`),
    );
    undo.push(() =>
      withClient(server, { role: 'login' }, async (client) => {
        await client.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
      }),
    );
    await migrate({ ...server, database });
    project.provide('database', { server, template: database });
  } catch (error) {
    await teardown();
    throw error;
  }
}

export async function teardown(): Promise<void> {
  const steps = undo.reverse();
  undo = [];
  for (const step of steps) await step();
}

async function startTemporaryServer(): Promise<DatabaseTarget> {
  const folder = mkdtempSync(join(tmpdir(), 'loanbook-test-'));
  // Open to the server's user when root runs the tests; the data folder itself stays closed.
  chmodSync(folder, 0o755);
  undo.push(async () => {
    await removeEmbedded(folder);
    rmSync(folder, { recursive: true, force: true });
  });
  const target = await startEmbedded(folder);
  await withClient(target, { role: 'login' }, async (client) => {
    // These data are thrown away: no test needs them to survive a power cut.
    await client.query('ALTER SYSTEM SET fsync = off');
    await client.query('ALTER SYSTEM SET synchronous_commit = off');
    await client.query('SELECT pg_reload_conf()');
  });
  return target;
}
