import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { formatAmount, parseAmount } from '../../../src/accounting/money/amount-text.js';
import { mulDivRound } from '../../../src/accounting/money/money.js';
import { partOfGrowth } from '../../../src/accounting/money/split.js';
import { laySchedule } from '../../../src/accounting/schedule/schedule.js';
import { practiceCase } from '../product/practice-cases.js';
import { contractOf, termsWith } from '../product/terms.js';

const yuan = (amount: number): string => formatAmount(amount, 2);
const lead = (total: number): number => mulDivRound(total, 30, 100, 'half_up');
const texts = z.array(z.string());

describe('E2: a loan split 30 to 70', () => {
  const { expected } = practiceCase(
    'E2',
    z.unknown(),
    z.object({
      leadPrincipalNaive: texts,
      leadPrincipalCumulative: texts,
      leadSumNaive: z.string(),
      leadSumCumulative: z.string(),
      leadInterestTarget: z.string(),
      leadInterestNaiveSum: z.string(),
      bothRoundedBreaks: z.array(
        z.object({ no: z.number(), total: z.string(), lead: z.string(), partner: z.string() }),
      ),
    }),
  );
  // A1: 10,000.00 over 12 months at 18%.
  const { principal, interest } = laySchedule(
    termsWith({}),
    contractOf('10000.00', '18%', 12, '2026-01-15'),
  );

  function cumulative(series: readonly number[]): number[] {
    let total = 0;
    return series.map((amount) => {
      const before = total;
      total += amount;
      return Number(partOfGrowth(BigInt(before), BigInt(total), (of) => BigInt(lead(Number(of)))));
    });
  }
  const sum = (series: readonly number[]): number => series.reduce((a, b) => a + b, 0);

  it('part by part drifts, by cumulative difference it does not', () => {
    expect(principal.map((amount) => yuan(lead(amount)))).toEqual(expected.leadPrincipalNaive);
    expect(yuan(sum(principal.map(lead)))).toBe(expected.leadSumNaive);
    expect(cumulative(principal).map(yuan)).toEqual(expected.leadPrincipalCumulative);
    expect(yuan(sum(cumulative(principal)))).toBe(expected.leadSumCumulative);
    expect(yuan(sum(interest.map(lead)))).toBe(expected.leadInterestNaiveSum);
    expect(yuan(sum(cumulative(interest)))).toBe(expected.leadInterestTarget);
  });

  it('rounded on both sides breaks the total', () => {
    const partner = (total: number): number => mulDivRound(total, 70, 100, 'half_up');
    const broken = principal.flatMap((amount, k) =>
      lead(amount) + partner(amount) === amount
        ? []
        : [
            {
              no: k + 1,
              total: yuan(amount),
              lead: yuan(lead(amount)),
              partner: yuan(partner(amount)),
            },
          ],
    );
    expect(broken).toEqual(expected.bothRoundedBreaks);
    expect(principal.every((amount) => amount - lead(amount) >= 0)).toBe(true);
    expect(parseAmount(expected.leadSumCumulative, 2)).toBe(lead(sum(principal)));
  });
});
