import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT, LoanbookError } from '../../../../src/errors.js';
import { importLoans } from '../../../../src/jobs/import/import-loans.js';
import { onBarrier } from '../../../../src/jobs/runs/barrier.js';
import { commandLine } from '../../../support/command-line.js';
import { type ImportBook, importBook } from '../../../support/import-book.js';
import { killOverAndOver } from './killed.js';
import { HEADER, leftBehind, mixedLoans, mixedSchedules } from './loan-files.js';

let book: ImportBook;
beforeAll(async () => {
  book = await importBook();
});
afterAll(() => book.remove());

/** What `loanbook db status` says. */
async function status(): Promise<Record<string, unknown>> {
  const line = commandLine(book.database.target, book.folder);
  const { stdout } = await line(['db', 'status', '--json']);
  return JSON.parse(stdout);
}

describe('an import that is killed', () => {
  it('left nothing or all, and goes on to the same result', async () => {
    // One in the midst of it; 200 at other moments are in test/long.
    await killOverAndOver(book, { kills: 1, loans: 600, seed: 20_000 }, (found, expected) =>
      expect(found).toEqual(expected),
    );
  }, 180_000);

  it('goes on with the tasks that are there, and with no others', async () => {
    await book.reset();
    await book.asOwner('ALTER SEQUENCE event_arrival RESTART; SELECT drop_import_tables()');
    const lines = mixedLoans(600).filter((line) => /^L[0-9]+,/.test(line));
    const file = book.file('loans.csv', HEADER, ...lines);
    const cut = { threadsFromBytes: 0, workers: 1, taskRows: 50 };
    const options = { file, maxRejects: 1000, cut };
    expect(await status()).not.toHaveProperty('stagedImport');
    // Who waits for its turn to store is stopped there, with every task behind it.
    const interrupt = new AbortController();
    let meanwhile: unknown;
    onBarrier(async (place) => {
      if (place !== 'import.stage') return;
      meanwhile = await status();
      interrupt.abort(new LoanbookError('interrupted', 'stopped', { exitCode: EXIT.interrupted }));
    });
    const stopped = importLoans(book.client, { ...options, signal: interrupt.signal });
    await expect(stopped).rejects.toMatchObject({ code: 'interrupted' });
    onBarrier(undefined);
    const tasks = await book.rows('SELECT count(*) AS n FROM import_task');
    expect(tasks[0]!.n).toBeGreaterThan(8);
    const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
    // FREE says no number of periods, and these loans none either.
    const numbers = lines.map((line) => line.split(',')[0]!);
    const isBad = (line: string, at: number) =>
      /,x,|,too many$|,FREE,/.test(line) || numbers.indexOf(numbers[at]!) !== at;
    const stagedRejected = lines.filter(isBad).length;
    const counts = { stagedRejected, stagedRows: lines.length - stagedRejected };
    const staged = { stagedTasks: tasks[0]!.n, ...counts, stagedSha256: sha256 };
    expect(meanwhile).toMatchObject({ stagedImport: 'under way', ...staged });
    expect(await status()).toMatchObject({
      ...{ stagedImport: 'left', ...staged },
      stagedNext: expect.stringContaining('Import the same file again'),
    });
    // Told apart from new ones by what only those that are there hold.
    await book.asOwner(`UPDATE import_row SET org = 'WAS-THERE'`);
    await importLoans(book.client, options);
    expect(await book.rows('SELECT DISTINCT org FROM loan')).toEqual([{ org: 'WAS-THERE' }]);
    expect(await status()).not.toHaveProperty('stagedImport');
  });

  it('goes on with tables that are built, to the same result', async () => {
    const options = {
      file: book.file('loans.csv', HEADER, ...mixedLoans(240)),
      schedules: book.file('schedules.csv', ...mixedSchedules(240)),
      maxRejects: 1000,
      cut: { threadsFromBytes: 0, workers: 2, taskRows: 50 },
    };
    const left: unknown[] = [];
    for (const tries of [1, 2]) {
      await book.reset();
      await book.asOwner('ALTER SEQUENCE event_arrival RESTART; SELECT drop_import_tables()');
      onBarrier(async (place) => {
        if (place !== 'import.store' || tries === 1) return;
        throw new LoanbookError('interrupted', 'stopped', { exitCode: EXIT.interrupted });
      });
      if (tries === 2) {
        await expect(importLoans(book.client, options)).rejects.toMatchObject({
          code: 'interrupted',
        });
        const built = await book.rows(`SELECT count(*) AS n FROM pg_indexes
          WHERE schemaname = 'loanbook' AND tablename LIKE 'import\\_%'`);
        expect(built[0]!.n).toBeGreaterThan(6);
      }
      onBarrier(undefined);
      await importLoans(book.client, options);
      left.push(await leftBehind(book));
    }
    const events = (left[0] as { event: { ref: string }[] }).event;
    expect(events.some(({ ref }) => ref.startsWith('schedule-fee-'))).toBe(true);
    expect(left[1]).toEqual(left[0]);
  });

  it('is begun anew where the book is another one by now', async () => {
    await book.reset();
    await book.asOwner('ALTER SEQUENCE event_arrival RESTART');
    const file = book.file('loans.csv', HEADER, ...mixedLoans(40).slice(0, 2));
    const options = { file, cut: { threadsFromBytes: 0, workers: 1 } };
    const interrupt = new AbortController();
    onBarrier(async (place) => {
      if (place !== 'import.stage') return;
      interrupt.abort(new LoanbookError('interrupted', 'stopped', { exitCode: EXIT.interrupted }));
    });
    const stopped = importLoans(book.client, { ...options, signal: interrupt.signal });
    await expect(stopped).rejects.toMatchObject({ code: 'interrupted' });
    onBarrier(undefined);
    await book.asOwner(`UPDATE import_row SET org = 'WAS-THERE'`);
    const other = book.file('other.csv', HEADER, 'X1,CASH,5.00,0.18,2026-03-28,O1');
    await importLoans(book.client, { file: other });
    await importLoans(book.client, options);
    const orgs = await book.rows('SELECT org FROM loan ORDER BY loan_no');
    expect(orgs).toEqual([{ org: 'O0' }, { org: 'O1' }, { org: 'O1' }]);
    expect((await leftBehind(book)).tables).toEqual([]);
  });
});
