import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DATES, type NightBook, nightBook, sh } from './night-book.js';

let book: NightBook;
beforeAll(async () => {
  book = await nightBook();
});
afterAll(() => book.remove());

const [FIRST, SECOND] = DATES;

/** Says that a live process elsewhere runs the last night of a plan. */
const heldElsewhere = (plan: string, lease = "interval '1 hour'") =>
  book.asOwner(`UPDATE night SET state = 'running', holder = 'elsewhere/7/x',
    token = gen_random_uuid(), lease_until = clock_timestamp() + ${lease}
    WHERE plan = '${plan}' AND state NOT IN ('waiting', 'missed')`);

describe('night run', () => {
  it('begins the night that is due first, in a process group, and says so once it is done', async () => {
    const plan = await book.plan([
      sh('a', 'echo $LOANBOOK_NIGHT $LOANBOOK_HOME "$0"'),
      { job: 'b', run: ['calendar', 'show', '--quiet'], needs: ['a'] },
    ]);
    const begun = await book.run(`night run ${plan}`);
    expect(begun).toMatchObject({
      exit: 0,
      out: { plan, date: FIRST, state: 'done', exit: 0, outcome: 'done' },
    });
    const log = join(book.folder, 'work', plan, FIRST, 'a-1.log');
    expect(readFileSync(log, 'utf8')).toBe(`${plan}/${FIRST}/a/1 ${book.folder} sh\n`);
    expect(statSync(log).mode & 0o777).toBe(0o600);
    const again = await book.run(`night run ${plan} --date ${FIRST}`);
    expect(again).toMatchObject({ exit: 0, out: { date: FIRST, outcome: 'unchanged' } });
    const rows = await book.rows(`SELECT count(*)::integer AS n FROM night_execution
      JOIN night USING (night_id) WHERE plan = '${plan}'`);
    expect(rows).toEqual([{ n: 1 }]);
    // Without a date the next one.
    expect(await book.run(`night run ${plan}`)).toMatchObject({ out: { date: SECOND } });
  });

  it.each([
    ['exit 3', 3],
    ['exit 4', 4],
    ['exit 75', 75],
    ['exit 9', 1],
    ['kill -9 $$', 1],
  ])('ends with the exit of the first job that failed: %s', async (script, exit) => {
    const plan = await book.plan([
      sh('a', script),
      sh('b', 'exit 1'),
      sh('c', 'exit 0', { needs: ['a'] }),
    ]);
    const said = await book.run(`night run ${plan}`);
    expect(said).toMatchObject({ exit, out: undefined, error: { code: 'night_failed', job: 'a' } });
    expect(await book.steps(plan)).toEqual(['a failed exit', 'b failed exit', 'c blocked']);
  });

  it('shows the last 20 lines of what failed, without what customers are called', async () => {
    const script =
      'i=0; while [ $i -lt 30 ]; do i=$((i+1)); echo line $i; done; echo 13800138000; false';
    const plan = await book.plan([sh('a', script)]);
    const { error } = await book.run(`night run ${plan}`);
    const lines = String(error?.output).split('\n');
    expect(lines).toHaveLength(20);
    expect(lines[0]).toBe('line 12');
    expect(lines[19]).toBe('138******00');
    expect(error).toMatchObject({ plan, date: FIRST, job: 'a', why: 'exit', exit: 1 });
  });

  it('keeps a flood of output out of memory', async () => {
    const plan = await book.plan([sh('a', 'head -c 30000000 /dev/zero; echo end; exit 1')]);
    const before = process.memoryUsage().rss;
    const { error } = await book.run(`night run ${plan}`);
    expect(process.memoryUsage().rss - before).toBeLessThan(20_000_000);
    expect(String(error?.output).endsWith('end')).toBe(true);
  });

  it('is 75 while another process runs it, and resumes it when that has died', async () => {
    const plan = await book.plan([sh('a', 'exit 1')]);
    await book.run(`night run ${plan}`);
    await heldElsewhere(plan);
    const held = { code: 'night_is_running', plan, date: FIRST, host: 'elsewhere', pid: '7' };
    expect(await book.run(`night run ${plan}`)).toMatchObject({ exit: 75, error: held });
    expect(await book.run(`night run ${plan} --due`)).toMatchObject({ exit: 0, out: undefined });
    await heldElsewhere(plan, "interval '0'");
    expect(await book.run(`night run ${plan} --date ${FIRST}`)).toMatchObject({ exit: 1 });
  });

  it('refuses what is not due, no date of the plan, and what is out of order', async () => {
    const plan = await book.plan([sh('a', 'exit 0')]);
    const refused = async (line: string) => (await book.run(line)).error;
    const order = { code: 'out_of_order', date: SECOND, other: FIRST, state: 'waiting' };
    expect(await refused(`night run ${plan} --date ${SECOND}`)).toMatchObject(order);
    expect(await refused(`night run ${plan} --date 2026-04-09`)).toMatchObject({ code: 'not_due' });
    expect(await refused(`night run ${plan} --date 9000-04-01`)).toMatchObject({
      code: 'not_due',
      due: '9000-04-01T16:30:00Z',
    });
    expect(await refused('night run NONE')).toMatchObject({ code: 'unknown_plan' });
    expect(await refused(`night run ${plan} --due --date ${FIRST}`)).toMatchObject({
      code: 'options_conflict',
    });
  });

  it('tells that the calendar lacks a year, and begins nothing', async () => {
    const jobs = [sh('a', 'exit 0', { when: { working: true } })];
    const on = { months: [4], month_day: [1] };
    const plan = await book.plan(jobs, { calendar: 'cn', first_date: '2020-04-01', on });
    expect(await book.run(`night run ${plan}`)).toMatchObject({
      exit: 2,
      error: { code: 'calendar_year_not_loaded', plan, date: '2020-04-01', year: 2020 },
    });
    expect(
      await book.rows(`SELECT state FROM night WHERE plan = '${plan}' AND state <> 'waiting'`),
    ).toEqual([]);
  });
});

