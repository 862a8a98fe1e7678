import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OPEN_DAY } from '../../../support/import-book.js';
import { everythingBelow, sha256, type TidyBook, tidyBook } from './tidy-book.js';

const HEAD = 'loan_no,product,principal,rate,disbursed_on';

let book: TidyBook;
let folder: string;
/** The reject file, written 90 days ago to the second. */
let path: string;
let files = 0;
beforeAll(async () => {
  book = await tidyBook();
});
beforeEach(async () => {
  files += 1;
  folder = join(book.folder, `f${files}`);
  mkdirSync(folder);
  path = await rejected();
  await book.age(`interval '90 days'`);
});
afterEach(() => book.asOwner('SET search_path = loanbook; DELETE FROM reject_file'));
afterAll(() => book?.remove());

/** Imports a file with a bad row; the path of its reject file. */
async function rejected(name = 'loans.csv'): Promise<string> {
  const row = `B${files},CASH,${name},0.1,${OPEN_DAY}`;
  const file = book.file(`f${files}/${name}`, HEAD, row);
  expect((await book.run(`import loans ${file}`)).exit).toBe(4);
  return `${file}.rejects.csv`;
}

const register = () =>
  book.rows(`SELECT path, begun_at IS NOT NULL AS begun, gone_at IS NOT NULL AS gone
    FROM reject_file ORDER BY reject_id`);
const audited = () =>
  book.rows(`SELECT subject, after->>'sha256' AS sha256 FROM audit
    WHERE action = 'files tidy' AND subject = '${path}' ORDER BY audit_id`);

it('takes a file away on its day, and tells it once', async () => {
  const hash = sha256(path);
  await book.age(`interval '-1 hour'`);
  expect(await book.tidy()).toEqual([0]);
  expect(existsSync(path)).toBe(true);
  await book.age(`interval '1 hour'`);
  const { exit, out } = await book.run('files tidy');
  expect(exit).toBe(0);
  expect(out).toMatchObject({
    ...{ removed: 1, gone: 0, left: 0, dryRun: false },
    files: [{ kind: 'reject', file: path, outcome: 'removed', reason: null }],
  });
  expect(existsSync(path)).toBe(false);
  expect(existsSync(path.replace('.rejects.csv', ''))).toBe(true);
  expect(await register()).toEqual([{ path, begun: true, gone: true }]);
  expect(await audited()).toEqual([{ subject: path, sha256: hash }]);
  expect(await book.tidy()).toEqual([0]);
});

it('changes nothing with --dry-run', async () => {
  const hold = async () => [
    everythingBelow(book.folder),
    await book.rows('SELECT * FROM reject_file'),
    await book.rows('SELECT count(*) AS n FROM audit'),
  ];
  const before = await hold();
  const { out } = await book.run('files tidy --dry-run');
  expect(out).toMatchObject({ removed: 1, dryRun: true, files: [{ outcome: 'removed' }] });
  expect(await hold()).toEqual(before);
});

describe('leaves, tells and ends with 3', () => {
  const kept = () => readFileSync(path, 'utf8');

  it('a file to which somebody wrote', async () => {
    appendFileSync(path, '\n');
    const text = kept();
    expect(await book.tidy()).toEqual([3, 'reject left changed']);
    expect(kept()).toBe(text);
    expect(await register()).toEqual([{ path, begun: false, gone: false }]);
    // Once a person has taken it away it is told no more.
    rmSync(path);
    expect(await book.tidy()).toEqual([0, 'reject gone']);
    expect(await book.tidy()).toEqual([0]);
    expect(await audited()).toEqual([]);
  });

  it('a file that somebody put in its place', async () => {
    rmSync(path);
    writeFileSync(path, 'mine');
    expect(await book.tidy()).toEqual([3, 'reject left changed']);
    expect(kept()).toBe('mine');
  });

  it('a link to the very file', async () => {
    const moved = join(folder, 'moved.csv');
    renameSync(path, moved);
    symlinkSync(moved, path);
    expect(await book.tidy()).toEqual([3, 'reject left not_regular']);
    expect(existsSync(moved)).toBe(true);
  });

  it('what lies behind a folder that became a link', async () => {
    const moved = join(book.folder, `moved-${files}`);
    renameSync(folder, moved);
    symlinkSync(moved, folder);
    expect(await book.tidy()).toEqual([3, 'reject left through_link']);
    expect(existsSync(join(moved, 'loans.csv.rejects.csv'))).toBe(true);
  });

  it('a pipe, without waiting for it, and a folder', async () => {
    rmSync(path);
    expect(spawnSync('mkfifo', [path]).status).toBe(0);
    expect(await book.tidy()).toEqual([3, 'reject left not_regular']);
    rmSync(path);
    mkdirSync(path);
    expect(await book.tidy()).toEqual([3, 'reject left not_regular']);
    expect(existsSync(path)).toBe(true);
  });

  it('a file that holds no rejected rows, whatever the register says', async () => {
    const mine = book.file(`f${files}/mine.csv`, 'a,b', '1,2');
    await book.asOwner(`SET search_path = loanbook; UPDATE reject_file SET path = '${mine}',
      sha256 = '${sha256(mine)}'`);
    expect(await book.tidy()).toEqual([3, 'reject left changed']);
    expect(existsSync(mine)).toBe(true);
  });

  it('one whose name cannot be found without the secret of the book', async () => {
    const named = join(folder, '13812345678.csv');
    const file = path.replace('.rejects.csv', '');
    await book.run(`import loans ${file} --reject-file ${named}`);
    await book.age(`interval '90 days'`);
    rmSync(join(book.folder, '.loanbook-names'));
    expect(await book.tidy()).toEqual([3, 'reject removed', 'reject left name_lost']);
    expect(existsSync(named)).toBe(true);
    expect(existsSync(join(book.folder, '.loanbook-names'))).toBe(false);
  });
});

