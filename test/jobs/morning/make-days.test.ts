import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDay } from '../../../src/accounting/calendar/epoch-day.js';
import { loadBook } from '../../../src/jobs/book/load-book.js';
import { figuresOfDays } from '../../../src/jobs/morning/make-days.js';
import type { MorningFigures } from '../../../src/operations/figures/morning-figures.js';
import type { ScratchBook } from '../../support/scratch-book.js';
import { handBook } from './morning-book.js';

describe('the figures of a book that fits on a page', () => {
  let book: ScratchBook;
  let days: ReadonlyMap<string, MorningFigures>;
  beforeAll(async () => {
    book = await handBook();
    const found = await figuresOfDays(
      [book.client],
      await loadBook(book.client),
      parseDay('2026-04-07')!,
    );
    days = new Map(
      [...found].map(([day, { figures }]) => [
        new Date(day * 86_400_000).toISOString().slice(0, 10),
        figures,
      ]),
    );
  });
  afterAll(async () => {
    await book?.remove();
  });

  const of = (day: string) => days.get(day)!;
  const ratio = (num: bigint, den: bigint) => ({ num, den });

  it('on the first day six loans come in', () => {
    expect(of('2026-03-28')).toMatchObject({
      loans: 6,
      outstanding: 180_000n,
      disbursed: { loans: 6, amount: 180_000n },
      repaid: 0n,
      due: 0n,
      entry: { instalments: 0 },
      moves: [],
    });
  });

  it('on 03-30 the first instalments fall due; F was given back', () => {
    expect(of('2026-03-30')).toMatchObject({
      loans: 5,
      // A owes 200.00, four others 300.00 each.
      outstanding: 140_000n,
      repaid: 10_000n,
      due: 50_000n,
      entry: { due: 0n, instalments: 0 },
      moves: [
        { from: 'M0', to: 'M0', loans: 5, principal: 150_000n },
        { from: 'M0', to: 'cancelled', loans: 1, principal: 30_000n },
      ],
    });
  });

  it('on 03-31 they can be paid for the last time: B, C and E enter, D is settled', () => {
    expect(of('2026-03-31')).toMatchObject({
      loans: 4,
      // A 200.00, B 300.00, C 260.00, E 300.00.
      outstanding: 106_000n,
      repaid: 4_000n + 30_000n,
      due: 0n,
      entry: {
        due: 50_000n,
        // B 100.00, C 60.00, E 100.00.
        open: 26_000n,
        instalments: 5,
        rate: ratio(26_000n, 50_000n),
        countRate: ratio(3n, 5n),
      },
      recovery: { overdueBefore: 0n, collected: 0n },
      overdueRate: ratio(0n, 106_000n),
      moves: [
        { from: 'M0', to: 'M0', loans: 4, principal: 110_000n },
        { from: 'M0', to: 'settled', loans: 1, principal: 30_000n },
      ],
    });
    // Decided a day behind 03-30, by loans and by what was disbursed.
    expect(of('2026-03-31').fpd[0]).toEqual({
      days: 1,
      loans: 5,
      bad: 3,
      rate: ratio(3n, 5n),
      amountRate: ratio(90_000n, 150_000n),
    });
    expect(of('2026-03-31').fpd[1]).toMatchObject({ loans: 0, bad: 0 });
  });

  it('on 04-01 E is written off and in no rate any more', () => {
    expect(of('2026-04-01')).toMatchObject({
      loans: 4,
      // A 100.00, B 300.00, C 260.00, G 500.00.
      outstanding: 116_000n,
      disbursed: { loans: 1, amount: 50_000n },
      repaid: 10_000n,
      due: 30_000n,
      entry: { due: 0n },
      // B 100.00 and C 60.00 are behind their last free day.
      recovery: { overdueBefore: 16_000n, collected: 0n },
      overdueRate: ratio(56_000n, 116_000n),
    });
    expect(of('2026-04-01').buckets.slice(0, 2)).toEqual([
      { loans: 2, principal: 60_000n },
      { loans: 2, principal: 56_000n },
    ]);
    expect(of('2026-04-01').fpd[0]).toMatchObject({ loans: 4, bad: 2 });
  });

  it('on 04-02 C pays 25.00 of what is overdue; the recovery of E is repaid alone', () => {
    expect(of('2026-04-02')).toMatchObject({
      repaid: 3_500n,
      entry: { due: 30_000n, open: 20_000n, instalments: 3, countRate: ratio(2n, 3n) },
      recovery: { overdueBefore: 16_000n, collected: 2_500n, rate: ratio(2_500n, 16_000n) },
    });
  });

  it('on 04-06 they are decided seven days behind: B paid its first, C did not', () => {
    expect(of('2026-04-06').fpd[1]).toMatchObject({ days: 7, loans: 4, bad: 1 });
    expect(of('2026-04-06').fpd[1]!.amountRate).toEqual(ratio(30_000n, 120_000n));
    // What was decided on 03-31 still counts as it stood then.
    expect(of('2026-04-06').fpd[0]).toMatchObject({ loans: 4, bad: 2 });
  });

  it('are kept, and are the same when they are asked for again', async () => {
    const { client } = book;
    const kept = await book.rows('SELECT count(*) AS days FROM morning_day');
    expect(kept).toEqual([{ days: 11 }]);
    const loaded = await loadBook(client);
    const again = await figuresOfDays([client], loaded, parseDay('2026-04-07')!);
    expect([...again.values()].map(({ figures }) => figures)).toEqual([...days.values()]);
    await book.asOwner('DELETE FROM loanbook.morning_day; DELETE FROM loanbook.morning_first');
    // Made in another order, one by one.
    for (const day of ['2026-04-03', '2026-03-30', '2026-04-07']) {
      const found = await figuresOfDays([client], loaded, parseDay(day)!);
      expect(found.get(parseDay(day)!)!.figures).toEqual(of(day));
    }
  });
});