describe('night run --due', () => {
  it('says nothing where nothing is due, done, failed or held', async () => {
    const plan = await book.plan([sh('a', 'test -e go', {}), sh('b', 'exit 0')], {
      on: { months: [4], month_day: [1] },
    });
    const silent = { exit: 0, out: undefined, error: undefined };
    // Late: it was due long ago.
    const first = await book.run(`night run ${plan} --due`);
    expect(first).toMatchObject({ exit: 1, error: { code: 'night_failed' } });
    expect(first.captured.stderr).toContain('"kind":"late"');
    expect(await book.run(`night run ${plan} --due`)).toMatchObject(silent);
    await book.asOwner(`UPDATE night SET state = 'held' WHERE plan = '${plan}'`);
    expect(await book.run(`night run ${plan} --due`)).toMatchObject(silent);
    // Its holder died: taken over, and the attempt that failed stays as it was.
    await heldElsewhere(plan, "interval '0'");
    expect(await book.run(`night run ${plan} --due`)).toMatchObject({ exit: 1 });
    await book.asOwner(`UPDATE night SET state = 'done' WHERE plan = '${plan}'`);
    expect(await book.run(`night run ${plan} --due`)).toMatchObject(silent);
    const alarms = await book.rows(`SELECT kind FROM night_alarm JOIN night USING (night_id)
      WHERE plan = '${plan}' ORDER BY alarm_id`);
    expect(alarms.map(({ kind }) => kind)).toEqual(['late', 'failed', 'taken_over']);
  });
});

describe('night resume', () => {
  it('runs again what failed, was blocked or interrupted, and refuses running and done', async () => {
    const flag = join(book.folder, 'resume-flag');
    const plan = await book.plan([
      sh('a', 'exit 0'),
      sh('b', `test -e ${flag}`, { needs: ['a'] }),
      sh('c', 'exit 0', { needs: ['b'] }),
    ]);
    expect((await book.run(`night resume ${plan}`)).error).toMatchObject({ code: 'unknown_night' });
    await book.run(`night run ${plan}`);
    writeFileSync(flag, '');
    expect(await book.run(`night resume ${plan}`)).toMatchObject({
      exit: 0,
      out: { state: 'done' },
    });
    expect(await book.steps(plan)).toEqual(['a done', 'b done', 'c done']);
    const attempts = await book.rows(`SELECT job, count(*)::integer AS n FROM night_attempt
      JOIN night USING (night_id) WHERE plan = '${plan}' GROUP BY job ORDER BY job`);
    expect(attempts.map(({ n }) => n)).toEqual([1, 2, 1]);
    const done = await book.run(`night resume ${plan} --date ${FIRST}`);
    expect(done).toMatchObject({ exit: 2, error: { code: 'done', plan, date: FIRST } });
    await heldElsewhere(plan);
    const running = await book.run(`night resume ${plan}`);
    expect(running).toMatchObject({ exit: 2, error: { code: 'running', rule: 'running' } });
  });

  it('keeps the plan of its first execution', async () => {
    const jobs = [sh('a', 'exit 1')];
    const plan = await book.plan(jobs);
    await book.run(`night run ${plan}`);
    await book.plan([sh('other', 'exit 0')], { plan, version: 2 });
    expect(await book.run(`night resume ${plan}`)).toMatchObject({ exit: 1, error: { job: 'a' } });
    expect(await book.run(`night status ${plan}`)).toMatchObject({ out: { version: 1 } });
  });
});

