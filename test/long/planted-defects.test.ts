import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { expect, it } from 'vitest';
import { importLoans } from '../../src/jobs/import/import-loans.js';
import { HEADER, plantDefects } from '../jobs/import/planted.js';
import { importBook } from '../support/import-book.js';

it('finds each of the defects in 100,000 rows at its line, by threads', async () => {
  const book = await importBook();
  try {
    const planted = plantDefects(100_000);
    const file = book.file('planted.csv', HEADER, ...planted.lines);
    const cut = { threadsFromBytes: 0 };
    const outcome = await importLoans(book.client, { file, maxRejects: 100_000, cut });
    const rows = parse(readFileSync(outcome.rejectFile!), {
      relax_column_count: true,
      from: 2,
    }) as string[][];
    const found = rows.map(([line, field, rule]) => ({ line: Number(line), rule, field }));
    expect(found).toEqual(planted.expected);
    expect(outcome.rowsTaken).toBe(planted.good);
  } finally {
    await book.remove();
  }
});
