import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeEmbedded, startEmbedded, stopEmbedded } from '../../src/db/embedded/embedded.js';
import { migrate } from '../../src/db/migrate.js';
import type { DatabaseTarget } from '../../src/db/target.js';
import { closeDays } from '../../src/jobs/eod/run/close-days.js';
import { Random } from '../../src/jobs/generate/random.js';
import { generatedBook, type TestBook } from '../support/book.js';
import { type EndedProcess, serverEnv, startCli } from '../support/cli-process.js';
import { databaseLike, type TestDatabase, testDatabase } from '../support/database.js';
import { chainOf, killSessions } from '../support/unrest.js';

const DAYS = ['2026-03-30', '2026-03-31'];
const BOOK = { loans: 6000, seed: 23, start: DAYS[0]!, days: DAYS.length };
/** By default every run is another one; UNREST_SEED repeats one. */
const SEED = Number(process.env.UNREST_SEED ?? Date.now() % 1_000_000);

async function fill(target: DatabaseTarget): Promise<TestBook> {
  const book = await generatedBook(target, BOOK);
  for (const day of DAYS) await book.importDay(day);
  return book;
}

const eodRun = (day: string) => ['eod', 'run', '--date', day, '--tasks', '24', '--workers', '2'];

describe(`a book in an unquiet night, seed ${SEED}`, () => {
  let built: TestDatabase;
  let book: TestBook;
  let undisturbed: string[];
  const databases: TestDatabase[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'loanbook-unrest-'));
  const random = new Random(SEED);

  async function fresh(): Promise<DatabaseTarget> {
    const database = await databaseLike(built);
    databases.push(database);
    return database.target;
  }

  beforeAll(async () => {
    built = await testDatabase();
    databases.push(built);
    book = await fill(built.target);
    const target = await fresh();
    for (const _ of DAYS) await closeDays(target, { workers: 2, tasks: 24 });
    undisturbed = await chainOf(target);
  });

  afterAll(async () => {
    for (const database of databases) await database.drop();
    book?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  /** SIGTERM at a random moment, again and again, until the command comes to its end. */
  async function stormed(target: DatabaseTarget, args: readonly string[]): Promise<number> {
    for (let stops = 0; ; stops += 1) {
      const { child, ended } = startCli(args, serverEnv(target));
      const isLast = stops === 25;
      await Promise.race([ended, sleep(isLast ? 600_000 : 100 + random.below(2_000))]);
      child.kill('SIGTERM');
      const { code, stderr } = await ended;
      expect(stderr).not.toMatch(/internal error|unhandled|^ +at /m);
      if (code === 0) return stops;
      // Null: the signal came before the first line of the program.
      expect([130, null]).toContain(code);
    }
  }

  it('stopped with SIGTERM at random moments is the same in the end', async () => {
    const target = await fresh();
    let stops = 0;
    for (const day of DAYS) {
      stops += await stormed(target, eodRun(day));
      const out = join(folder, `${day}.xlsx`);
      stops += await stormed(target, ['gl', 'subledger', '--as-of', day, '--out', out]);
      stops += await stormed(target, ['reconcile', 'gl', '--as-of', day]);
      expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
    }
    expect(stops).toBeGreaterThan(3);
    expect(await chainOf(target)).toEqual(undisturbed);
  });

  it('gives up with 75 when its sessions are killed without end, and the next run goes on', async () => {
    const target = await fresh();
    const killer = killSessions(target, { name: 'loanbook fold', kills: 1e6, waitMs: () => 0 });
    const { code, stderr } = await startCli([...eodRun(DAYS[0]!), '--json'], serverEnv(target))
      .ended;
    await killer.stop();
    expect([code, stderr.includes('internal')]).toEqual([75, false]);
    for (const day of DAYS) {
      expect((await startCli(eodRun(day), serverEnv(target)).ended).code).toBe(0);
    }
    expect(await chainOf(target)).toEqual(undisturbed);
  });
});

describe('a server that is started again in the midst of a close', () => {
  const home = mkdtempSync(join(tmpdir(), 'loanbook-restart-'));
  afterAll(async () => {
    await removeEmbedded(home);
    rmSync(home, { recursive: true, force: true });
  });

  it('does not fail the night', async () => {
    const target = await startEmbedded(home);
    await migrate(target);
    const book = await fill(target);
    book.remove();
    const run = startCli(eodRun(DAYS[0]!), { LOANBOOK_HOME: home });
    let isOver = false;
    const ended = run.ended.then((result): EndedProcess => {
      isOver = true;
      return result;
    });
    let restarts = 0;
    for (const waitMs of [1500, 2500]) {
      await sleep(waitMs);
      if (isOver) break;
      await stopEmbedded(home);
      await startEmbedded(home);
      restarts += 1;
    }
    const { code, stderr } = await ended;
    expect({ code, internal: stderr.includes('internal') }).toEqual({ code: 0, internal: false });
    expect(restarts).toBeGreaterThan(0);
    expect(stderr).toContain('the database was away');
    expect(await chainOf(target)).toHaveLength(1);
  });
});
