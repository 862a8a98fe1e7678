import { describe, it } from 'vitest';
import { holdHistory } from './deduct-agreement.js';

describe('deductions agree with the model, and with what customers lost', () => {
  it('of the seeds 1 to 400', () => {
    for (let seed = 1; seed <= 400; seed += 1) holdHistory(seed);
  });
});
