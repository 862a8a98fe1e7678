import { expect, it } from 'vitest';
import { cashFindings } from './cash-property.js';

const HISTORIES = 4_000;

it('whatever arrives late or is reversed, cash is that of the events that stand', () => {
  const { differing, skipped } = cashFindings(1, HISTORIES);
  expect(differing.join('\n')).toBe('');
  expect(skipped).toBeLessThan(HISTORIES / 20);
}, 240_000);
