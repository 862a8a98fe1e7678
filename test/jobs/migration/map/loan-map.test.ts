import { afterAll, beforeAll, expect, it } from 'vitest';
import { bucketOf, IDS_PER_BUCKET } from '../../../../src/accounting/fold/loan-bucket.js';
import { cancelImport } from '../../../../src/jobs/import/cancel-import.js';
import { importLoans } from '../../../../src/jobs/import/import-loans.js';
import { loanMap } from '../../../../src/jobs/migration/map/loan-map.js';
import { type ImportBook, importBook, OPEN_DAY } from '../../../support/import-book.js';

let book: ImportBook;
beforeAll(async () => {
  book = await importBook();
});
afterAll(() => book?.remove());

async function mapped(importId?: number): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  for await (const row of loanMap(book.client, { importId }).tables[0]!.rows) rows.push(row);
  return rows;
}

/** The naive one: the first of its bucket has ordinal 1, the next one that follows it. */
class Numbers {
  readonly #ordinals = new Map<number, number>();
  next(loanNo: string): number {
    const bucket = bucketOf(loanNo);
    const ordinal = (this.#ordinals.get(bucket) ?? 0) + 1;
    this.#ordinals.set(bucket, ordinal);
    return bucket * IDS_PER_BUCKET + ordinal;
  }
}

it('has the loans of the files line by line, import by import, and the same again', async () => {
  const HEAD = 'loan_no,product,product_version,principal,rate,disbursed_on,org';
  const line = (no: string, version: number, org: string) =>
    `${no},CASH,${version},1000.00,0.18,${OPEN_DAY},${org}`;
  const first = Array.from({ length: 2_500 }, (_, k) => `Z${2_500 - k}`);
  const second = ['M3', 'A1', 'M2'];
  const rowsOf = (numbers: readonly string[], version: number, org: string) =>
    numbers.map((no) => line(no, version, org));
  const file = book.file('z.csv', HEAD, ...rowsOf(first, 1, 'NORTH'));
  await importLoans(book.client, { file });
  await importLoans(book.client, {
    file: book.file('a.csv', HEAD, ...rowsOf(second, 2, 'SOUTH'), 'A2,NONE,1,1,0.1,2026-03-28,X'),
    maxRejects: 1,
  });
  const numbers = new Numbers();
  const expected = [
    ...first.map((oldNumber) => ({
      oldNumber,
      version: 1,
      org: 'NORTH',
      importId: 1,
      file: 'z.csv',
    })),
    ...second.map((oldNumber) => ({
      oldNumber,
      version: 2,
      org: 'SOUTH',
      importId: 2,
      file: 'a.csv',
    })),
  ].map((row) => ({ ...row, loanId: numbers.next(row.oldNumber), product: 'CASH', party: '' }));
  const all = await mapped();
  expect(all).toEqual(expected);
  expect(await mapped()).toEqual(all);
  expect(await mapped(2)).toEqual(expected.slice(-3));
  await cancelImport(book.client, { importId: 1, reason: 'wrong' });
  expect((await mapped()).map((row) => row.oldNumber)).toEqual(second);
}, 60_000);
