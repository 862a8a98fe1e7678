import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, withClient } from '../../../src/db/connect.js';
import type { DatabaseTarget } from '../../../src/db/target.js';
import { closeDays } from '../../../src/jobs/eod/run/close-days.js';
import { importEvents } from '../../../src/jobs/import/import-events.js';
import { packageRoot } from '../../../src/package-root.js';
import { generatedBook, type TestBook } from '../../support/book.js';
import { databaseLike, type TestDatabase, testDatabase } from '../../support/database.js';

const DAYS = ['2026-03-30', '2026-03-31', '2026-04-01'];
/** As many as the process that is killed has, so that it can be killed between them. */
const TASKS = 32;
const BOOK = { loans: 2000, seed: 11, start: DAYS[0]!, days: DAYS.length };

async function chainOf(target: DatabaseTarget): Promise<string[]> {
  return withClient(target, {}, async (client) => {
    const { rows } = await client.query<{ hash: string }>(
      `SELECT encode(chain_hash, 'hex') AS hash FROM sealed_day ORDER BY business_date`,
    );
    return rows.map((row) => row.hash);
  });
}

async function build(): Promise<{ database: TestDatabase; book: TestBook }> {
  const database = await testDatabase();
  const book = await generatedBook(database.target, BOOK);
  for (const day of DAYS) await book.importDay(day);
  await importReversals(database.target, book);
  return { database, book };
}

/** What settled loans on the first day is undone on the last one, when they have left the book. */
async function importReversals(target: DatabaseTarget, book: TestBook): Promise<void> {
  const file = join(book.folder, 'reversals.csv');
  await withClient(target, {}, async (client) => {
    const { rows } = await client.query<{ loan_no: string; ref: string }>(
      `SELECT l.loan_no, e.ref FROM event e JOIN loan l USING (bucket, loan_id)
       WHERE e.type = 4 AND e.business_date = '${DAYS[0]}' ORDER BY l.loan_no`,
    );
    const lines = rows.map(({ loan_no, ref }, k) =>
      ['V', k, ',', loan_no, ',reversal,', DAYS[2], ',', ref].join(''),
    );
    writeFileSync(file, `${['ref,loan_no,type,value_date,of', ...lines].join('\n')}\n`);
    await importEvents(client, { file });
  });
}

/** Starts a close in a process of its own and kills it once some of its tasks are done. */
async function closeAndKill(target: DatabaseTarget, tasksDone: number): Promise<void> {
  const script = join(packageRoot, 'test/support/children/close-child.js');
  const child = spawn(process.execPath, [script, JSON.stringify(target)], { stdio: 'ignore' });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const watcher = await connect(target, {});
  try {
    for (;;) {
      const { rows } = await watcher.query<{ done: number }>(
        `SELECT count(*) AS done FROM step s JOIN run r USING (run_id)
         WHERE r.status = 'open' AND s.phase = 'fold' AND s.status = 'done'`,
      );
      if (rows[0]!.done >= tasksDone) break;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    child.kill('SIGKILL');
    await gone;
  } finally {
    await watcher.end();
  }
}

describe('the hash of a day does not depend on how it was closed', () => {
  const databases: TestDatabase[] = [];
  let built: Awaited<ReturnType<typeof build>>;
  let oneWorker: string[];

  async function fresh(): Promise<DatabaseTarget> {
    const database = await databaseLike(built.database);
    databases.push(database);
    return database.target;
  }

  beforeAll(async () => {
    built = await build();
    databases.push(built.database);
    const target = await fresh();
    const days = await closeDays(target, {
      through: (await openDay(target)) + 2,
      workers: 1,
      tasks: TASKS,
    });
    expect(days[2]!.returned).toBeGreaterThan(0);
    oneWorker = await chainOf(target);
  });

  afterAll(async () => {
    for (const database of databases) await database.drop();
    built?.book.remove();
  });

  it('closes three days', () => {
    expect(oneWorker).toHaveLength(3);
    expect(new Set(oneWorker).size).toBe(3);
  });

  it('is the same with four workers', async () => {
    const target = await fresh();
    await closeDays(target, { through: (await openDay(target)) + 2, workers: 4, tasks: TASKS });
    expect(await chainOf(target)).toEqual(oneWorker);
  });

  it('is the same after a kill -9 in the middle and a resume', async () => {
    const target = await fresh();
    for (const tasks of [3, 12, 25]) await closeAndKill(target, tasks);
    const days = await closeDays(target, {
      through: (await openDay(target)) + 2,
      workers: 2,
      tasks: TASKS,
    });
    expect(days[0]?.resumed).toBe(true);
    expect(await chainOf(target)).toEqual(oneWorker);
  });
});

async function openDay(target: DatabaseTarget): Promise<number> {
  return withClient(target, {}, async (client) => {
    const { rows } = await client.query<{ day: number }>(
      `SELECT business_date - DATE '1970-01-01' AS day FROM book`,
    );
    return rows[0]!.day;
  });
}
