import { expect, it } from 'vitest';
import { cashFindings } from './cash-property.js';

/** A history takes some 2 ms: two files share them, so that two cores can. */
export function cashStaysOn(from: number, to: number): void {
  it('whatever arrives late or is reversed, cash is that of the events that stand', () => {
    const { differing, skipped } = cashFindings(from, to);
    expect(differing.join('\n')).toBe('');
    expect(skipped).toBeLessThan((to - from) / 20);
  }, 300_000);
}
