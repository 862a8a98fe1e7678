// A scheduler for tests to kill and to freeze, on a clock that its parent drives: argv[2] holds the
// database, the folder of the book and what this host is called. Each line in is an instant; each
// line out says that all that came of it is done.
import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const { target, folder, host, now: start } = JSON.parse(process.argv[2]);
os.hostname = () => host;
syncBuiltinESMExports();
const { withClient } = await import('../../../dist/db/connect.js');
const { filesOfFolder } = await import('../../../dist/jobs/plan/run/awaited-files.js');
const { startChild } = await import('../../../dist/jobs/plan/run/child.js');
const { runNight } = await import('../../../dist/jobs/plan/run/night-runner.js');
const { runScheduler } = await import('../../../dist/jobs/plan/schedule/scheduler.js');

const MINUTE = 60_000;
let now = start;
const waiting = new Set();
const beats = new Set();
let live = 0;

const clock = {
  now: () => now,
  until(_instant, bell) {
    return new Promise((resolve) => {
      if (bell.aborted) return setImmediate(resolve);
      const wake = () => {
        waiting.delete(wake);
        bell.removeEventListener('abort', wake);
        resolve();
      };
      bell.addEventListener('abort', wake);
      waiting.add(wake);
    });
  },
  every(ms, fn) {
    const beat = { ms, fn, next: now + ms };
    beats.add(beat);
    return () => beats.delete(beat);
  },
};

function beatDue() {
  for (const beat of beats) {
    if (now < beat.next) continue;
    beat.next = now + beat.ms;
    beat.fn();
  }
}

const folders = { book: folder, inbox: folder, outbox: folder };
const never = new AbortController().signal;
const ports = {
  clock,
  start: startChild,
  files: filesOfFolder(folders),
  folders,
  env: process.env,
  stop: never,
  atStop: 'leave',
  tell: () => undefined,
};

const scheduler = runScheduler({
  stop: never,
  looking: () => ({ now, leaseSeconds: 60 }),
  async nextLook() {
    const next = (Math.floor(now / MINUTE) + 1) * MINUTE;
    while (now < next) await clock.until(next, never);
  },
  // A second, where a real one has ten: a frozen look would keep the test waiting.
  session: (fn) =>
    withClient(target, { settings: { idle_in_transaction_session_timeout: '1s' } }, fn),
  run: (claim) => {
    live += 1;
    return runNight(target, claim, ports).finally(() => {
      live -= 1;
    });
  },
  tell: (event) => {
    const error = event.error === undefined ? undefined : String(event.error.code ?? event.error);
    process.stderr.write(`${JSON.stringify({ at: now, host, ...event, error })}\n`);
  },
});
scheduler.catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});

/** Everybody waits for the clock: the scheduler, and each night that it runs. */
async function settled() {
  let quiet = 0;
  while (quiet < 2) {
    await sleep(1);
    quiet = waiting.size === 1 + live ? quiet + 1 : 0;
  }
}

await settled();
process.stdout.write('settled\n');
for await (const line of createInterface({ input: process.stdin })) {
  now = Number(line);
  beatDue();
  for (const wake of [...waiting]) wake();
  await settled();
  process.stdout.write('settled\n');
}
process.exit(0);
