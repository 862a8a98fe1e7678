import { describe, expect, it } from 'vitest';
import { ageOf } from '../../../src/accounting/fold/ageing.js';
import type { BookDay } from '../../../src/accounting/fold/fold-terms.js';
import {
  blankPosition,
  CLASS_NAMES,
  type OpenInstallment,
  STATUS_NAMES,
} from '../../../src/accounting/fold/position.js';
import {
  MORNING_CLASSES,
  MORNING_STATUSES,
  overdueBucketOf,
} from '../../../src/operations/figures/loan-at-close.js';

/** The engine of the operations sees nothing of a loan's fold: what both say is held here. */
describe('the words of a loan in the morning', () => {
  it('are those of its position', () => {
    expect(MORNING_STATUSES).toEqual(STATUS_NAMES);
    expect(MORNING_CLASSES).toEqual(CLASS_NAMES);
  });

  it('have its M buckets: 30 days each, M7 above 180', () => {
    const position = blankPosition();
    position.open.push({ dueOn: 0, lastFreeOn: 0 } as OpenInstallment);
    for (let days = 0; days <= 400; days += 1) {
      ageOf(position, { date: days, policy: { classDays: [] } } as unknown as BookDay);
      expect([days, overdueBucketOf(days)]).toEqual([days, position.overdueBucket]);
    }
    expect([0, 1, 30, 31, 180, 181].map(overdueBucketOf)).toEqual([0, 1, 1, 2, 6, 7]);
  });
});
