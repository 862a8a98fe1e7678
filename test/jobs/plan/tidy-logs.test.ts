import {
  appendFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { everythingBelow } from '../files/tidy/tidy-book.js';
import { DATES, type NightBook, nightBook, sh } from './night-book.js';

let book: NightBook;
let plan: string;
let log: string;
beforeAll(async () => {
  book = await nightBook();
});
beforeEach(async () => {
  plan = await book.plan([sh('a', 'echo first'), sh('b', 'echo second', { needs: ['a'] })]);
  expect(await book.run(`night run ${plan}`)).toMatchObject({ exit: 0 });
  log = join(book.folder, 'work', plan, DATES[0], 'a-1.log');
});
afterEach(() => book.asOwner('SET search_path = loanbook; UPDATE night_attempt SET log = NULL'));
afterAll(() => book?.remove());

/** Lets the logs have been written, and their jobs have ended, so many seconds less than days ago. */
async function age(days: number, seconds = 0): Promise<void> {
  const at = Date.now() / 1000 - days * 86_400 + seconds;
  for (const name of ['a-1.log', 'b-1.log']) utimesSync(log.replace('a-1.log', name), at, at);
  await book.asOwner(`SET search_path = loanbook; UPDATE night_attempt
    SET ended_at = to_timestamp(${at}) WHERE log IS NOT NULL`);
}

const tidy = async (more = '') => {
  const { exit, out } = await book.run(`files tidy ${more}`.trim());
  const files = out?.files as { kind: string; file: string; outcome: string; reason: string }[];
  return [exit, ...files.map((file) => [file.outcome, file.reason ?? ''].join(' ').trim())];
};

it('takes logs away 400 days after their job ended, and folders that are empty then', async () => {
  await age(400, 60);
  expect(await tidy()).toEqual([0]);
  await age(400, -60);
  expect(await tidy()).toEqual([0, 'removed', 'removed']);
  expect(existsSync(join(book.folder, 'work', plan))).toBe(false);
  expect(await tidy()).toEqual([0]);
  const shown = await book.run(`night status ${plan}`);
  expect(shown).toMatchObject({ exit: 0 });
  expect(await book.run(`night run ${plan}`)).toMatchObject({ exit: 0, out: { date: DATES[1] } });
});

it('changes nothing with --dry-run', async () => {
  await age(401);
  const before = [everythingBelow(book.folder), await book.rows('SELECT * FROM night_attempt')];
  expect(await tidy('--dry-run')).toEqual([0, 'removed', 'removed']);
  const after = [everythingBelow(book.folder), await book.rows('SELECT * FROM night_attempt')];
  expect(after).toEqual(before);
});

describe('leaves and tells', () => {
  beforeEach(() => age(401));

  it('a log to which somebody wrote since', async () => {
    appendFileSync(log, 'more\n');
    expect(await tidy()).toEqual([3, 'left changed', 'removed']);
    expect(readFileSync(log, 'utf8')).toBe('first\nmore\n');
  });

  it('a link to a log, and logs behind a folder that became one', async () => {
    const folder = join(book.folder, 'work', plan);
    const moved = join(book.folder, `moved-${plan}`);
    renameSync(folder, moved);
    symlinkSync(moved, folder);
    expect(await tidy()).toEqual([3, 'left through_link', 'left through_link']);
    rmSync(folder);
    renameSync(moved, folder);
    renameSync(log, `${log}.old`);
    symlinkSync(`${log}.old`, log);
    expect(await tidy()).toEqual([3, 'left not_regular', 'removed']);
    expect(existsSync(`${log}.old`)).toBe(true);
  });

  it('those of another host, or of a book in another folder, which is no fault here', async () => {
    rmSync(log);
    await book.asOwner(`SET search_path = loanbook; UPDATE night_attempt
      SET process = 'elsewhere/1/x/1' WHERE job = 'a' AND log IS NOT NULL`);
    expect(await tidy()).toEqual([0, 'left elsewhere', 'removed']);
  });

  it('whatever else a row of the register names', async () => {
    const mine = book.file('mine.txt', 'mine');
    utimesSync(mine, 0, 0);
    rmSync(log);
    await book.asOwner(`SET search_path = loanbook; UPDATE night_attempt
      SET log = '${mine}' WHERE job = 'a' AND log IS NOT NULL`);
    expect(await tidy()).toEqual([0, 'left elsewhere', 'removed']);
    expect(existsSync(mine)).toBe(true);
  });

  it('nothing of a night that runs', async () => {
    await book.asOwner(`UPDATE night SET state = 'running', holder = 'elsewhere/7/x',
      token = gen_random_uuid(), lease_until = clock_timestamp() + interval '1 hour'
      WHERE plan = '${plan}' AND state NOT IN ('waiting', 'missed')`);
    expect(await tidy()).toEqual([0]);
    expect(existsSync(log)).toBe(true);
  });
});

it('ends what was begun: a log that is gone is told once', async () => {
  await age(401);
  rmSync(log);
  expect(await tidy()).toEqual([0, 'gone', 'removed']);
  expect(existsSync(join(book.folder, 'work', plan))).toBe(false);
  expect(await tidy()).toEqual([0]);
});
