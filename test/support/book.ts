import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDay } from '../../src/accounting/calendar/epoch-day.js';
import { withClient } from '../../src/db/connect.js';
import type { DatabaseTarget } from '../../src/db/target.js';
import { applyProduct } from '../../src/jobs/book/apply-product.js';
import { createBook } from '../../src/jobs/book/create-book.js';
import { generateBook } from '../../src/jobs/generate/generate-book.js';
import { importLoans } from '../../src/jobs/import/import-loans.js';
import { importRepayments } from '../../src/jobs/import/import-repayments.js';

export interface TestBook {
  readonly folder: string;
  /** Imports the repayments of a generated day. */
  importDay(day: string): Promise<void>;
  remove(): void;
}

/** A generated book in `target`: initialised, products applied, loans imported, nothing closed. */
export async function generatedBook(
  target: DatabaseTarget,
  options: { loans: number; seed: number; start: string; days: number },
): Promise<TestBook> {
  const folder = mkdtempSync(join(tmpdir(), 'loanbook-test-'));
  const data = join(folder, 'data');
  const startOn = parseDay(options.start)!;
  await generateBook(
    { ...options, outFolder: data, startOn, profile: 'book', repayShare: 3000 },
    () => undefined,
  );
  await withClient(target, {}, async (client) => {
    await createBook(client, {
      entity: 'Test',
      currency: 'CNY',
      firstBusinessDate: startOn,
      calendar: 'cn',
    });
    for (const name of readdirSync(join(data, 'products'))) {
      const text = readFileSync(join(data, 'products', name), 'utf8');
      await applyProduct(client, text, name);
    }
    await importLoans(client, { file: join(data, 'loans.csv') });
  });
  return {
    folder: data,
    importDay: (day) =>
      withClient(target, {}, async (client) => {
        await importRepayments(client, { file: join(data, `repayments-${day}.csv`) });
      }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
