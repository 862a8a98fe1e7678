import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withStartLock } from '../../../src/db/embedded/start-lock.js';

let folder: string;
let lockFile: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loanbook-lock-'));
  lockFile = join(folder, 'lock');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const deadPid = () => spawnSync('true').pid;

it('lets one in at a time, also when a dead one left its lock', async () => {
  writeFileSync(lockFile, JSON.stringify({ pid: deadPid(), host: hostname() }));
  let inside = 0;
  let insideMax = 0;
  const enter = () =>
    withStartLock(lockFile, async () => {
      inside += 1;
      insideMax = Math.max(insideMax, inside);
      await sleep(5);
      inside -= 1;
    });
  await Promise.all(Array.from({ length: 8 }, enter));
  expect(insideMax).toBe(1);
  expect(existsSync(lockFile)).toBe(false);
});

it.each([
  ['a live process here', () => process.ppid, hostname(), 0, true],
  ['a process elsewhere', deadPid, 'elsewhere', 0, true],
  ['a process elsewhere, silent for long', deadPid, 'elsewhere', 120, false],
])('waits for %s or not', async (_name, pid, host, silentSeconds, waits) => {
  writeFileSync(lockFile, JSON.stringify({ pid: pid(), host }));
  const at = new Date(Date.now() - silentSeconds * 1000);
  utimesSync(lockFile, at, at);
  const entered = withStartLock(lockFile, async () => 'in', 60);
  if (waits) await expect(entered).rejects.toMatchObject({ code: 'embedded_locked', exitCode: 75 });
  else await expect(entered).resolves.toBe('in');
});

it('takes away what one left that was killed as it took the lock, and of others nothing', async () => {
  const left = (pid: number, host: string) => {
    const name = `lock.${pid}.x7`;
    writeFileSync(join(folder, name), JSON.stringify({ pid, host }));
    return name;
  };
  left(deadPid(), hostname());
  const kept = [left(process.ppid, hostname()), left(deadPid(), 'elsewhere')];
  await withStartLock(lockFile, async () => undefined);
  expect(readdirSync(folder).sort()).toEqual(kept.sort());
});

it('gives the lock back when the work throws', async () => {
  const failing = withStartLock(lockFile, () => Promise.reject(new Error('mine')));
  await expect(failing).rejects.toThrow('mine');
  expect(existsSync(lockFile)).toBe(false);
});
