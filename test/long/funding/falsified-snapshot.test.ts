import { expect, it } from 'vitest';
import { expectedBreaks, falsified } from '../../jobs/funding/check/falsified-rows.js';
import { openBreaks, snapshotBook } from '../../jobs/funding/check/snapshot-book.js';
import { DAY } from '../../jobs/funding/files/partner-book.js';

const LOANS = 200_000;

it('finds 1% of falsified rows in a snapshot of 200,000 loans, and nothing else', async () => {
  const { book, rows, file, check } = await snapshotBook(LOANS);
  try {
    const places = new Set(
      Array.from({ length: LOANS / 100 }, (_, at) => at * 100 + ((at * 37) % 100)),
    );
    const planted = falsified(rows(2), places, 1);
    const checked = await check(file(DAY + 1, planted.rows), DAY + 1);
    expect(checked.open).toBe(planted.breaks.length);
    expect(await openBreaks(book)).toEqual(expectedBreaks(planted));
    expect(checked.tolerated).toEqual({ interest: (planted.tolerated / 100).toFixed(2) });
    expect((await check(file(DAY + 2, rows(3)), DAY + 2)).open).toBe(0);
  } finally {
    await book.remove();
  }
});
