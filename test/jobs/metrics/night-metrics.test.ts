import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commandLine, type RunLine } from '../../support/command-line.js';
import { DATES, type NightBook, nightBook, sh } from '../plan/night-book.js';

let book: NightBook;
let run: RunLine;
beforeAll(async () => {
  book = await nightBook();
  run = commandLine(book.database.target, book.folder);
});
afterAll(() => book.remove());

/** What `loanbook metrics` prints, by name and labels. */
async function metrics(): Promise<Record<string, number>> {
  const { exitCode, stdout, stderr } = await run(['metrics']);
  expect(exitCode, stderr).toBe(0);
  const lines = [...stdout.matchAll(/^loanbook_(\S+) (\S+)$/gm)];
  return Object.fromEntries(lines.map(([, name, value]) => [name, Number(value)]));
}

/** The states of a plan that are 1. */
function stateOf(told: Record<string, number>, plan: string): string[] {
  const states = 'waiting running done failed held interrupted missed'.split(' ');
  const value = (state: string) => told[`plan_state{plan="${plan}",state="${state}"}`];
  for (const state of states) expect([0, 1]).toContain(value(state));
  return states.filter((state) => value(state) === 1);
}

it('tell where a plan stands, how its jobs ended and how long they took', async () => {
  const mended = join(book.folder, 'mended');
  const plan = await book.plan([
    sh('slow', 'sleep 0.4'),
    sh('bad', `test -e ${mended} || exit 3`),
    sh('after', 'true', { needs: ['bad'] }),
  ]);
  const of = (metric: string, job: string) => `step_${metric}{plan="${plan}",job="${job}"}`;
  const before = await metrics();
  expect(Object.keys(before).filter((name) => /^(plan|step|scheduler)_/.test(name))).toEqual([]);
  expect(before['alarms_total{kind="failed"}']).toBe(0);

  await book.run(`night run ${plan}`);
  const failed = await metrics();
  expect(stateOf(failed, plan)).toEqual(['failed']);
  expect([failed[of('exit_code', 'slow')], failed[of('exit_code', 'bad')]]).toEqual([0, 3]);
  expect(failed[of('duration_seconds', 'slow')]).toBeGreaterThan(0.39);
  expect(failed[of('duration_seconds', 'slow')]).toBeLessThan(10);
  // It has not run.
  expect(failed[of('exit_code', 'after')]).toBeUndefined();
  expect(failed['alarms_total{kind="failed"}']).toBe(1);

  writeFileSync(mended, '');
  await book.run(`night resume ${plan}`);
  const done = await metrics();
  // The next date is due.
  expect(stateOf(done, plan)).toEqual(['waiting']);
  expect([done[of('exit_code', 'bad')], done[of('exit_code', 'after')]]).toEqual([0, 0]);
  expect(done['alarms_total{kind="failed"}']).toBe(1);
  await book.run(`night run ${plan}`);
  await book.run(`night run ${plan}`);
  expect(stateOf(await metrics(), plan)).toEqual(['done']);
});

it('a plan stands at its first date that has not ended well, else at the last', async () => {
  const plan = await book.plan([sh('a', 'true')]);
  await book.asOwner(
    DATES.map(
      (date) => `INSERT INTO night (plan, business_date, due_at)
    VALUES ('${plan}', '${date}', '${date}T17:00:00Z')`,
    ).join(';'),
  );
  const are = async (...states: string[]) => {
    for (const [at, state] of states.entries()) {
      const begun = !['waiting', 'missed'].includes(state);
      await book.asOwner(`UPDATE night SET state = '${state}', version = ${begun ? 1 : 'NULL'}
        WHERE plan = '${plan}' AND business_date = '${DATES[at]}'`);
    }
    return stateOf(await metrics(), plan);
  };
  expect(await are('waiting', 'waiting', 'waiting')).toEqual(['waiting']);
  expect(await are('failed', 'waiting', 'waiting')).toEqual(['failed']);
  expect(await are('done', 'held', 'waiting')).toEqual(['held']);
  expect(await are('missed', 'done', 'interrupted')).toEqual(['interrupted']);
  expect(await are('missed', 'missed', 'done')).toEqual(['done']);
  expect(await are('done', 'done', 'missed')).toEqual(['missed']);
});

it('tell of the looks of schedulers and of files', async () => {
  await book.asOwner(`
    INSERT INTO scheduler_look VALUES ('b', 1, '2026-04-01T16:00:00Z', '2026-04-01T16:30:00Z'),
      ('a', 2, '2026-04-01T16:00:00Z', '2026-04-01T16:31:00.5Z');
    INSERT INTO inbox_file (file_id, name, state, since, size, mtime, unchanged_since, is_late,
        first_seen, reason)
      SELECT n, 'f' || n, CASE WHEN n < 3 THEN 'growing' ELSE 'quarantined' END, now(), 1, '', now(),
        false, now(), CASE WHEN n < 3 THEN NULL ELSE 'name_reused' END
      FROM generate_series(1, 3) AS n`);
  expect(await metrics()).toMatchObject({
    // 1 April 2026, 16:30 in UTC.
    'scheduler_look_timestamp_seconds{host="b"}': Date.UTC(2026, 3, 1, 16, 30) / 1000,
    'scheduler_look_timestamp_seconds{host="a"}': Date.UTC(2026, 3, 1, 16, 31) / 1000 + 0.5,
    'files{state="growing"}': 2,
    'files{state="quarantined"}': 1,
    'files{state="ready"}': 0,
  });
});
