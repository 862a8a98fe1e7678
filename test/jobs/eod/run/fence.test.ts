import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseDay } from '../../../../src/accounting/calendar/epoch-day.js';
import { loadBook } from '../../../../src/jobs/book/load-book.js';
import { postGroups } from '../../../../src/jobs/eod/post/post-groups.js';
import { gateDay, sealDay, tidyDay } from '../../../../src/jobs/eod/run/finish-day.js';
import { type FoldPool, openPool } from '../../../../src/jobs/eod/run/fold-pool.js';
import { CLOSE_PHASES, runDay } from '../../../../src/jobs/eod/run/run-day.js';
import { importLoans } from '../../../../src/jobs/import/import-loans.js';
import { takeRun } from '../../../../src/jobs/runs/instance.js';
import type { HeldRun } from '../../../../src/jobs/runs/lease.js';
import { Patience } from '../../../../src/jobs/runs/waiting.js';
import { type ImportBook, importBook, OPEN_DAY } from '../../../support/import-book.js';

const TASKS = 2;
const DATE = parseDay(OPEN_DAY)!;
const CLOSE = { job: 'eod', date: DATE, phases: CLOSE_PHASES, tasks: TASKS, workers: 1 } as const;

describe('a close whose run another process took over', () => {
  let book: ImportBook;
  let pool: FoldPool;
  let loser: HeldRun;

  beforeAll(() => {
    pool = openPool(1);
  });
  afterAll(() => pool.threads.destroy());

  beforeEach(async () => {
    book = await importBook();
    const rows = Array.from({ length: 20 }, (_, k) => `L${k},CASH,1000.00,0.18,3,${OPEN_DAY}`);
    const head = 'loan_no,product,principal,rate,periods,disbursed_on';
    await importLoans(book.client, { file: book.file('loans.csv', head, ...rows) });
    // Folded, and then given back.
    const stopping = new AbortController();
    const { signal } = stopping;
    const onProgress = (done: number, total: number) => done === total && stopping.abort();
    await expect(
      runDay(book.database.target, pool, { tasks: TASKS, onProgress, signal }),
    ).rejects.toThrow();
    loser = await takeRun(book.client, CLOSE, new Patience());
    await book.asOwner('UPDATE run SET lease_until = NULL');
    await takeRun(book.client, CLOSE, new Patience());
  });
  afterEach(() => book.remove());

  const phases = {
    post: async () => postGroups(book.client, await loadBook(book.client), loser, DATE),
    sums: () => gateDay(book.database.target, loser, DATE, 1, Promise.resolve()),
    tidy: () => tidyDay(book.database.target, loser, DATE, new Patience()),
    seal: () => sealDay(book.client, loser, DATE, new Patience()),
  };

  it.each(Object.entries(phases))('writes nothing more: %s', async (_phase, phase) => {
    const written = `SELECT phase, status, hash FROM step WHERE phase <> 'fold' ORDER BY phase`;
    const before = await book.rows(written);
    await expect(phase()).rejects.toMatchObject({
      code: 'run_lost',
      exitCode: 75,
      evidence: { run: loser.runId, pid: String(process.pid) },
    });
    expect(await book.rows(written)).toEqual(before);
    expect(await book.rows('SELECT FROM sealed_day')).toEqual([]);
    expect(
      await book.rows(`SELECT FROM journal_line_${OPEN_DAY.replaceAll('-', '')}
      WHERE event_id = 0`),
    ).toEqual([]);
  });

  it('is ended by the one that took it', async () => {
    await book.asOwner('UPDATE run SET lease_until = NULL');
    const closed = await runDay(book.database.target, pool, { tasks: TASKS });
    expect(closed).toMatchObject({ born: 20, held: 0, resumed: true });
    expect(closed.checks.every(({ ok }) => ok)).toBe(true);
  });
});
