import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commandLine, type RunLine } from '../../support/command-line.js';
import { type FilesBook, filesBook } from './files-book.js';

const RULE = { file: 'bank', name: 'b-{date}.txt', control: '.ok', settle: '0s' };
const NAME = 'b-2026-03-31.txt';

let book: FilesBook;
let run: RunLine;
beforeEach(async () => {
  book = await filesBook(RULE);
  run = commandLine(book.database.target, book.home);
  writeFileSync(join(book.folders.inbox, NAME), 'abc');
  writeFileSync(join(book.folders.inbox, `${NAME}.ok`), 'size=2\n');
  await book.look(0);
  await book.look(1);
  expect(await book.states()).toEqual([`${NAME} quarantined control_differs`]);
});
afterEach(() => book?.remove());

const said = async (...args: readonly string[]) => {
  const { exitCode, stdout, stderr } = await run(['--json', ...args]);
  const document = JSON.parse(stdout || stderr) as { error?: { code: string } };
  return exitCode === 0 ? document : { exitCode, code: document.error?.code };
};
const release = (by: string, ...more: readonly string[]) =>
  said('files', 'release', NAME, '--reason', 'said on the phone', '--by', by, ...more);

describe('a file in quarantine', () => {
  it('leaves it by two persons alone, and is judged anew', async () => {
    expect(await release('Li Na')).toMatchObject({ outcome: 'pending', approval: 1 });
    expect(await release('Li Na')).toMatchObject({ approval: 1 });
    await book.look(2);
    expect(await book.states()).toEqual([`${NAME} quarantined control_differs`]);
    expect(await said('approve', 'grant', '1', '--by', ' LI  NA')).toEqual({
      exitCode: 2,
      code: 'same_person',
    });
    expect(await said('approve', 'grant', '1', '--by', 'Wang')).toMatchObject({
      outcome: 'released',
    });
    expect(await release('Li Na')).toMatchObject({ outcome: 'unchanged' });
    await book.look(3);
    expect(await book.states()).toEqual([`${NAME} ready`]);
    const { rows } = (await said('audit', 'show', '--action', 'files release')) as {
      rows: { reason: string; person: string }[];
    };
    expect(rows).toMatchObject([{ reason: 'said on the phone' }]);
  });

  it('is not released with other content than was asked for', async () => {
    await release('Li Na');
    writeFileSync(join(book.folders.inbox, NAME), 'abcd');
    await book.look(2);
    await book.look(3);
    expect(await said('approve', 'grant', '1', '--by', 'Wang')).toEqual({
      exitCode: 2,
      code: 'approval_outdated',
    });
    expect(await book.states()).toEqual([`${NAME} quarantined control_differs`]);
  });

  it('needs a reason, and a file that is held', async () => {
    const refused = (...args: readonly string[]) => said('files', 'release', ...args, '--by', 'Li');
    expect(await refused(NAME, '--reason', ' ')).toEqual({ exitCode: 2, code: 'reason_missing' });
    expect(await refused('none', '--reason', 'x')).toEqual({ exitCode: 2, code: 'unknown_file' });
    writeFileSync(join(book.folders.inbox, 'odd'), '');
    await book.look(2);
    expect(await refused('odd', '--reason', 'x')).toEqual({
      exitCode: 2,
      code: 'file_not_quarantined',
    });
  });
});
