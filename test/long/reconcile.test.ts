import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { measureReconciliation } from '../../src/bench/reconcile-speed.js';
import { testDatabase } from '../support/database.js';

it('reconciles a million lines in 15 s and constant memory, every planted break found', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'loanbook-reconcile-'));
  const measure = async (events: number) => {
    const database = await testDatabase();
    try {
      return await measureReconciliation(database.target, events, {
        file: join(folder, 'statement.csv'),
      });
    } finally {
      await database.drop();
    }
  };
  try {
    const tenth = await measure(100_000);
    const whole = await measure(1_000_000);
    expect(whole).toMatchObject({ planted: 10_000, found: 10_000, wrong: 0 });
    expect(whole.seconds).toBeLessThanOrEqual(15);
    expect(whole.peak_rss_mb - tenth.peak_rss_mb).toBeLessThan(100);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