describe('another host', () => {
  const elsewhere = () =>
    book.asOwner(`SET search_path = loanbook; UPDATE reject_file SET host = 'laptop'`);

  it('has its files left to it, which is no fault here', async () => {
    await elsewhere();
    rmSync(path);
    expect(await book.tidy()).toEqual([0, 'reject left elsewhere']);
    writeFileSync(path, 'ours');
    expect(await book.tidy()).toEqual([0, 'reject left elsewhere']);
    expect(await register()).toEqual([{ path, begun: false, gone: false }]);
  });

  it('has its files taken away where both see the same folder', async () => {
    await elsewhere();
    expect(await book.tidy()).toEqual([0, 'reject removed']);
    expect(existsSync(path)).toBe(false);
  });

  it('has no claim to a file that was written anew from here', async () => {
    await elsewhere();
    await rejected();
    appendFileSync(path, '');
    await book.asOwner(`SET search_path = loanbook; UPDATE reject_file SET sha256 = 'earlier'
      WHERE host = 'laptop'`);
    expect(await book.tidy()).toEqual([0, 'reject gone']);
    expect(existsSync(path)).toBe(true);
    await book.age(`interval '90 days'`);
    expect(await book.tidy()).toEqual([0, 'reject removed']);
  });
});

it('takes away a file that was corrected and imported', async () => {
  const text = readFileSync(path, 'utf8').replace(',loans.csv,0.1,', ',1000.00,0.1,');
  writeFileSync(path, text);
  expect(await book.tidy('--dry-run')).toEqual([3, 'reject left changed']);
  expect((await book.run(`import loans ${path}`)).exit).toBe(0);
  expect(await book.tidy()).toEqual([0, 'reject removed']);
  expect(existsSync(path)).toBe(false);
});

it('counts the days of a file that was written again from then on', async () => {
  await book.run(`import loans ${path.replace('.rejects.csv', '')}`);
  expect(await book.tidy()).toEqual([0]);
  expect(existsSync(path)).toBe(true);
});

it('takes away one of several names of a file', async () => {
  const other = join(folder, 'other');
  linkSync(path, other);
  await book.age(`interval '0'`);
  expect(await book.tidy()).toEqual([0, 'reject removed']);
  expect(readFileSync(other, 'utf8')).toContain('line,field,rule,value');
});

describe('ended in the middle', () => {
  const begin = () =>
    book.asOwner('SET search_path = loanbook; UPDATE reject_file SET begun_at = now()');

  it.each([
    ['before the file was taken away', () => undefined],
    ['behind it', () => rmSync(path)],
  ])('%s, it is gone on with to the same end', async (_when, then) => {
    const hash = sha256(path);
    await begin();
    then();
    expect(await book.tidy()).toEqual([0, 'reject removed']);
    expect(existsSync(path)).toBe(false);
    expect(await register()).toEqual([{ path, begun: true, gone: true }]);
    expect(await audited()).toEqual([{ subject: path, sha256: hash }]);
  });

  it('another file that was put there meanwhile stays', async () => {
    await begin();
    writeFileSync(path, 'mine');
    expect(await book.tidy()).toEqual([3, 'reject left changed']);
    expect(readFileSync(path, 'utf8')).toBe('mine');
  });
});
