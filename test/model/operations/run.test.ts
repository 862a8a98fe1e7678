import { describe, expect, it } from 'vitest';
import { runDisagreements } from './run-agreement.js';

describe('the run of a plan and its naive model', () => {
  it('agree on 500 random runs', () => {
    expect(runDisagreements(1, 500).slice(0, 1)).toEqual([]);
  });
});
