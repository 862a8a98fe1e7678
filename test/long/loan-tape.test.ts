import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDay } from '../../src/accounting/epoch-day.js';
import { withClient } from '../../src/db/connect.js';
import { applyProduct } from '../../src/jobs/book/apply-product.js';
import { createBook } from '../../src/jobs/book/create-book.js';
import { checkDay } from '../../src/jobs/eod/check-day.js';
import { closeDays } from '../../src/jobs/eod/close-days.js';
import { importLoans } from '../../src/jobs/import/import-loans.js';
import { packageRoot } from '../../src/package-root.js';
import { testDatabase } from '../support/database.js';
import { LOAN_TAPE } from '../support/shared-data.js';

describe.skipIf(!existsSync(LOAN_TAPE))('the loan tape', () => {
  it('imports 5,031 loans and closes 90 days with every check holding', async () => {
    const database = await testDatabase();
    try {
      await withClient(database.target, {}, async (client) => {
        await createBook(client, {
          entity: 'Tape',
          currency: 'USD',
          firstBusinessDate: parseDay('2018-01-01')!,
          calendar: 'none',
        });
        for (const name of ['us-36.yaml', 'us-60.yaml']) {
          const text = readFileSync(join(packageRoot, 'fixtures/products', name), 'utf8');
          await applyProduct(client, text, name);
        }
        const mapping = join(packageRoot, 'fixtures/mappings/lendingclub.yaml');
        await importLoans(client, { file: LOAN_TAPE, mapping });
      });
      const days = await closeDays(database.target, { through: parseDay('2018-03-31')! });
      expect(days).toHaveLength(90);
      expect(days.reduce((born, day) => born + day.born, 0)).toBe(5031);
      expect(days.at(-1)?.loans).toBe(5031);
      for (const day of days) {
        expect(day.held, day.businessDate).toBe(0);
        expect(
          day.checks.every((check) => check.ok),
          day.businessDate,
        ).toBe(true);
      }
      await withClient(database.target, {}, async (client) => {
        const { checks } = await checkDay(client, []);
        expect(checks.filter((check) => !check.ok)).toEqual([]);
      });
    } finally {
      await database.drop();
    }
  });
});
