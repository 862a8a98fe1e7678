import { lstatSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applyFiles, loadFiles } from '../../../src/jobs/files/files-in-force.js';
import { type FilesBook, filesBook, filesText } from './files-book.js';

const REPAY = { file: 'repayments', name: 'r-{yyyymmdd}.csv' };

let book: FilesBook;
beforeEach(async () => {
  book = await filesBook(REPAY);
});
afterEach(() => book?.remove());

const apply = (text: string) =>
  applyFiles(book.client, text, 'files.yaml', { home: book.home, by: '甲' });

describe('a document of files', () => {
  it('makes folders for their owner alone', () => {
    expect(lstatSync(book.folders.inbox).mode & 0o777).toBe(0o700);
  });

  it('is one version behind the other, and never changes', async () => {
    expect(await apply(filesText(1, REPAY))).toMatchObject({ outcome: 'unchanged' });
    const other = { ...REPAY, settle: '5s' };
    await expect(apply(filesText(1, other))).rejects.toMatchObject({
      code: 'files_version_exists',
      exitCode: 2,
    });
    await expect(apply(filesText(3, other))).rejects.toMatchObject({
      code: 'files_version_gap',
      evidence: { version: 3, expected: 2 },
    });
    expect(await apply(filesText(2, other))).toMatchObject({ outcome: 'applied', rules: 1 });
    expect((await loadFiles(book.client, book.home)).rules[0]?.settle).toBe(5000);
  });

  it('names no link as a folder', async () => {
    rmSync(book.folders.work, { recursive: true });
    mkdirSync(join(book.home, 'other'));
    symlinkSync(join(book.home, 'other'), book.folders.work);
    await expect(apply(filesText(1, REPAY))).rejects.toMatchObject({
      code: 'folder_unusable',
      evidence: { folder: 'work', path: book.folders.work },
    });
  });
});
