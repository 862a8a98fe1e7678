import { expect, it } from 'vitest';
import { type Met, playJointLoan } from './joint-histories.js';

it('shares do what the page says in 400 random histories', () => {
  const met: Met = new Map();
  for (let seed = 1; seed <= 400; seed += 1) playJointLoan(seed, met);
  const often = ['2 parties', '3 parties', '4 parties', 'yield', 'components', 'fees', 'reversed'];
  for (const what of [...often, 'waived', 'refused', 'other order', 'back-dated']) {
    expect({ what, times: (met.get(what) ?? 0) > 40 }).toEqual({ what, times: true });
  }
});
