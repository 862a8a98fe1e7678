import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { environmentOf } from '../../support/command-line.js';
import { type FilesBook, filesBook } from '../files/files-book.js';
import { look, told } from './look.js';

let book: FilesBook;
beforeAll(async () => {
  book = await filesBook({ file: 'calls', name: 'r-{yyyymmdd}-{n}.csv' });
});
afterAll(() => book?.remove());

it('a file in quarantine warns, by a name without numbers of persons, until it is gone', async () => {
  const seen = async () =>
    told(await look({ env: environmentOf(book.database.target), bookFolder: book.home }), 'files');
  expect(await seen()).toBe('files ok');
  const file = join(book.folders.inbox, 'r-20260331-13800138000.csv');
  writeFileSync(file, 'a');
  await book.look(0);
  await book.look(60);
  expect(await seen()).toBe('files ok');
  // Ready, and then another one.
  writeFileSync(file, 'bb');
  await book.look(61);
  await book.look(121);
  expect(await seen()).toMatch(
    /^files warn: r-20260331-138\*{6}00\.csv#[0-9a-f]{10}: changed_after_ready$/,
  );
  rmSync(file);
  await book.look(122);
  expect(await seen()).toBe('files ok');
});