describe('night hold and release', () => {
  it('stops starts only, reaches another process, and a release resumes what ended held', async () => {
    const flag = join(book.folder, 'hold-flag');
    const wait = `while [ ! -e ${flag} ]; do sleep 0.02; done`;
    const plan = await book.plan([sh('a', wait), sh('b', 'exit 0', { needs: ['a'] })]);
    const running = book.run(`night run ${plan}`);
    await untilSteps(plan, ['a running', 'b waiting']);
    const refused = async (line: string) => (await book.run(line)).error?.code;
    expect(await refused(`night hold ${plan} a --reason why`)).toBe('running');
    expect(await refused(`night hold ${plan} b`)).toBe('no_reason');
    expect(await refused(`night hold ${plan} x --reason why`)).toBe('unknown_job');
    expect(await refused(`night release ${plan} b`)).toBe('not_held');
    expect(await book.run(`night hold ${plan} b --reason why --by "Li Na"`)).toMatchObject({
      exit: 0,
      out: { plan, date: FIRST, job: 'b', outcome: 'done' },
    });
    expect(await refused(`night hold ${plan} b --reason why`)).toBe('held');
    writeFileSync(flag, '');
    expect(await running).toMatchObject({ exit: 75, error: { code: 'night_held' } });
    expect(await book.steps(plan)).toEqual(['a done', 'b waiting']);
    expect(await refused(`night hold ${plan} a --reason why`)).toBe('ended');
    const released = await book.run(`night release ${plan} b`);
    expect(released).toMatchObject({ exit: 0, out: { state: 'done' } });
    expect(await refused(`night hold ${plan} --reason why`)).toBe('ended');
    const audit = await book.rows(`SELECT action, subject, reason, person FROM audit
      WHERE subject LIKE '${plan} %' ORDER BY audit_id`);
    expect(audit.slice(1)).toMatchObject([
      { action: 'night hold', subject: `${plan} ${FIRST} b`, reason: 'why', person: 'Li Na' },
      { action: 'night release', subject: `${plan} ${FIRST} b` },
    ]);
  });
});

describe('night skip', () => {
  const failing = () =>
    book.plan([
      sh('a', 'exit 1'),
      sh('b', 'exit 0', { needs: ['a'] }),
      sh('c', 'exit 0', { skip: 'never' }),
    ]);

  it('takes two persons and a reason', async () => {
    const plan = await failing();
    await book.run(`night run ${plan}`);
    const skip = async (words: string) =>
      (await book.run(`night skip ${plan} ${words}`)).error?.code;
    expect(await skip('c --reason why --by A --checker B')).toBe('never_skipped');
    expect(await skip('a --reason why --by A')).toBe('no_checker');
    expect(await skip('a --reason why --by "Li Na" --checker "li  na"')).toBe('same_person');
    expect(await skip('b --by A --checker B')).toBe('no_reason');
    expect(await skip('a --reason why --by A --checker B')).toBeUndefined();
    expect(await skip('a --reason why --by A --checker B')).toBe('ended');
    expect(await book.run(`night resume ${plan}`)).toMatchObject({ exit: 0 });
    expect(await book.steps(plan)).toEqual(['a skipped person', 'b done', 'c done']);
    const approvals = await book.rows(`SELECT act, subject, maker, checker, status FROM approval`);
    expect(approvals).toEqual([
      {
        act: 'night_skip',
        subject: `${plan} ${FIRST} a`,
        maker: 'A',
        checker: 'B',
        status: 'granted',
      },
    ]);
  });

  it('is refused of a job that runs', async () => {
    const plan = await book.plan([sh('a', 'exec sleep 20')]);
    const running = book.run(`night run ${plan}`);
    await untilSteps(plan, ['a running']);
    const skipped = await book.run(`night skip ${plan} a --reason why --by A --checker B`);
    expect(skipped.error?.code).toBe('running');
    await book.run(`night stop ${plan}`);
    expect(await running).toMatchObject({ exit: 130 });
  });
});

