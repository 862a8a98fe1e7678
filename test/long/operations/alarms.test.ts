import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AlarmBook, alarmBook } from '../../jobs/plan/alarms/alarm-book.js';
import { DATES, sh } from '../../jobs/plan/night-book.js';

const [FIRST] = DATES;
const ONE_DATE = { on: { months: [4], month_day: [1] } };
const POLL = { timeout: 20_000, interval: 20 };

let book: AlarmBook;
beforeAll(async () => {
  book = await alarmBook();
});
afterAll(() => book.remove());

/** How long a night was under way, in seconds, by the table. */
async function secondsOf(plan: string): Promise<number> {
  const [row] = await book.rows(`SELECT extract(epoch FROM ended_at - began_at)::float8 AS s
    FROM night_execution JOIN night USING (night_id) WHERE plan = '${plan}'`);
  return Number(row!.s);
}

const counted = (kind: string) => book.rows(`SELECT FROM night_alarm WHERE kind = '${kind}'`);

/** Of `loanbook metrics`, by kind. */
async function alarmsTotal(kind: string): Promise<number> {
  expect((await book.run(`metrics --out ${book.folder}`)).exit).toBe(0);
  const text = book.read(join(book.folder, 'loanbook.prom')).join('\n');
  return Number(
    new RegExp(`^loanbook_alarms_total\\{kind="${kind}"\\} (.*)$`, 'm').exec(text)?.[1],
  );
}

describe('an address', () => {
  it('that hangs delays no night, and the next look gives it up', {
    timeout: 120_000,
  }, async () => {
    const { alarms, came, hook } = await book.both(() => undefined);
    const jobs = [sh('a', 'exit 3', { accept: [3] }), sh('b', 'exit 0', { needs: ['a'] })];
    const plan = await book.plan(jobs, { alarms, ...ONE_DATE });
    const before = performance.now();
    expect((await book.start('night', 'run', plan).ended).code).toBe(0);
    const seconds = (performance.now() - before) / 1000;
    expect(await secondsOf(plan)).toBeLessThan(5);
    // It waits ten for its last alarm, and a process takes its time to begin.
    expect(seconds).toBeGreaterThan(9);
    expect(seconds).toBeLessThan(16);
    expect(await book.steps(plan)).toEqual(['a done', 'b done']);
    expect(await book.shown(plan)).toMatchObject([{ kind: 'accepted', told: 'waiting' }]);
    const triedBefore = hook.got.length;
    expect(await book.look(plan)).toBe(0);
    expect(hook.got.length - triedBefore).toBe(3);
    expect(came()[0]).toEqual([`${FIRST} a accepted`]);
    const failure = `${new URL(hook.url).host}: no answer within 10 s`;
    expect(await book.shown(plan)).toEqual([
      { at: expect.any(String), job: 'a', kind: 'accepted', told: 'failed', failure },
    ]);
    expect(await alarmsTotal('accepted')).toBe((await counted('accepted')).length);
  });

  it('that fails is tried three times while the night ends, and no look tries again', async () => {
    const { alarms, came, hook } = await book.both((_, response) => {
      response.writeHead(503).end('13800138000');
    });
    const plan = await book.plan([sh('a', 'exit 1')], { alarms, ...ONE_DATE });
    const { code, stderr } = await book.start('night', 'run', plan).ended;
    expect(code).toBe(1);
    expect(stderr).not.toContain('138');
    expect(await secondsOf(plan)).toBeLessThan(5);
    expect(await book.look(plan)).toBe(0);
    expect([came()[0], hook.got.length]).toEqual([[`${FIRST} a failed`], 3]);
    const failure = `${new URL(hook.url).host}: status 503`;
    expect(await book.shown(plan)).toMatchObject([{ kind: 'failed', told: 'failed', failure }]);
    expect(await alarmsTotal('failed')).toBe((await counted('failed')).length);
  });

  it('that hangs keeps nothing that is told to end', async () => {
    const { alarms, hook } = await book.both(() => undefined);
    const plan = await book.plan([sh('a', 'exit 3', { accept: [3] })], { alarms, ...ONE_DATE });
    const runner = book.start('night', 'run', plan);
    await expect.poll(() => hook.got.length, POLL).toBe(1);
    await expect.poll(() => book.steps(plan), POLL).toEqual(['a done']);
    const before = performance.now();
    runner.child.kill('SIGTERM');
    await runner.ended;
    expect(performance.now() - before).toBeLessThan(3000);
    expect(await book.shown(plan)).toMatchObject([{ kind: 'accepted', told: 'waiting' }]);
  });
});
