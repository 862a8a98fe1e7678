import { deserialize, serialize } from 'node:v8';
import type { BookData } from '../../book/book.js';

/**
 * The book's parameters as bytes that all threads see: a task's message then carries no copy of
 * them, which both sides would have to make and to collect again for every task.
 */
export type SharedBook = SharedArrayBuffer;

export function shareBook(book: BookData): SharedBook {
  const bytes = serialize(book);
  const shared = new SharedArrayBuffer(bytes.length);
  bytes.copy(Buffer.from(shared));
  return shared;
}

export function readSharedBook(shared: SharedBook): BookData {
  return deserialize(Buffer.from(shared)) as BookData;
}
