import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { lastLines, startChild } from '../../../src/jobs/plan/run/child.js';
import { LiveChildren } from '../../../src/jobs/plan/run/live-children.js';
import { isGroupAlive } from '../../../src/jobs/plan/run/lost-children.js';
import type { Job } from '../../../src/operations/plan/plan.js';
import { DrivenClock } from './driven-clock.js';

const folder = mkdtempSync(join(tmpdir(), 'loanbook-children-'));
afterAll(() => rmSync(folder, { recursive: true }));
let logs = 0;

async function start(script: string) {
  logs += 1;
  const log = join(folder, `${logs}.log`);
  const line = { kind: 'program', words: ['sh', '-c', script] } as const;
  const child = await startChild({ line, log, env: process.env });
  const group = Number(child.process.split('/')[1]);
  return { child, log, group };
}

const read = (log: string) => readFileSync(log, 'utf8');

async function untilRead(log: string, text: string): Promise<void> {
  for (let tries = 0; tries < 200 && read(log) !== text; tries += 1) await sleep(10);
  expect(read(log)).toBe(text);
}

describe('a child', () => {
  it('does nothing before it is let go, and nothing at all where it is called off', async () => {
    const { child, log } = await start('echo ran');
    await sleep(50);
    expect(read(log)).toBe('');
    child.open();
    expect(await child.ended).toBe(0);
    expect(read(log)).toBe('ran\n');
    const other = await start('echo ran');
    other.child.cancel();
    expect(await other.child.ended).not.toBe(0);
    expect(read(other.log)).toBe('');
  });

  it.each([
    ['exit 3', 3],
    ['kill -TERM $$', 143],
    ['exec nothing-of-that-name', 127],
  ])('ends with the exit of its program: %s', async (script, exit) => {
    const { child } = await start(script);
    child.open();
    expect(await child.ended).toBe(exit);
  });

  it('that forks and leaves is ended with its group', async () => {
    const { child, group } = await start('sleep 60 & exit 0');
    child.open();
    expect(await child.ended).toBe(0);
    expect(isGroupAlive(group)).toBe(false);
  });

  it('that leaves its group as it forks is ended with all it started', async () => {
    const pidFile = join(folder, 'left.pid');
    const { child } = await start(`setsid sh -c 'echo $$ > ${pidFile}; exec sleep 60' &
      while ! [ -s ${pidFile} ]; do sleep 0.02; done`);
    child.open();
    expect(await child.ended).toBe(0);
    const left = Number(readFileSync(pidFile, 'utf8'));
    // What is dead stays until its parent asks for it, which is nobody of ours.
    const stat = `/proc/${left}/stat`;
    expect(existsSync(stat) ? readFileSync(stat, 'utf8') : ') Z').toContain(') Z');
  });

  it('writes through no link', async () => {
    const log = join(folder, 'link.log');
    symlinkSync(join(folder, 'elsewhere'), log);
    const line = { kind: 'program', words: ['true'] } as const;
    await expect(startChild({ line, log, env: {} })).rejects.toMatchObject({ code: 'ELOOP' });
    expect(lastLines(log)).toBeUndefined();
  });
});

describe('a time-out', () => {
  const job = { name: 'a', timeOut: 60_000 } as Job;
  const live = async (script: string) => {
    const clock = new DrivenClock(0);
    let resolve: () => void;
    const ended = new Promise<void>((done) => {
      resolve = done;
    });
    const children = new LiveChildren(() => resolve());
    const started = await start(script);
    children.add({ at: 0, job, from: 0, child: started.child, log: started.log }, clock);
    children.open();
    const run = { steps: [{ state: 'running', attempts: [{ from: 0 }] }] } as never;
    return { clock, children, ended, exits: () => children.endedOf(run), ...started };
  };

  it('ends the whole group, with exit 124', async () => {
    const { clock, children, ended, exits, group, log } = await live('echo up; sleep 60 & wait');
    await untilRead(log, 'up\n');
    expect(children.nextEnd()).toBe(60_000);
    await children.endOverdue(59_999);
    expect(exits()).toEqual([]);
    clock.set(60_000);
    await children.endOverdue(60_000);
    await ended;
    expect(exits()).toEqual([{ at: 0, endedAt: 60_000, exit: 124 }]);
    expect(isGroupAlive(group)).toBe(false);
  });

  it('kills what ignores it half a minute later', async () => {
    const { clock, children, ended, exits, log, group } = await live(
      "trap '' TERM; echo up; while :; do sleep 0.05; done",
    );
    await untilRead(log, 'up\n');
    await children.endOverdue(60_000);
    expect(children.nextEnd()).toBe(90_000);
    await children.endOverdue(89_999);
    await sleep(100);
    expect(isGroupAlive(group)).toBe(true);
    clock.set(90_000);
    await children.endOverdue(90_000);
    await ended;
    expect(exits()).toEqual([{ at: 0, endedAt: 90_000, exit: 124 }]);
  });
});
