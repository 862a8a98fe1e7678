import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { formatAmount, parseAmount } from '../../../src/accounting/money/amount-text.js';
import { mulDivRound } from '../../../src/accounting/money/money.js';
import { taxOfDay } from '../../../src/accounting/posting/tax-rule.js';
import { taxWithin } from '../../../src/accounting/posting/vat.js';
import { practiceCase } from '../product/practice-cases.js';

const SIX = 60_000_000;
const fen = (text: string): number => parseAmount(text, 2)!;
const yuan = (amount: number | bigint): string => formatAmount(amount, 2);
const text = z.string();

/** The days of a total that grows by `daily`, nothing waiting for its tax point. */
function days(daily: bigint, count: number): bigint[] {
  const rule = { incomeAccountId: 1, ratePpb: SIX, outputAccountId: 2, deferred: null };
  return Array.from({ length: count }, (_, at) => {
    const day = BigInt(at);
    const base = { waitingBefore: 0n, waiting: 0n, migrated: 0n };
    const [grossBefore, gross] = [daily * day, daily * (day + 1n)];
    return daily - taxOfDay(rule, { grossBefore, gross, ...base }).fromIncome;
  });
}

describe('tax within income', () => {
  it('E1: 5.00 a night for 30 nights, without drift', () => {
    const { input, expected } = practiceCase(
      'E1',
      z.object({ dailyGross: text, days: z.number() }),
      z.object({
        onTotal_net: text,
        onTotal_tax: text,
        naiveDailyNet: text,
        naiveSum: text,
        cumulativeSum: text,
        daysAt472: z.number(),
        daysAt471: z.number(),
      }),
    );
    const daily = BigInt(fen(input.dailyGross));
    const gross = daily * BigInt(input.days);
    const tax = taxWithin(gross, SIX);
    expect(yuan(tax)).toBe(expected.onTotal_tax);
    expect(yuan(gross - tax)).toBe(expected.onTotal_net);
    const naive = daily - taxWithin(daily, SIX);
    expect(yuan(naive)).toBe(expected.naiveDailyNet);
    expect(yuan(naive * BigInt(input.days))).toBe(expected.naiveSum);
    const nights = days(daily, input.days);
    expect(yuan(nights.reduce((sum, net) => sum + net, 0n))).toBe(expected.cumulativeSum);
    expect(nights.filter((net) => yuan(net) === '4.72')).toHaveLength(expected.daysAt472);
    expect(nights.filter((net) => yuan(net) === '4.71')).toHaveLength(expected.daysAt471);
  });

  it('E4: of a fee that is a share of the partner’s interest', () => {
    const { input, expected } = practiceCase(
      'E4',
      z.object({ interest: text }),
      z.object({ partnerInterest: text, fee: text, feeNet: text, feeVat: text, partnerNet: text }),
    );
    // 70% of the interest is the partner's, 25% of that the fee.
    const partner = mulDivRound(fen(input.interest), 70, 100, 'half_up');
    const fee = BigInt(mulDivRound(partner, 25, 100, 'half_up'));
    expect(yuan(partner)).toBe(expected.partnerInterest);
    expect(yuan(fee)).toBe(expected.fee);
    expect(yuan(taxWithin(fee, SIX))).toBe(expected.feeVat);
    expect(yuan(fee - taxWithin(fee, SIX))).toBe(expected.feeNet);
    expect(yuan(BigInt(partner) - fee)).toBe(expected.partnerNet);
  });

  it('E7: goes back with interest that leaves the balance sheet', () => {
    const { input, expected } = practiceCase(
      'E7',
      z.object({ interestReceivable: text }),
      z.object({ net: text, vat: text }),
    );
    const gross = BigInt(fen(input.interestReceivable));
    const rule = { incomeAccountId: 1, ratePpb: SIX, outputAccountId: 2, deferred: null };
    const none = { waitingBefore: 0n, waiting: 0n, migrated: 0n };
    const { fromIncome, toOutput } = taxOfDay(rule, { grossBefore: gross, gross: 0n, ...none });
    expect(yuan(-fromIncome)).toBe(expected.vat);
    expect(yuan(gross + fromIncome)).toBe(expected.net);
    expect(toOutput).toBe(fromIncome);
  });

  it('sums to the tax of the whole whatever the nights were', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: -500_000n, max: 500_000n })), (moves) => {
        const deferred = { accountId: 3, whileInAccountId: 4 };
        const rule = { incomeAccountId: 1, ratePpb: SIX, outputAccountId: 2, deferred };
        let [gross, waiting, income, owed, put] = [0n, 0n, 0n, 0n, 0n];
        for (const move of moves) {
          const base = {
            grossBefore: gross,
            gross: gross + move,
            waitingBefore: waiting,
            waiting: waiting + move / 2n,
            migrated: 0n,
          };
          const parts = taxOfDay(rule, base);
          expect(parts.toDeferred + parts.toOutput).toBe(parts.fromIncome);
          gross = base.gross;
          waiting = base.waiting;
          income += parts.fromIncome;
          owed += parts.toOutput;
          put += parts.toDeferred;
        }
        expect(income).toBe(taxWithin(gross, SIX));
        expect(put).toBe(taxWithin(waiting, SIX));
        expect(owed).toBe(income - put);
      }),
    );
  });
});
