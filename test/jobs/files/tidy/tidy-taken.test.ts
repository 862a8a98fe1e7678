import { appendFileSync, existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  applyFiles,
  type FilesInForce,
  loadFiles,
} from '../../../../src/jobs/files/files-in-force.js';
import { keptFiles } from '../../../../src/jobs/files/register.js';
import { scanInbox } from '../../../../src/jobs/files/scan-inbox.js';
import { endTakenFile, takeReadyFile } from '../../../../src/jobs/files/take-file.js';
import { filesText } from '../files-book.js';
import { everythingBelow, sha256, type TidyBook, tidyBook } from './tidy-book.js';

const NAME = 'note-2026-03-28.txt';

let book: TidyBook;
let inForce: FilesInForce;
let work: string;
let hash: string;
/** Where the file lies that was taken and is done. */
let path: string;
let texts = 0;
beforeAll(async () => {
  book = await tidyBook();
  const rule = { file: 'note', name: 'note-{date}.txt', control: '.ok', settle: '0s' };
  await applyFiles(book.client, filesText(1, rule), 'f', { home: book.folder, by: '甲' });
  inForce = await loadFiles(book.client, book.folder);
  work = inForce.folders.work;
});
beforeEach(async () => {
  texts += 1;
  hash = await taken('done');
  path = join(work, hash, NAME);
});
afterEach(async () => {
  await book.asOwner(
    'SET search_path = loanbook; DELETE FROM file_removal; DELETE FROM inbox_file',
  );
  for (const folder of [inForce.folders.inbox, work]) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
  }
});
afterAll(() => book?.remove());

/** Sends a file with its control file, and takes it; its hash. */
async function taken(state?: 'done' | 'rejected', text = `text ${texts}`): Promise<string> {
  const file = book.file(`in/${NAME}`, text);
  book.file(`in/${NAME}.ok`);
  const content = sha256(file);
  for (let look = 0; look < 2; look += 1) await scanInbox(book.client, inForce);
  const [row] = await keptFiles(book.client, `f.state = 'ready'`);
  await takeReadyFile(book.client, inForce, row!.id);
  if (state !== undefined) await endTakenFile(book.client, row!.id, state, 'import 1');
  return content;
}

/** Lets what was taken have ended so long ago. */
const ended = (interval: string) =>
  book.asOwner(`SET search_path = loanbook;
    UPDATE inbox_file SET ended_at = clock_timestamp() - interval '${interval}'`);

const removals = () =>
  book.rows(`SELECT f.sha256, r.removed_at IS NOT NULL AS removed
    FROM file_removal r JOIN inbox_file f USING (file_id) ORDER BY file_id`);
const audited = () =>
  book.rows(`SELECT after FROM audit WHERE action = 'files tidy'
    AND after->>'sha256' = '${hash}' ORDER BY audit_id`);
const verify = async () => (await book.run('files verify')).exit;

it('takes away a file that is done with its control file, five years after its end', async () => {
  expect(existsSync(`${path}.ok`)).toBe(true);
  await ended('5 years -1 hour');
  expect(await book.tidy()).toEqual([0]);
  expect(existsSync(path)).toBe(true);
  await ended('5 years 1 second');
  expect(await book.tidy()).toEqual([0, 'taken removed']);
  expect(existsSync(join(work, hash))).toBe(false);
  expect(await removals()).toEqual([{ sha256: hash, removed: true }]);
  expect(await audited()).toEqual([{ after: { name: NAME, sha256: hash } }]);
  expect(await verify()).toBe(0);
  expect(await book.tidy()).toEqual([0]);
});

it('goes by the years of the policy, and takes what an import refused', async () => {
  await ended('1 year 1 second');
  await book.asOwner(`SET search_path = loanbook; UPDATE inbox_file SET state = 'rejected'`);
  expect(await book.tidy()).toEqual([0]);
  await book.keeps('{file_years: 1}');
  expect(await book.tidy()).toEqual([0, 'taken removed']);
  await book.keeps('{}');
});

