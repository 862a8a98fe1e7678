import { describe, expect, it } from 'vitest';
import {
  cashCases,
  cashReports,
  comparedWith,
  expectedOf,
  hasCashCases,
} from '../support/cash-cases.js';
import { CASH_CASES } from '../support/shared-data.js';
import { modelLoan } from './model.js';

describe.skipIf(!hasCashCases)(`cash that stays (skipped without ${CASH_CASES})`, () => {
  it('has 25 cases and 4 reports', () => {
    expect([cashCases.length, cashReports.length]).toEqual([25, 4]);
  });

  it.each(cashCases.map((item) => [`${item.id}: ${item.title}`, item] as const))(
    '%s',
    (_, item) => {
      const result = modelLoan(item.document);
      expect(comparedWith(result, result.cash)).toEqual(expectedOf(item));
    },
  );

  it.each(cashReports.map((report) => [report.name, report] as const))('%s', (_, report) => {
    expect(modelLoan(report.document).cash).toBe(report.cash);
  });
});
