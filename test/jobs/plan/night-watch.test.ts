import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommandLine } from '../../../src/cli.js';
import { environmentOf } from '../../support/command-line.js';
import { type NightBook, nightBook, sh } from './night-book.js';

let book: NightBook;
beforeAll(async () => {
  book = await nightBook();
});
afterAll(() => book.remove());

const CLEAR = '\x1b[H\x1b[2J';

/** `night status --watch` on a terminal: what it shows, screen by screen. */
function watch(plan: string) {
  const stdout = Object.assign(new PassThrough({ highWaterMark: 1 << 24 }), {
    isTTY: true,
    columns: 200,
  });
  const stop = new AbortController();
  const host = {
    env: environmentOf(book.database.target),
    stdin: Readable.from([]),
    stdout,
    stderr: new PassThrough(),
    signal: stop.signal,
  };
  const words = ['--book', book.folder, 'night', 'status', plan, '--watch'];
  const exit = runCommandLine(words, host);
  let text = '';
  stdout.on('data', (piece) => {
    text += piece;
  });
  return { exit, stop, screens: () => text.split(CLEAR).slice(1) };
}

async function until(what: () => Promise<boolean> | boolean): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    if (await what()) return;
    await sleep(20);
  }
  throw new Error('it did not come to that');
}

it('a night is watched in its order until it has ended, or until the watcher leaves', async () => {
  const flag = join(book.folder, 'watch-flag');
  const plan = await book.plan([
    sh('first', `while [ ! -e ${flag} ]; do sleep 0.02; done`, { time_out: '2h' }),
    sh('second', 'exit 0', { needs: ['first'], deadline: '00:29' }),
  ]);
  const running = book.run(`night run ${plan}`);
  await until(async () => String(await book.steps(plan)) === 'first running,second waiting');
  const left = watch(plan);
  await until(() => left.screens().length > 0 && left.screens()[0]!.includes('second'));
  left.stop.abort();
  expect(await left.exit).toBe(0);
  const [screen = ''] = left.screens();
  expect(screen).toMatch(/^first +running .*\n+second +waiting +needs first /m);
  const stays = watch(plan);
  await until(() => stays.screens().length > 0);
  writeFileSync(flag, '');
  expect(await running).toMatchObject({ exit: 0 });
  expect(await stays.exit).toBe(0);
  const last = stays.screens().at(-1)!;
  expect(last).toMatch(/^state +done$/m);
  expect(last).toMatch(/^first +done .*\n+second +done /m);
  // The next night is compared with this one.
  const next = book.run(`night run ${plan}`);
  await until(async () => (await book.steps(plan)).length === 2);
  expect(await next).toMatchObject({ exit: 0 });
  const { out } = await book.run(`night status ${plan}`);
  expect(out?.steps).toMatchObject([
    { job: 'first', usualSeconds: expect.any(Number), seconds: 0 },
    { job: 'second' },
  ]);
});
