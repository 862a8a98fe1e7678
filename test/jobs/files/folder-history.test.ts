import { afterAll, beforeAll, expect, it } from 'vitest';
import { RULE_DOCUMENTS } from '../../model/operations/inbox-history.js';
import { type FilesBook, filesBook } from './files-book.js';
import { folderHistories } from './folder-history.js';

let book: FilesBook;
beforeAll(async () => {
  book = await filesBook(...RULE_DOCUMENTS);
});
afterAll(() => book?.remove());

it('a real inbox agrees with the naive model, and nothing is taken early or twice', async () => {
  const { wrong, met } = await folderHistories(book, 1, 40);
  expect(wrong.slice(0, 3).join('\n')).toBe('');
  expect(met).toEqual([
    ...['changed_after_ready', 'control_differs', 'duplicate', 'early', 'gone', 'growing'],
    ...['lone_control', 'name_reused', 'ready', 'unexpected', 'waiting_control'],
  ]);
});
