import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseDay } from '../../../src/accounting/calendar/epoch-day.js';
import { connect, destroyClient } from '../../../src/db/connect.js';
import { closeDays } from '../../../src/jobs/eod/run/close-days.js';
import { importEvents } from '../../../src/jobs/import/import-events.js';
import { importLoans } from '../../../src/jobs/import/import-loans.js';
import { onBarrier } from '../../../src/jobs/runs/barrier.js';
import type { WaitsFor } from '../../../src/jobs/runs/in-the-way.js';
import { listRuns } from '../../../src/jobs/runs/list-runs.js';
import { type ImportBook, importBook, OPEN_DAY } from '../../support/import-book.js';

const NEXT_DAY = '2026-03-29';
const DATE = parseDay(OPEN_DAY)!;
const HEAD = 'loan_no,product,principal,rate,periods,disbursed_on';
const EVENTS = 'ref,loan_no,type,value_date,amount';

/** Jobs stop where they are told to, until they are let go. */
class Barriers {
  readonly #reached = new Map<string, () => void>();
  readonly #free = new Map<string, Promise<void>>();
  readonly #let = new Map<string, () => void>();

  /** Resolves when a job comes to the place, where it stays. */
  at(place: string): Promise<void> {
    this.#free.set(place, new Promise((resolve) => this.#let.set(place, resolve)));
    return new Promise((resolve) => this.#reached.set(place, resolve));
  }

  go(place: string): void {
    this.#free.delete(place);
    this.#let.get(place)?.();
  }

  readonly hook = async (place: string): Promise<void> => {
    const free = this.#free.get(place);
    if (free === undefined) return;
    this.#reached.get(place)?.();
    await free;
  };
}

describe('jobs that meet', () => {
  let book: ImportBook;
  let barriers: Barriers;
  let other: pg.Client;
  beforeEach(async () => {
    book = await importBook();
    const rows = Array.from({ length: 20 }, (_, k) => `L${k},CASH,1000.00,0.18,3,${OPEN_DAY}`);
    await importLoans(book.client, { file: book.file('loans.csv', HEAD, ...rows) });
    other = await connect(book.database.target);
    barriers = new Barriers();
    onBarrier(barriers.hook);
  });
  afterEach(async () => {
    onBarrier(undefined);
    destroyClient(other);
    await book.remove();
  });

  /** Resolves with what the first wait of a job is for. */
  function waiting(waitMs = 60_000) {
    let tell: (waitsFor: WaitsFor) => void = () => undefined;
    const waitsFor = new Promise<WaitsFor>((resolve) => {
      tell = resolve;
    });
    return { waits: { waitMs, onWait: tell }, waitsFor };
  }

  const close = (waits?: ReturnType<typeof waiting>['waits']) =>
    closeDays(book.database.target, { date: DATE, workers: 1, tasks: 2, ...(waits && { waits }) });
  const own = { host: expect.any(String), pid: String(process.pid), since: expect.any(String) };

  it('an import into the day that is being closed goes into the next one', async () => {
    const posting = barriers.at('eod.post');
    const closing = close();
    await posting;
    const { waits, waitsFor } = waiting();
    const file = book.file('events.csv', EVENTS, `R1,L1,repayment,${OPEN_DAY},5.00`);
    const importing = importEvents(other, { file, waits });
    expect(await waitsFor).toMatchObject({ job: 'eod', key: OPEN_DAY, ...own });
    barriers.go('eod.post');
    expect((await closing)[0]).toMatchObject({ born: 20, events: 20 });
    expect((await importing).rowsTaken).toBe(1);
    expect(await book.rows(`SELECT business_date, value_date FROM event WHERE ref = 'R1'`)).toEqual(
      [{ business_date: NEXT_DAY, value_date: OPEN_DAY }],
    );
  });

  it('a close waits for the import under way, and has what it brought', async () => {
    const storing = barriers.at('import.store');
    const file = book.file('events.csv', EVENTS, `R1,L1,repayment,${OPEN_DAY},5.00`);
    const importing = importEvents(other, { file });
    await storing;
    const { waits, waitsFor } = waiting();
    const closing = close(waits);
    expect(await waitsFor).toMatchObject({ job: 'import', ...own });
    barriers.go('import.store');
    await importing;
    expect((await closing)[0]).toMatchObject({ born: 20, events: 21 });
  });

  it('a seal waits for an import of a later day', async () => {
    const tidying = barriers.at('eod.tidy');
    const { waits, waitsFor } = waiting();
    const closing = close(waits);
    await tidying;
    const storing = barriers.at('import.store');
    const file = book.file('later.csv', EVENTS, `R1,L1,repayment,${NEXT_DAY},5.00`);
    const importing = importEvents(other, { file });
    await storing;
    barriers.go('eod.tidy');
    expect(await waitsFor).toMatchObject({ job: 'import', ...own });
    barriers.go('import.store');
    await importing;
    expect((await closing)[0]).toMatchObject({ businessDate: OPEN_DAY, events: 20 });
  });

  it('a second import follows the first, or names it when its time is up', async () => {
    const storing = barriers.at('import.store');
    const first = book.file('first.csv', EVENTS, `R1,L1,repayment,${OPEN_DAY},5.00`);
    const importing = importEvents(other, { file: first });
    await storing;
    const second = book.file('second.csv', EVENTS, `R2,L2,repayment,${OPEN_DAY},5.00`);
    const evidence = { waitsFor: 'import', at: expect.stringContaining('events/'), ...own };
    const refusal = { code: 'import_is_running', exitCode: 75, evidence };
    const now = importEvents(book.client, { file: second });
    await expect(now).rejects.toMatchObject(refusal);
    const hurried = importEvents(book.client, { file: second, waits: { waitMs: 300 } });
    await expect(hurried).rejects.toMatchObject(refusal);
    const { waits, waitsFor } = waiting();
    const following = importEvents(book.client, { file: second, waits });
    expect(await waitsFor).toMatchObject({ job: 'import', ...own });
    barriers.go('import.store');
    expect((await importing).rowsTaken).toBe(1);
    expect((await following).rowsTaken).toBe(1);
  });

  it('the same import waits for itself, and was then done before', async () => {
    const storing = barriers.at('import.store');
    const file = book.file('first.csv', EVENTS, `R1,L1,repayment,${OPEN_DAY},5.00`);
    const importing = importEvents(other, { file });
    await storing;
    const { waits, waitsFor } = waiting();
    const again = importEvents(book.client, { file, waits });
    await waitsFor;
    barriers.go('import.store');
    expect(await importing).not.toHaveProperty('doneBefore');
    expect(await again).toMatchObject({ doneBefore: true, rowsTaken: 1 });
    const runs = await listRuns(book.client, 10);
    const ofFile = runs.filter(({ key }) => key?.startsWith('events/'));
    expect(ofFile).toMatchObject([
      { job: 'import', status: 'done', outcome: 'done', read: 0, tasksDone: 0 },
      { job: 'import', status: 'done', outcome: 'done', read: 1, written: 1, tasksDone: 2 },
    ]);
  });

  it('a second closer finds the day closed by the first', async () => {
    const posting = barriers.at('eod.post');
    const closing = close();
    await posting;
    await expect(close()).rejects.toMatchObject({
      code: 'day_is_being_closed',
      exitCode: 75,
      evidence: { business_date: OPEN_DAY, ...own },
    });
    const { waits, waitsFor } = waiting();
    const said: number[] = [];
    const second = closeDays(book.database.target, {
      ...{ date: DATE, workers: 1, tasks: 2, waits },
      onAlreadyClosed: (date) => said.push(date),
    });
    expect(await waitsFor).toMatchObject({ job: 'eod', key: OPEN_DAY, ...own });
    barriers.go('eod.post');
    expect(await closing).toHaveLength(1);
    expect([await second, said]).toEqual([[], [DATE]]);
  });

  it('nobody waits for a close that was left unfinished', async () => {
    await book.asOwner(`INSERT INTO run (job, business_date, tasks, status, engine_version)
      VALUES ('eod', '${OPEN_DAY}', 2, 'open', 1)`);
    const file = book.file('events.csv', EVENTS, `R1,L1,repayment,${OPEN_DAY},5.00`);
    const importing = importEvents(other, { file, waits: { waitMs: 60_000 } });
    await expect(importing).rejects.toMatchObject({ code: 'day_is_being_closed', exitCode: 75 });
    const [run] = await listRuns(book.client, 1);
    expect(run).toMatchObject({ job: 'import', status: 'open', outcome: 'failed' });
  });
});