it('leaves what did not end', async () => {
  rmSync(join(work, hash), { recursive: true });
  await book.asOwner(`SET search_path = loanbook; DELETE FROM inbox_file`);
  await taken(undefined, 'another');
  await book.keeps('{file_years: 0}');
  expect(await book.tidy()).toEqual([0]);
  await book.keeps('{}');
});

it('knows the content still: it is taken no second time', async () => {
  await ended('6 years');
  await book.tidy();
  book.file(`in/${NAME}`, `text ${texts}`);
  book.file(`in/${NAME}.ok`);
  for (let look = 0; look < 2; look += 1) await scanInbox(book.client, inForce);
  const rows = await keptFiles(book.client, 'true');
  expect(rows.map(({ state }) => state).sort()).toEqual(['done', 'duplicate']);
});

it('changes nothing with --dry-run', async () => {
  await ended('6 years');
  const before = [everythingBelow(book.folder), await removals(), await audited()];
  expect(await book.tidy('--dry-run')).toEqual([0, 'taken removed']);
  expect([everythingBelow(book.folder), await removals(), await audited()]).toEqual(before);
});

describe('leaves, tells and ends with 3', () => {
  beforeEach(() => ended('6 years'));

  it('a file to which somebody wrote', async () => {
    appendFileSync(path, 'more');
    expect(await book.tidy()).toEqual([3, 'taken left changed']);
    expect(existsSync(path)).toBe(true);
    expect(await removals()).toEqual([]);
    expect(await verify()).toBe(3);
  });

  it('one that is not there: nobody may have taken it away', async () => {
    rmSync(path);
    expect(await book.tidy()).toEqual([3, 'taken left missing']);
    expect(await verify()).toBe(3);
  });

  it('a link to the very file, and what lies behind a folder that became one', async () => {
    const moved = join(book.folder, `moved-${texts}`);
    renameSync(join(work, hash), moved);
    symlinkSync(moved, join(work, hash));
    expect(await book.tidy()).toEqual([3, 'taken left through_link']);
    rmSync(join(work, hash));
    mkdirSync(join(work, hash));
    symlinkSync(join(moved, NAME), path);
    expect(await book.tidy()).toEqual([3, 'taken left not_regular']);
    expect(existsSync(join(moved, NAME))).toBe(true);
  });

  it('all of them where the work folder is none', async () => {
    const moved = join(book.folder, `work-${texts}`);
    renameSync(work, moved);
    symlinkSync(moved, work);
    expect(await book.tidy()).toEqual([3, 'taken left not_usable']);
    expect(existsSync(join(moved, hash, NAME))).toBe(true);
    rmSync(work);
  });

  it('but takes what else lies in its folder with nobody', async () => {
    const other = book.file(`work/${hash}/other.txt`, 'mine');
    expect(await book.tidy()).toEqual([0, 'taken removed']);
    expect(existsSync(other)).toBe(true);
    expect(existsSync(path)).toBe(false);
  });
});

it.each([
  ['before anything was taken away', () => undefined],
  ['behind the control file', () => rmSync(`${path}.ok`)],
  ['behind the file', () => [rmSync(`${path}.ok`), rmSync(path)]],
  ['behind the folder', () => rmSync(join(work, hash), { recursive: true })],
])('ended %s, it is gone on with to the same end', async (_when, then) => {
  await ended('6 years');
  const [row] = await keptFiles(book.client, 'true');
  await book.client.query('SELECT begin_removal($1)', [row!.id]);
  then();
  expect(await book.tidy()).toEqual([0, 'taken removed']);
  expect(existsSync(join(work, hash))).toBe(false);
  expect(await removals()).toEqual([{ sha256: hash, removed: true }]);
  expect(await audited()).toHaveLength(1);
  expect(await verify()).toBe(0);
});
