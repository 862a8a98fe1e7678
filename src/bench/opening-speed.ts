import type { EpochDay } from '../accounting/money/units.js';
import { type BookSize, close } from './bench-book.js';
import { loanbook } from './cli-child.js';
import type { MemorySampler } from './memory.js';
import { writeOpeningFiles } from './opening-files.js';

/** What the closes took behind an import of loans with opening positions of their own. */
export interface OpeningSpeed {
  readonly first_close_seconds: number;
  /** Of the day after: an ordinary close of the same loans. */
  readonly next_close_seconds: number;
  /** The first to the next. */
  readonly first_close_ratio: number;
}

/** Imports running loans with their positions into an empty book and closes its first two days. */
export async function openingSpeed(
  book: string,
  data: string,
  firstDay: EpochDay,
  size: BookSize,
  memory: MemorySampler,
): Promise<OpeningSpeed> {
  const files = await writeOpeningFiles(book, data, size.loans, firstDay - 1);
  await loanbook(book, ['import', 'loans', files.loans], memory);
  const words = [files.balances, '--installments', files.installments];
  await loanbook(book, ['import', 'balances', ...words], memory);
  const first = await timedClose(book, size, memory);
  const next = await timedClose(book, size, memory);
  return {
    first_close_seconds: first,
    next_close_seconds: next,
    first_close_ratio: first / next,
  };
}

async function timedClose(book: string, size: BookSize, memory: MemorySampler): Promise<number> {
  const began = performance.now();
  await close(book, size, memory);
  return (performance.now() - began) / 1000;
}