describe('night stop', () => {
  it('ends steps and run with 130, in whatever process they are, and a resume goes on', async () => {
    const flag = join(book.folder, 'stop-flag');
    const script = `test -e ${flag} && exit 0; sleep 20 & wait`;
    const plan = await book.plan([sh('a', script), sh('b', 'exit 0', { needs: ['a'] })]);
    const running = book.run(`night run ${plan}`);
    await untilSteps(plan, ['a running', 'b waiting']);
    expect(await book.run(`night stop ${plan} --by "Li Na"`)).toMatchObject({ exit: 0 });
    expect(await running).toMatchObject({ exit: 130, error: { code: 'night_interrupted' } });
    expect(await book.steps(plan)).toEqual(['a interrupted stop', 'b waiting']);
    const ended = await book.rows(`SELECT n.state, n.exit, n.token, a.exit AS attempt
      FROM night n JOIN night_attempt a USING (night_id) WHERE plan = '${plan}'`);
    expect(ended).toEqual([{ state: 'interrupted', exit: 130, token: null, attempt: 130 }]);
    expect((await book.run(`night stop ${plan}`)).error).toMatchObject({ code: 'not_running' });
    writeFileSync(flag, '');
    expect(await book.run(`night run ${plan}`)).toMatchObject({ exit: 0, out: { date: FIRST } });
  });
});

describe('night status and dry-run', () => {
  it('show order, times, conditions, files and filled commands, and change nothing', async () => {
    const plan = await book.plan(
      [
        {
          job: 'gate',
          run: ['import', 'repayments', '{inbox}/r-{yyyymmdd}.csv', '{who}'],
          files: [{ name: 'r-{yyyymmdd}.csv', control: '.ok' }],
          files_by: '06:00',
          window: ['23:00', '05:00'],
        },
        sh('end', "echo 'it is'", { needs: ['gate'], when: { month_day: [2] }, deadline: '07:00' }),
      ],
      { parameters: { who: 'x y' } },
    );
    const count = `SELECT count(*) FROM night WHERE plan = '${plan}'`;
    const before = await book.rows(count);
    const { out } = await book.run(`night dry-run ${plan} --date ${FIRST}`);
    // 00:30 in Shanghai is 16:30 UTC of the day before; 05:00 is 21:00.
    expect(out).toMatchObject({
      plan,
      isDate: true,
      due: '2026-04-01T16:30:00Z',
      jobs: [
        {
          job: 'gate',
          state: 'waiting',
          command: `loanbook import repayments ${book.folder}/inbox/r-20260401.csv 'x y'`,
          files: 'r-20260401.csv',
          filesBy: '2026-04-01T22:00:00Z',
          opens: '2026-04-01T15:00:00Z',
          closes: '2026-04-01T21:00:00Z',
        },
        { job: 'end', state: 'not_due', needs: 'gate', deadline: '2026-04-01T23:00:00Z' },
      ],
    });
    expect(await book.rows(count)).toEqual(before);
    // Its files did not come by 06:00 of that day.
    expect(await book.run(`night run ${plan}`)).toMatchObject({
      exit: 1,
      error: { why: 'files_missing', files: 'r-20260401.csv' },
    });
    expect(await book.run(`night status ${plan}`)).toMatchObject({
      exit: 0,
      out: {
        state: 'failed',
        steps: [{ job: 'gate', why: 'files_missing', attempts: 0 }, { state: 'not_due' }],
        alarms: [{ job: 'gate', kind: 'files_late' }, { kind: 'failed' }],
      },
    });
    const { out: listed } = await book.run('night status');
    expect(listed?.nights).toContainEqual(
      expect.objectContaining({ plan, state: 'failed', exit: 1 }),
    );
    expect(await book.run(`night status ${plan} --watch`)).toMatchObject({
      exit: 2,
      error: { code: 'nothing_to_watch' },
    });
  });
});

/** Waits until the steps of a plan's last night are these. */
async function untilSteps(plan: string, wanted: readonly string[]): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (String(await book.steps(plan)) === String(wanted)) return;
    await sleep(20);
  }
  throw new Error(`steps are ${await book.steps(plan)}`);
}
