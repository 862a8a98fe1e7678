import { describe, expect, it } from 'vitest';
import {
  CASH_COUNTS,
  cashCases,
  cashReports,
  comparedWith,
  expectedOf,
} from '../support/cash-cases.js';
import { modelLoan } from './model.js';

describe('cash that stays', () => {
  it('has all cases and reports that there are', () => {
    expect([cashCases.length, cashReports.length]).toEqual(CASH_COUNTS);
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
