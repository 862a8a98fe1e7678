import { expect, it } from 'vitest';
import { playGuarantee, type Seen } from './random-guarantees.js';

it('does what the page says in 400 random histories, and they go everywhere', () => {
  const seen: Seen = new Map();
  for (let seed = 1; seed <= 400; seed += 1) playGuarantee(seed, seen);
  const words = ['claimed', 'part_paid', 'paid', 'withdrawn', 'refused', 'compensation'];
  const reasons = ['after_days', 'in_row', 'in_all'];
  const rules = ['no_claim', 'claim_paid', 'claim_refused', 'buy_back_short'];
  for (const word of [...words, ...reasons, ...rules]) {
    expect(seen.get(word) ?? 0, word).toBeGreaterThan(4);
  }
});
