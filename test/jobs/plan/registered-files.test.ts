import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { serverEnv, startCli } from '../../support/cli-process.js';
import { type NightBook, nightBook, sh } from './night-book.js';

/** By test; the last one is the open day of the book. */
const DATES = ['2026-03-26', '2026-03-27', '2026-03-28'] as const;

const from = (date: string) => ({ first_date: date, on: { months: [3] } });

let book: NightBook;
beforeAll(async () => {
  book = await nightBook();
  const rules = join(book.folder, 'inbox.yaml');
  writeFileSync(
    rules,
    'version: 1\nfolders: {inbox: in, work: held, outbox: out}\n' +
      'rules: [{file: paid, name: "paid-{date}.csv", settle: 1s},' +
      ' {file: glued, name: "g-{yyyymmdd}{n}.csv", settle: 1s}]\n',
  );
  expect(await book.run(`files apply ${rules} --by A`)).toMatchObject({ exit: 0 });
});
afterAll(() => book.remove());

const inbox = (name: string) => join(book.folder, 'in', name);
const registered = (name: string) =>
  book.rows(`SELECT state, ended_by FROM inbox_file WHERE name = '${name}' ORDER BY file_id`);
const start = (plan: string, date: string) =>
  startCli(
    ['night', 'run', plan, '--date', date, '--book', book.folder, '--quiet'],
    serverEnv(book.database.target),
  );

/** Says what it was given, then what that holds. */
const reads = (job: string, name: string, more: object = {}) => ({
  job,
  program: ['sh', '-c', 'echo "$0"; cat "$0"', `{inbox}/${name}`],
  files: [{ name }],
  ...more,
});

it('takes the file of a job when it is whole, and gives the job the path in work', async () => {
  const [date] = DATES;
  const name = `paid-${date}.csv`;
  const plan = await book.plan([reads('paid', 'paid-{date}.csv')], from(date));
  const night = start(plan, date);
  // A writer that takes its time, under the name of a transfer, then under its own.
  writeFileSync(inbox(`${name}.part`), 'a\n');
  await sleep(500);
  renameSync(inbox(`${name}.part`), inbox(name));
  await sleep(700);
  writeFileSync(inbox(name), 'a\nb\n');
  expect(await night.ended).toMatchObject({ code: 0 });
  expect(existsSync(inbox(name))).toBe(false);
  const [said, ...content] = readFileSync(log(plan, date, 'paid-1'), 'utf8')
    .trimEnd()
    .split('\n');
  expect(said!.startsWith(join(book.folder, 'held'))).toBe(true);
  expect(content).toEqual(['a', 'b']);
  expect(await registered(name)).toEqual([{ state: 'done', ended_by: `${plan} paid` }]);
});

it('takes one whose day and number look like a card, which the register keeps masked', async () => {
  const [date] = DATES;
  const plan = await book.plan([reads('glued', 'g-{yyyymmdd}000003.csv')], from(date));
  writeFileSync(inbox('g-20260326000003.csv'), 'a\n');
  expect(await start(plan, date).ended).toMatchObject({ code: 0 });
  expect(await book.rows(`SELECT name FROM inbox_file WHERE rule = 'glued'`)).toEqual([
    { name: expect.stringContaining('g-202603****') },
  ]);
  expect(readFileSync(log(plan, date, 'glued-1'), 'utf8')).toMatch(/\na\n$/);
});

it('gives a job that failed the same file again, also where another one came meanwhile', async () => {
  const date = DATES[1];
  const name = `paid-${date}.csv`;
  const flag = join(book.folder, 'flag');
  const plan = await book.plan(
    [
      {
        ...reads('paid', 'paid-{date}.csv'),
        program: ['sh', '-c', `cat "$0"; test -e ${flag}`, '{inbox}/paid-{date}.csv'],
      },
    ],
    from(date),
  );
  writeFileSync(inbox(name), 'first\n');
  expect(await start(plan, date).ended).toMatchObject({ code: 1 });
  expect(await registered(name)).toEqual([{ state: 'taken', ended_by: null }]);
  writeFileSync(inbox(name), 'second\n');
  writeFileSync(flag, '');
  expect(await book.run(`night resume ${plan} --date ${date}`)).toMatchObject({ exit: 0 });
  expect(readFileSync(log(plan, date, 'paid-2'), 'utf8')).toBe('first\n');
  expect((await registered(name))[0]).toMatchObject({ state: 'done' });
});

it('shows in dry-run and status the folders of the rules, and what is not ready', async () => {
  const [, , date] = DATES;
  const plan = await book.plan(
    [
      sh('first', 'true'),
      reads('paid', 'paid-{date}.csv', {
        needs: ['first'],
        files_by: '06:00',
        files_missing: 'fail',
      }),
    ],
    from(date),
  );
  mkdirSync(join(book.folder, 'elsewhere'), { recursive: true });
  const planned = await book.run(`night dry-run ${plan} --date ${date}`);
  expect(JSON.stringify(planned.out)).toContain(join(book.folder, 'in', `paid-${date}.csv`));
  expect(await book.run(`night run ${plan} --date ${date}`)).toMatchObject({ exit: 1 });
  expect(await book.steps(plan)).toEqual(['first done', 'paid failed files_missing']);
});

function log(plan: string, date: string, name: string): string {
  return join(book.folder, 'work', plan, date, `${name}.log`);
}
