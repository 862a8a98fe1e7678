import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { type FilesBook, filesBook } from '../../jobs/files/files-book.js';
import { folderHistories } from '../../jobs/files/folder-history.js';
import { RULE_DOCUMENTS } from '../../model/operations/inbox-history.js';

const MINUTES = 60_000;
const FILES = 50_000;

let book: FilesBook;
afterEach(() => book?.remove());

it(
  '1,000 more random histories of a real inbox: none taken early, none twice',
  async () => {
    book = await filesBook(...RULE_DOCUMENTS);
    const { wrong } = await folderHistories(book, 41, 1040);
    expect(wrong.slice(0, 3).join('\n')).toBe('');
  },
  15 * MINUTES,
);

it(
  'looks at an inbox of 50,000 files in 5 s each time, and reads none again',
  async () => {
    book = await filesBook({ file: 'repayments', name: 'r-{yyyymmdd}-{n}.csv' });
    mkdirSync(book.folders.inbox, { recursive: true });
    for (let n = 0; n < FILES; n += 1) {
      writeFileSync(join(book.folders.inbox, `r-20260331-${n}.csv`), `file ${n}\n`);
    }
    await inTime(async () => book.look(0));
    await inTime(async () => {
      expect(await book.look(60)).toMatchObject({ hashed: FILES, states: { ready: FILES } });
    });
    await inTime(async () => {
      expect(await book.look(61)).toMatchObject({ files: FILES, hashed: 0, changed: [] });
    });
  },
  5 * MINUTES,
);

async function inTime(look: () => Promise<unknown>): Promise<void> {
  const began = performance.now();
  await look();
  const took = performance.now() - began;
  console.log(`a look took ${Math.round(took)} ms`);
  expect(took).toBeLessThan(5000);
}
