import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connect, withClient } from '../../../../src/db/connect.js';
import { applyProduct } from '../../../../src/jobs/book/apply-product.js';
import { type FoldPool, openPool } from '../../../../src/jobs/eod/run/fold-pool.js';
import { runDay } from '../../../../src/jobs/eod/run/run-day.js';
import { importLoans } from '../../../../src/jobs/import/import-loans.js';
import { type ImportBook, importBook, OPEN_DAY } from '../../../support/import-book.js';

const HEAD = 'loan_no,product,principal,rate,periods,disbursed_on';
const TASKS = 4;

describe('the parameters of a close', () => {
  let book: ImportBook;
  let pool: FoldPool;
  let loans = 0;

  beforeAll(() => {
    pool = openPool(2);
  });
  beforeEach(async () => {
    book = await importBook();
  });
  afterEach(() => book.remove());
  afterAll(() => pool.threads.destroy());

  const csv = (product: string, many: number): string => {
    const rows = Array.from({ length: many }, () => {
      loans += 1;
      return `L${loans},${product},1000.00,0.18,3,${OPEN_DAY}`;
    });
    return book.file(`loans-${loans}.csv`, HEAD, ...rows);
  };

  /** Closes as far as the first tasks. */
  async function begin(): Promise<void> {
    const stopping = new AbortController();
    const onProgress = () => stopping.abort();
    const { signal } = stopping;
    const closing = runDay(book.database.target, pool, { tasks: TASKS, onProgress, signal });
    await expect(closing).rejects.toThrow();
    expect(await book.rows(`SELECT status FROM run WHERE job = 'eod'`)).toEqual([
      { status: 'open' },
    ]);
  }

  it('are read once imports under way have ended', async () => {
    const sharing = await connect(book.database.target);
    // An import shares the book's row; the run that would be taken waits for it.
    await sharing.query('BEGIN');
    await sharing.query('SELECT hold_open_day()');
    const closing = runDay(book.database.target, pool, { tasks: TASKS });
    await untilItWaits();
    await book.client.query(`INSERT INTO product_version
        (product_id, code, version, name, effective_from, document, sha256, reading)
      OVERRIDING SYSTEM VALUE
      SELECT (SELECT max(product_id) + 1 FROM product_version), 'LATE', 1, 'LATE', effective_from, document,
        encode(sha256(convert_to(document, 'UTF8')), 'hex'), reading
      FROM (SELECT effective_from, replace(document, '"CASH"', '"LATE"') AS document, reading
        FROM product_version WHERE code = 'CASH' AND version = 1) AS made`);
    await importLoans(book.client, { file: csv('LATE', 5) });
    await sharing.query('COMMIT');
    expect(await closing).toMatchObject({ born: 5, held: 0 });
    await sharing.end();
  });

  it('may grow while a close is interrupted: what came in belongs to the next day', async () => {
    await importLoans(book.client, { file: csv('CASH', 40) });
    await begin();
    await applyProduct(book.client, 'code: NEXT\neffective_from: 2024-01-01\n', 'next');
    const closed = await runDay(book.database.target, pool, { tasks: TASKS });
    expect(closed).toMatchObject({ born: 40, held: 0, resumed: true });
  });

  it('refuse a resume where others rule, and name what undoes the day', async () => {
    await importLoans(book.client, { file: csv('CASH', 40) });
    await begin();
    await book.asOwner(
      `UPDATE policy_version SET document = replace(document, '"non_accrual_after":90', '"non_accrual_after":91')`,
    );
    await book.asOwner(
      `UPDATE policy_version SET sha256 = encode(sha256(convert_to(document, 'UTF8')), 'hex')`,
    );
    const resumed = runDay(book.database.target, pool, { tasks: TASKS });
    await expect(resumed).rejects.toMatchObject({ code: 'other_parameters' });
    await book.asOwner(`SELECT discard_day('${OPEN_DAY}', 'other policy')`);
    expect(await runDay(book.database.target, pool, { tasks: TASKS })).toMatchObject({ born: 40 });
  });

  async function untilItWaits(): Promise<void> {
    await withClient(book.database.target, { role: 'login' }, async (client) => {
      for (;;) {
        const waiting = await client.query(`SELECT FROM pg_stat_activity
          WHERE datname = current_database() AND application_name = 'loanbook eod'
            AND wait_event_type = 'Lock'`);
        if (waiting.rows.length > 0) return;
      }
    });
  }
});
