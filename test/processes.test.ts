import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { isRunning } from '../src/processes.js';

it('a process runs until it has ended, whether or not its parent asked for it', async () => {
  // The shell becomes a program that never asks what became of the first one.
  const parent = spawn('sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 60']);
  const [said] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(said.toString());
  expect(isRunning(pid)).toBe(true);
  for (let tries = 0; tries < 200 && isRunning(pid); tries += 1) await sleep(20);
  expect(isRunning(pid)).toBe(false);
  expect(isRunning(parent.pid!)).toBe(true);
  parent.kill('SIGKILL');
  await once(parent, 'close');
  expect(isRunning(pid)).toBe(false);
});
