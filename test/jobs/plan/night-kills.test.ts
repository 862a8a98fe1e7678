import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningProcess, serverEnv, startCli } from '../../support/cli-process.js';
import { DATES, type NightBook, nightBook, sh } from './night-book.js';

let book: NightBook;
let folder: string;
beforeAll(async () => {
  book = await nightBook();
  folder = join(book.folder, 'barriers');
  mkdirSync(folder);
});
afterAll(() => book.remove());

function startNight(plan: string): RunningProcess {
  const env = { ...serverEnv(book.database.target), LOANBOOK_BARRIERS: folder };
  return startCli(['night', 'run', plan, '--book', book.folder, '--quiet'], env);
}

async function until(what: () => boolean): Promise<void> {
  for (let tries = 0; tries < 1000; tries += 1) {
    if (what()) return;
    await sleep(10);
  }
  throw new Error('it did not come to that');
}

/** Lines that a job wrote into a file of its own, once each time it was done. */
const written = (file: string) =>
  existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];

/**
 * Two jobs of which each does its work once, however often it is run, as every job of a book does:
 * the first says `one`, the second `two`.
 */
async function idempotentPlan(name: string, second: object = {}) {
  const file = join(book.folder, `${name}.txt`);
  const flag = join(book.folder, `${name}.flag`);
  const once = (word: string) => `grep -qs ${word} ${file} || echo ${word} >> ${file}`;
  const wait = `while [ -e ${flag} ]; do sleep 0.02; done`;
  const plan = await book.plan([
    sh('one', `${wait}; ${once('one')}`),
    sh('two', once('two'), { needs: ['one'], ...second }),
  ]);
  return { plan, file, flag };
}

/** What the same night comes to without a kill. */
const WHOLE = { steps: ['one done', 'two done'], lines: ['one', 'two'] };

describe('a night whose runner is killed', () => {
  it.each([
    ['before a start is kept', 'night.starting.one', []],
    ['after a start is kept', 'night.started.one', []],
    ['half way through a job', undefined, []],
    ['after a job ended and before that is kept', 'night.ended.one', ['one']],
  ])('%s is resumed to the same end', async (name, place, left) => {
    const { plan, file, flag } = await idempotentPlan(name.replaceAll(' ', '-'));
    const barrier = join(folder, place ?? 'none');
    if (place === undefined) writeFileSync(flag, '');
    else writeFileSync(barrier, '');
    const runner = startNight(plan);
    if (place === undefined) await untilRunning(plan);
    else await until(() => existsSync(`${barrier}.reached`));
    runner.child.kill('SIGKILL');
    expect((await runner.ended).code).toBeNull();
    rmSync(barrier, { force: true });
    rmSync(`${barrier}.reached`, { force: true });
    // A child that was let go is ended by whoever goes on, and writes nothing more.
    rmSync(flag, { force: true });
    if (place !== undefined) expect(written(file)).toEqual(left);
    // At once: its holder was a process of this machine, and is dead.
    expect(await book.run(`night run ${plan} --date ${DATES[0]}`)).toMatchObject({ exit: 0 });
    await sleep(50);
    expect({ steps: await book.steps(plan), lines: written(file) }).toEqual(WHOLE);
    const attempts = await book.rows(`SELECT a.exit FROM night_attempt a JOIN night USING (night_id)
      WHERE plan = '${plan}' AND job = 'one' ORDER BY number`);
    const killed = place === 'night.starting.one' ? [] : [{ exit: null }];
    expect(attempts).toEqual([...killed, { exit: 0 }]);
  });

  it('between two jobs is taken over by a look, which runs the other one alone', async () => {
    const files = [{ name: 'two-{date}.csv' }];
    const { plan, file } = await idempotentPlan('between', { files });
    const runner = startNight(plan);
    await until(() => written(file).length === 1);
    await untilSteps(plan, ['one done', 'two waiting']);
    runner.child.kill('SIGKILL');
    await runner.ended;
    // It is there for longer than a minute as soon as the clock of files says so: skip it instead.
    await book.run(`night skip ${plan} two --reason why --by A --checker B`);
    expect(await book.run(`night run ${plan} --due`)).toMatchObject({ exit: 0 });
    expect(await book.steps(plan)).toEqual(['one done', 'two skipped person']);
    expect(written(file)).toEqual(['one']);
  });

  it('by a signal is interrupted with 130, and its child is gone', async () => {
    const { plan, file, flag } = await idempotentPlan('signal');
    writeFileSync(flag, '');
    const runner = startNight(plan);
    await untilRunning(plan);
    runner.child.kill('SIGTERM');
    expect(await runner.ended).toMatchObject({ code: 130 });
    rmSync(flag);
    expect(await book.steps(plan)).toEqual(['one interrupted stop', 'two waiting']);
    expect(await book.run(`night resume ${plan}`)).toMatchObject({ exit: 0 });
    expect({ steps: await book.steps(plan), lines: written(file) }).toEqual(WHOLE);
  });
});

const untilRunning = (plan: string) => untilSteps(plan, ['one running', 'two waiting']);

async function untilSteps(plan: string, wanted: readonly string[]): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    if (String(await book.steps(plan)) === String(wanted)) return;
    await sleep(20);
  }
  throw new Error(`steps are ${await book.steps(plan)}`);
}
