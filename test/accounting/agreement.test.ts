import { expect, it } from 'vitest';
import { disagreementsAmong } from './agreement.js';

it('the fold and the model agree on 2,000 random histories', () => {
  expect(disagreementsAmong(1, 2000).join('\n')).toBe('');
});
