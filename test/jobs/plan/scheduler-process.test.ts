import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningProcess, serverEnv, startCli } from '../../support/cli-process.js';
import { DATES, type NightBook, nightBook, sh } from './night-book.js';

let book: NightBook;
beforeAll(async () => {
  book = await nightBook();
});
afterAll(() => book.remove());

function startScheduler(): RunningProcess {
  return startCli(['scheduler', 'run', '--book', book.folder], serverEnv(book.database.target));
}

async function until(what: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    if (await what()) return;
    await sleep(20);
  }
  throw new Error('it did not come to that');
}

const looked = (pid: number | undefined) => async () =>
  (await book.rows(`SELECT FROM scheduler_look WHERE process = ${pid}`)).length > 0;

it('told to end while it runs no night it ends with 0', async () => {
  const scheduler = startScheduler();
  await until(looked(scheduler.child.pid));
  scheduler.child.kill('SIGTERM');
  expect(await scheduler.ended).toMatchObject({ code: 0, stdout: '' });
});

it('leaves what it runs to the next, of any machine, which goes on at once', async () => {
  const flag = join(book.folder, 'left.flag');
  const plan = await book.plan([sh('a', `test -e ${flag} || exec sleep 60`)], {
    on: { months: [4], month_day: [1] },
  });
  const first = startScheduler();
  await until(async () => String(await book.steps(plan)) === 'a running');
  first.child.kill('SIGTERM');
  const { code, stderr } = await first.ended;
  expect(code).toBe(130);
  const lines = stderr.split('\n').filter((line) => line.startsWith('{'));
  expect(lines.map((line) => JSON.parse(line))).toContainEqual(
    expect.objectContaining({ plan, date: DATES[0], msg: 'a night begins here' }),
  );
  writeFileSync(flag, '');
  const second = startScheduler();
  await until(async () => String(await book.steps(plan)) === 'a done');
  second.child.kill('SIGTERM');
  await second.ended;
  rmSync(flag);
  const rows = await book.rows(`SELECT number, e.exit FROM night_execution e
    JOIN night USING (night_id) WHERE plan = '${plan}' ORDER BY number`);
  expect(rows).toEqual([
    { number: 1, exit: null },
    { number: 2, exit: 0 },
  ]);
});
