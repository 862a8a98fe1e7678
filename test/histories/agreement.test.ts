import { expect, it } from 'vitest';
import { disagreementsAmong } from './agreement.js';

it.each([
  ['any', 2_000],
  ['cash', 1_500],
] as const)(
  'the fold and the model agree on random histories: %s, %d',
  (kind, histories) => {
    expect(disagreementsAmong(kind, 1, histories).join('\n')).toBe('');
  },
  240_000,
);
