import { expect, it } from 'vitest';
import { readMutated } from './mutated-files.js';

it('2,000 mutated files are each a clear error or clean rows', async () => {
  expect(await readMutated(50, 40)).toBeGreaterThan(100);
});
