import { expect, it } from 'vitest';
import { readMutated } from '../files/layout/mutated-files.js';

it('10,000 mutated files are each a clear error or clean rows', { timeout: 600_000 }, async () => {
  expect(await readMutated(200, 50)).toBeGreaterThan(500);
});
