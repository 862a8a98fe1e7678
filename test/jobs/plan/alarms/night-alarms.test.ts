import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DrivenNight, NO_PROCESSES } from '../driven-night.js';
import { DATES, sh } from '../night-book.js';
import { type AlarmBook, alarmBook, KINDS } from './alarm-book.js';

const [FIRST, SECOND, THIRD] = DATES;
const ONE_DATE = { on: { months: [4], month_day: [1] } };
const POLL = { timeout: 20_000, interval: 20 };

let book: AlarmBook;
beforeAll(async () => {
  book = await alarmBook();
});
afterAll(() => book.remove());

// Addresses that hang or fail take a minute, and stand among the long tests.
describe('alarms, of each kind once by a program and an address', () => {
  it('of what a run tells, with what to do next', async () => {
    const { alarms, came, hook } = await book.both();
    const late = { deadline: '01:00', window: ['00:40', '00:50'], window_missed: 'fail' };
    const files = { files: [{ name: 'f-{date}.csv' }], files_by: '00:40', files_missing: 'skip' };
    const plan = await book.plan(
      [
        sh('counted', 'exit 3', { accept: [3] }),
        sh('filed', 'exit 0', files),
        sh('closed', 'exit 0', { needs: ['counted'], ...late }),
      ],
      { alarms, ...ONE_DATE },
    );
    expect(await book.look(plan)).toBe(1);
    const told = [' late', 'closed deadline', 'closed failed', 'closed window_missed'];
    told.push('counted accepted', 'filed files_late');
    const each = told.map((one) => `${FIRST} ${one}`);
    expect(came()).toEqual([each, each]);
    const sent = hook.got.map((text) => JSON.parse(text));
    expect(sent).toContainEqual({
      ...{ book: 'T', plan, date: FIRST, job: 'counted', kind: 'accepted' },
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      next: `loanbook night status ${plan} --date ${FIRST}`,
    });
    for (const { next } of sent) {
      expect((await book.run(next.replace(/^loanbook /, ''))).exit).toBe(0);
    }
    expect((await book.shown(plan)).map((alarm) => alarm.told)).toEqual(told.map(() => 'sent'));
  });

  it('of nights that nothing ran', async () => {
    const { alarms, came } = await book.both();
    const none = await book.plan([sh('a', 'exit 0')], { alarms, missed: 'none' });
    expect(await book.look(none)).toBe(0);
    const missed = DATES.map((date) => `${date}  missed`);
    expect(came()).toEqual([missed, missed]);
    const latest = await book.plan([sh('a', 'exit 0')], { alarms, missed: 'latest' });
    expect(await book.look(latest)).toBe(0);
    const all = [...missed, `${FIRST}  missed`, `${SECOND}  missed`, `${THIRD}  late`].sort();
    expect(came()).toEqual([all, all]);
  });

  it('of a runner that died', async () => {
    const { alarms, came } = await book.both();
    const flag = join(book.folder, 'over.flag');
    const job = sh('a', `test -e ${flag} || exec sleep 60`);
    const plan = await book.plan([job], { alarms, ...ONE_DATE });
    const runner = book.start('night', 'run', plan);
    await expect.poll(() => book.steps(plan), POLL).toEqual(['a running']);
    runner.child.kill('SIGKILL');
    await runner.ended;
    writeFileSync(flag, '');
    expect(await book.look(plan)).toBe(0);
    expect(came()).toEqual([[`${FIRST}  taken_over`], [`${FIRST}  taken_over`]]);
  });

  it('of a job that outlived its window, by a clock that is driven', async () => {
    const { alarms, came } = await book.both();
    const change = { alarms, ...ONE_DATE };
    const jobs = [{ job: 'a', program: ['true'], window: ['00:30', '00:40'] }];
    const plan = await book.plan(jobs, change);
    const scene = {
      plan: { plan, version: 1, first_date: FIRST, at: '00:30', jobs, ...change },
      date: FIRST,
      start: '2026-04-01T16:30:00Z',
      outcomes: { a: [{ seconds: 1200 }] },
      until: '2026-04-01T18:00:00Z',
    };
    await new DrivenNight(book.database.target, book.client, scene, NO_PROCESSES).play();
    expect(await book.look(plan)).toBe(0);
    expect(came()).toEqual([[`${FIRST} a outlived`], [`${FIRST} a outlived`]]);
  });

  it('so that no kind was left out', async () => {
    const told = await book.rows('SELECT DISTINCT kind FROM night_alarm');
    expect(told.map(({ kind }) => kind).sort()).toEqual(KINDS.toSorted());
  });
});

describe('alarms of a night', () => {
  it('killed between taking and sending are sent by the next look, once', async () => {
    const { alarms, came } = await book.both();
    const plan = await book.plan([sh('a', 'exit 1')], { alarms, ...ONE_DATE });
    const barrier = join(book.barriers, 'alarm.taken.failed');
    writeFileSync(barrier, '');
    const runner = book.start('night', 'run', plan);
    await expect.poll(() => existsSync(`${barrier}.reached`), POLL).toBe(true);
    runner.child.kill('SIGKILL');
    expect((await runner.ended).code).toBeNull();
    rmSync(barrier);
    expect(came()).toEqual([[], []]);
    expect(await book.shown(plan)).toMatchObject([{ kind: 'failed', told: 'waiting' }]);
    expect([await book.look(plan), await book.look(plan)]).toEqual([0, 0]);
    expect(await book.shown(plan)).toMatchObject([{ kind: 'failed', told: 'sent' }]);
    const sent = [`${FIRST} a failed`];
    expect(came()).toEqual([sent, sent]);
  });

  it('are sent once by two schedulers', async () => {
    const { alarms, came } = await book.both((_, response) => {
      setTimeout(() => response.end(), 100);
    });
    const plans: string[] = [];
    for (let k = 0; k < 8; k += 1) {
      plans.push(await book.plan([sh('a', 'exit 0')], { alarms, missed: 'none' }));
    }
    const two = [book.start('scheduler', 'run'), book.start('scheduler', 'run')];
    await expect.poll(() => came().map((each) => each.length), POLL).toEqual([24, 24]);
    const unsettled = `SELECT FROM night_alarm WHERE settled_at IS NULL`;
    await expect.poll(() => book.rows(unsettled), POLL).toEqual([]);
    for (const { child } of two) child.kill('SIGTERM');
    const ended = await Promise.all(two.map((each) => each.ended));
    expect(ended.map(({ code }) => code)).toEqual([0, 0]);
    const each = plans.flatMap(() => DATES.map((date) => `${date}  missed`)).sort();
    expect(came()).toEqual([each, each]);
  });
});
