import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startChild } from '../../../src/jobs/plan/run/child.js';
import { drivenBook, drivenDisagreements } from '../../jobs/plan/driven-agreement.js';
import type { Programs } from '../../jobs/plan/driven-night.js';
import { type TestDatabase, testDatabase } from '../../support/database.js';

let database: TestDatabase;
const folder = mkdtempSync(join(tmpdir(), 'loanbook-programs-'));
beforeAll(async () => {
  database = await testDatabase();
  await drivenBook(database.target);
});
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

/**
 * Small programs, each in a process group of its own as in every night: one sleeps until the driven
 * clock says that it ends, by a pipe, and ends with its exit; a signal ends it earlier.
 */
class SmallPrograms implements Programs {
  started = 0;
  readonly #dying = new Set<Promise<number>>();

  async start(exit: number) {
    this.started += 1;
    const pipe = join(folder, String(this.started));
    execFileSync('mkfifo', [pipe]);
    const script = `read go < ${pipe}; exit ${exit}`;
    const child = await startChild({
      line: { kind: 'program', words: ['sh', '-c', script] },
      log: `${pipe}.log`,
      env: { PATH: process.env.PATH },
    });
    return {
      ...child,
      signal: (name: 'SIGTERM' | 'SIGKILL') => {
        this.#dying.add(child.ended);
        child.signal(name);
      },
      end: async () => {
        // Both ends: opening one of them would wait for the other.
        const file = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK);
        writeSync(file, 'go\n');
        await child.ended;
        closeSync(file);
      },
    };
  }

  async quiet(): Promise<boolean> {
    const dying = [...this.#dying];
    this.#dying.clear();
    await Promise.all(dying);
    await nextTurn();
    return dying.length > 0;
  }
}

it('the runner with processes comes to what `operations simulate` says, on 30 plans', async () => {
  const programs = new SmallPrograms();
  const seeds = Array.from({ length: 30 }, (_, at) => at + 1);
  const found = await drivenDisagreements(database.target, seeds, programs);
  expect(found.slice(0, 1).join('')).toBe('');
  expect(programs.started).toBeGreaterThan(60);
}, 600_000);
