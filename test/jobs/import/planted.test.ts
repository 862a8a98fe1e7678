import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importLoans } from '../../../src/jobs/import/import-loans.js';
import { type ImportBook, importBook } from '../../support/import-book.js';
import { HEADER, plantDefects } from './planted.js';

let book: ImportBook;
beforeAll(async () => {
  book = await importBook();
});
afterAll(() => book.remove());

describe('defects planted at known lines', () => {
  it('are reported at their lines by their rules, nothing else is, and the good rows go in', async () => {
    const planted = plantDefects(5000);
    expect(planted.kinds).toBeGreaterThanOrEqual(60);
    const file = book.file('planted.csv', HEADER, ...planted.lines);
    const outcome = await importLoans(book.client, { file, maxRejects: 10_000 });
    const rejects = parse(readFileSync(outcome.rejectFile!), {
      columns: ['line', 'field', 'rule', 'value'],
      relax_column_count: true,
      from: 2,
    }) as { line: string; field: string; rule: string }[];
    const found = rejects.map(({ line, field, rule }) => ({ line: Number(line), rule, field }));
    expect(found).toEqual(planted.expected);
    expect(outcome).toMatchObject({ rowsTaken: planted.good, rowsRead: 5000 });
    const sum = Object.values(outcome.rejectedByRule ?? {}).reduce((a, b) => a + b, 0);
    expect(sum).toBe(planted.expected.length);
  });
});
