import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { applyPolicy } from '../../../src/jobs/book/apply-dated.js';
import { applyProduct } from '../../../src/jobs/book/apply-product.js';
import { importLoans } from '../../../src/jobs/import/import-loans.js';
import { type ImportBook, importBook } from '../../support/import-book.js';

const HEADER = 'loan_no,product,principal,rate,disbursed_on,product_version,first_due_on';

/** After the policy that ships, which caps at 24% from 2000 on. */
const LATER_POLICIES = [
  'effective_from: 2026-05-01\ncost_cap: {annual: 0.2}',
  'effective_from: 2026-06-01\ncost_cap: null',
];

let book: ImportBook;
beforeAll(async () => {
  book = await importBook();
  for (const text of LATER_POLICIES) await applyPolicy(book.client, text, 'policy.yaml');
  const old = 'code: OLD\nrepayment: {periods: 12}\neffective_from: 1990-01-01';
  await applyProduct(book.client, old, 'old.yaml');
});
afterEach(() => book.reset());
afterAll(() => book.remove());

describe('a loan is held to the cap in force on its disbursement day', () => {
  it.each([
    ['below the cap', '0.2399', '2026-04-15', '', true],
    ['at the cap', '0.24', '2026-04-15', '', true],
    ['above it', '0.2401', '2026-04-15', '', false],
    ['migrated, above it', '0.2401', '2026-02-15', '', false],
    ['above a later, lower cap', '0.2001', '2026-05-01', '', false],
    ['under a policy without a cap', '0.9', '2026-06-01', '', true],
    ['before the first policy', '0.9', '1999-12-31', '', true],
    ['with 46 days to its first due date', '0.23', '2026-04-15', '2026-05-31', true],
  ])('%s', async (_name, rate, disbursedOn, firstDueOn, taken) => {
    const row = `B1,OLD,10000.00,${rate},${disbursedOn},,${firstDueOn}`;
    const file = book.file('loans.csv', HEADER, row);
    const outcome = await importLoans(book.client, { file, maxRejects: 1 });
    expect(outcome.rowsTaken).toBe(taken ? 1 : 0);
    if (taken) return;
    expect(book.read(outcome.rejectFile ?? '')[1]).toBe(`2,rate,cost_above_cap,${rate},${row}`);
  });
});
