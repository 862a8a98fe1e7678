import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDay } from '../../../src/accounting/calendar/epoch-day.js';
import { loadBook } from '../../../src/jobs/book/load-book.js';
import { figuresOfDays } from '../../../src/jobs/morning/make-days.js';
import type { MorningFigures } from '../../../src/operations/figures/morning-figures.js';
import type { ScratchBook } from '../../support/scratch-book.js';
import { figuresSql } from './figures-sql.js';
import { daysFrom, unrestBook } from './morning-book.js';

const DAYS = daysFrom('2026-03-20', 12);

describe('the figures of a restless book', () => {
  let book: ScratchBook;
  let found: ReadonlyMap<number, { readonly figures: MorningFigures }>;
  beforeAll(async () => {
    book = await unrestBook(17, 120, DAYS);
    found = await figuresOfDays(
      [book.client],
      await loadBook(book.client),
      parseDay(DAYS.at(-1)!)!,
    );
  });
  afterAll(async () => {
    await book?.remove();
  });

  it.each(DAYS)('of %s are those of SQL', async (day) => {
    const [row] = await book.rows(figuresSql(day));
    expect(asNumbers(found.get(parseDay(day)!)!.figures)).toEqual(row!.figures);
  });

  it('say something of each kind', () => {
    const last = found.get(parseDay(DAYS.at(-1)!)!)!.figures;
    const days = [...found.values()].map(({ figures }) => figures);
    expect(last.fpd.slice(0, 2).every(({ bad, loans }) => bad > 0 && bad < loans)).toBe(true);
    expect(last.npl).toBeGreaterThan(0n);
    expect(last.nplRate.num).toBeLessThan(last.overdueRate.num);
    expect(last.coverage.num).toBeGreaterThan(0n);
    expect(days.some(({ recovery }) => recovery.collected > 0n)).toBe(true);
    expect(days.some(({ moves }) => moves.some(({ to }) => to === 'written_off'))).toBe(true);
    expect(days.some(({ moves }) => moves.some(({ to }) => to === 'settled'))).toBe(true);
  });
});

function asNumbers(figures: MorningFigures): object {
  const { entry, recovery, disbursed } = figures;
  return {
    loans: figures.loans,
    outstanding: Number(figures.outstanding),
    overdue: Number(figures.overdueRate.num),
    npl: Number(figures.npl),
    allowance: Number(figures.coverage.num),
    disbursed: [disbursed.loans, Number(disbursed.amount)],
    repaid: Number(figures.repaid),
    due: Number(figures.due),
    entry: [entry.due, entry.open, entry.instalments, entry.countRate.num].map(Number),
    recovery: [recovery.overdueBefore, recovery.collected].map(Number),
    fpd: figures.fpd.map(({ days, loans, bad, amountRate: { num, den } }) =>
      [days, loans, bad, num, den].map(Number),
    ),
    buckets: figures.buckets.map(({ loans, principal }) => [loans, Number(principal)]),
    moves: Object.fromEntries(
      figures.moves.map(({ from, to, loans, principal }) => [
        `${from} ${to}`,
        [loans, Number(principal)],
      ]),
    ),
  };
}
