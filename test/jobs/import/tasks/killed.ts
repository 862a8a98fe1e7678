import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { importLoans } from '../../../../src/jobs/import/import-loans.js';
import { packageRoot } from '../../../../src/package-root.js';
import type { ImportBook } from '../../../support/import-book.js';
import { HEADER, leftBehind, mixedLoans, mixedSchedules } from './loan-files.js';

const CHILD = join(packageRoot, 'test/support/children/import-child.js');
const MAX_REJECTS = 1_000_000;

/** A process that imports, and when it has ended. */
function start(book: ImportBook, options: object): { child: ChildProcess; ended: Promise<void> } {
  const words = [JSON.stringify(book.database.target), JSON.stringify(options)];
  const child = fork(CHILD, words, { stdio: 'ignore' });
  return { child, ended: new Promise((resolve) => child.once('exit', () => resolve())) };
}

export interface Kills {
  readonly kills: number;
  readonly loans: number;
  readonly seed: number;
}

/** What the kills met: how often nothing was there, tasks were, or all of it was. */
export interface Met {
  untouched: number;
  withTasks: number;
  complete: number;
}

/**
 * Kills an import at random moments of the time that it takes, over and over: what is left must be
 * nothing or all, and a re-run must leave what the uninterrupted one leaves. Returns what it met.
 */
export async function killOverAndOver(
  book: ImportBook,
  { kills, loans, seed }: Kills,
  differs: (found: unknown, expected: unknown) => void,
): Promise<Met> {
  const options = {
    file: book.file('loans.csv', HEADER, ...mixedLoans(loans)),
    schedules: book.file('schedules.csv', ...mixedSchedules(loans)),
    maxRejects: MAX_REJECTS,
    cut: { threadsFromBytes: 0, workers: 2, taskRows: Math.ceil(loans / 12) },
  };
  const clean = async () => {
    await book.reset();
    await book.asOwner(`ALTER SEQUENCE event_arrival RESTART; SELECT drop_import_tables()`);
  };
  await clean();
  const untouched = await leftBehind(book);
  const began = performance.now();
  await start(book, options).ended;
  const took = performance.now() - began;
  const complete = await leftBehind(book);
  const met: Met = { untouched: 0, withTasks: 0, complete: 0 };
  let state = seed;
  for (let kill = 0; kill < kills; kill += 1) {
    await clean();
    const { child, ended } = start(book, options);
    // Park and Miller: the same moments for the same seed.
    state = (state * 48_271) % 2_147_483_647;
    await sleep(took * (0.2 + (0.85 * state) / 2_147_483_647));
    child.kill('SIGKILL');
    await ended;
    const { tables, ...left } = await leftBehind(book);
    const isComplete = (left.loan as unknown[]).length > 0;
    differs({ ...left, tables: [] }, isComplete ? complete : untouched);
    if (isComplete) met.complete += 1;
    else if ((tables as unknown[]).length > 0) met.withTasks += 1;
    else met.untouched += 1;
    await importLoans(book.client, options);
    differs(await leftBehind(book), complete);
  }
  return met;
}
