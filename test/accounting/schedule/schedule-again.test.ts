import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { formatAmount } from '../../../src/accounting/money/amount-text.js';
import {
  type Factor,
  fraction,
  interestOn,
  shareOfFactor,
  subtractFactors,
} from '../../../src/accounting/money/fraction.js';
import { FLAT_SCALE } from '../../../src/accounting/money/units.js';
import type { ProductTerms, RepaymentMethod } from '../../../src/accounting/product/product.js';
import { factorOfPeriod, mixedFactor } from '../../../src/accounting/schedule/period-factor.js';
import { layContract } from '../../../src/accounting/schedule/schedule.js';
import { type LeftToLay, layAgain } from '../../../src/accounting/schedule/schedule-again.js';
import type { LoanContract } from '../../../src/accounting/schedule/schedule-rows.js';
import { practiceCase } from '../product/practice-cases.js';
import { contractOf, day, fen, termsWith } from '../product/terms.js';
import { amountsOf } from './laid-rows.js';

const text = z.string();

/** What is left of a contract from an instalment on, as its schedule has it. */
function leftFrom(terms: ProductTerms, contract: LoanContract, seq: number): LeftToLay {
  const { schedule, payment, principalPart } = layContract(terms, contract);
  const { dueOn, balanceAfter } = schedule;
  const startOn = dueOn[seq - 2] ?? contract.disbursedOn;
  const principalLeft = balanceAfter[seq - 2] ?? contract.principal;
  const period = { seq, startOn, endOn: dueOn[seq - 1] ?? startOn };
  return {
    principalLeft,
    ratePpb: contract.ratePpb,
    dueOnLeft: dueOn.slice(seq - 1),
    runningSeq: seq,
    runningFactor: factorOfPeriod(terms, contract, period, contract.ratePpb),
    keep: 'term',
    inForce: { payment, principalPart },
    flatBaseLeft:
      FLAT_SCALE *
      (terms.repayment.flatTotal || terms.repayment.downPayment === null
        ? contract.principal
        : contract.principal - schedule.principal[0]!),
  };
}

/** The loan after its first instalment and a prepayment on that day. */
function prepaid(terms: ProductTerms, contract: LoanContract, amount: string): LeftToLay {
  const left = leftFrom(terms, contract, 2);
  const principalLeft = left.principalLeft - fen(amount);
  const flatBaseLeft = (left.flatBaseLeft * principalLeft) / left.principalLeft;
  return { ...left, principalLeft, flatBaseLeft };
}

function bothWays(terms: ProductTerms, left: LeftToLay): { term: string[]; payment: string[] } {
  const laid = (keep: 'term' | 'payment') => amountsOf(layAgain(terms, { ...left, keep }).schedule);
  return { term: laid('term'), payment: laid('payment') };
}

describe('the worked cases', () => {
  test('D2: 3,000.00 after the first instalment, the term kept or the payment', () => {
    const { input, expected } = practiceCase(
      'D2',
      z.object({ prepay: text }),
      z.object({
        newBalance: text,
        keepTerm_newEmi: text,
        keepTerm_totalInterest: text,
        keepEmi_terms: z.number(),
        keepEmi_last: text,
        keepEmi_totalInterest: text,
      }),
    );
    const terms = termsWith({});
    const contract = contractOf('10000.00', '18', 12, '2026-01-15');
    const left = prepaid(terms, contract, input.prepay);
    expect(formatAmount(left.principalLeft, 2)).toBe(expected.newBalance);
    const sum = (amounts: readonly number[]) =>
      formatAmount(
        amounts.reduce((total, amount) => total + amount, 0),
        2,
      );
    const term = layAgain(terms, left);
    expect(formatAmount(term.payment ?? 0, 2)).toBe(expected.keepTerm_newEmi);
    expect(sum(term.schedule.interest)).toBe(expected.keepTerm_totalInterest);
    const { schedule, payment } = layAgain(terms, { ...left, keep: 'payment' });
    expect(payment).toBe(fen('916.80'));
    expect(schedule.dueOn).toHaveLength(expected.keepEmi_terms);
    expect(sum([schedule.principal.at(-1)!, schedule.interest.at(-1)!])).toBe(
      expected.keepEmi_last,
    );
    expect(sum(schedule.interest)).toBe(expected.keepEmi_totalInterest);
  });

  test('D4: a partial refund in the first period', () => {
    const { input, expected } = practiceCase(
      'D4',
      z.object({ principal: text, annualRate: text, terms: z.number(), partial: text }),
      z.object({ newPrincipal: text, newEmi: text }),
    );
    const contract = contractOf(input.principal, input.annualRate, input.terms, '2026-01-15');
    const left = leftFrom(termsWith({}), contract, 1);
    const principalLeft = left.principalLeft - fen(input.partial);
    expect(formatAmount(principalLeft, 2)).toBe(expected.newPrincipal);
    const { payment } = layAgain(termsWith({}), { ...left, principalLeft });
    expect(formatAmount(payment ?? 0, 2)).toBe(expected.newEmi);
  });

  test('A7: daily interest, 2,000.00 prepaid after 17 of 28 days', () => {
    const { input, expected } = practiceCase(
      'A7',
      z.object({ principal: text, prepayPrincipal: text, start: text, settleDate: text }),
      z.object({ a_finalInterest: text, b_finalInterest: text }),
    );
    // 0.05% a day over 360 days is 18% a year; one row of 28 days.
    const interval = { every: 28, unit: 'day' } as const;
    const terms = termsWith({ method: 'daily_interest', interval });
    const left = leftFrom(terms, contractOf(input.principal, '18', 1, input.start), 1);
    expect(left.dueOnLeft).toEqual([day(input.settleDate)]);
    const principalLeft = left.principalLeft - fen(input.prepayPrincipal);
    const finalInterest = (runningFactor: Factor) => {
      const { interest } = layAgain(terms, { ...left, principalLeft, runningFactor }).schedule;
      return formatAmount(interest[0] ?? 0, 2);
    };
    expect(finalInterest(left.runningFactor)).toBe(expected.a_finalInterest);
    // The whole balance paid its first 17 days.
    const paid = fraction(5, 17, 10_000);
    expect(finalInterest(subtractFactors(left.runningFactor, paid))).toBe(expected.b_finalInterest);
  });
});

describe('300.00 prepaid after the first of four instalments of 1,200.00 at 1%', () => {
  const contract = contractOf('1200.00', '12', 4, '2026-01-15');
  const again = (repayment: Partial<ProductTerms['repayment']>) => {
    const terms = termsWith(repayment);
    return bothWays(terms, prepaid(terms, contract, '300.00'));
  };

  test('equal_principal: a new part, or the part kept', () => {
    expect(again({ method: 'equal_principal' })).toEqual({
      term: ['200.00 + 6.00', '200.00 + 4.00', '200.00 + 2.00'],
      payment: ['300.00 + 6.00', '300.00 + 3.00'],
    });
  });

  test('flat_interest: on the base reduced in proportion, 1200 x 600 / 900', () => {
    // Term: (600 + 3 x 8) / 3 = 208. Payment: 312.00, of which 8.00 interest.
    const rows = {
      term: ['200.00 + 8.00', '200.00 + 8.00', '200.00 + 8.00'],
      payment: ['304.00 + 8.00', '296.00 + 8.00'],
    };
    expect(again({ method: 'flat_interest' })).toEqual(rows);
    expect(again({ method: 'flat_interest', flatTotal: true })).toEqual(rows);
  });

  test('interest_only has no payment to keep', () => {
    const rows = ['0.00 + 9.00', '0.00 + 9.00', '900.00 + 9.00'];
    expect(again({ method: 'interest_only' })).toEqual({ term: rows, payment: rows });
  });

  test.each(['level_payment', 'level_payment_solved', 'level_payment_actuarial'] as const)(
    '%s',
    (method) => {
      // 1,200.00 over four asks 307.54; 1200 - 295.54 - 300 = 604.46, over three 205.53.
      // Kept, 307.54 leaves 302.96 after the first, which the second repays.
      expect(again({ method }).payment).toEqual(['301.50 + 6.04', '302.96 + 3.03']);
      expect(again({ method }).term).toEqual(['199.49 + 6.04', '201.48 + 4.05', '203.49 + 2.03']);
    },
  );

  test('carry_fraction goes on from the shown balance', () => {
    expect(again({ carryFraction: true }).payment).toEqual(['301.50 + 6.04', '302.96 + 3.03']);
  });

  test('a principal-free period that is left stays free', () => {
    // Nothing repaid yet: 900.00, free until the second instalment is due, then over two:
    // 900 x 0.01 x 1.01^2 / (1.01^2 - 1) = 456.7612, so that 456.76 - 9 = 447.76 is principal.
    expect(again({ principalFreePeriods: 2 }).term).toEqual([
      '0.00 + 9.00',
      '447.76 + 9.00',
      '452.24 + 4.52',
    ]);
  });
});

test('a balloon is laid over the amortization periods left', () => {
  // 60,000.00 over 36: 1,992.86, of which 1,392.86 principal. 10,000.00 prepaid leave 48,607.14,
  // over 35 months 1,652.82; the balance after eleven of them.
  const terms = termsWith({ method: 'balloon', amortizationPeriods: 36 });
  const left = prepaid(terms, contractOf('60000.00', '12', 12, '2026-01-15'), '10000.00');
  const term = layAgain(terms, left);
  expect(term.payment).toBe(fen('1652.82'));
  expect(amountsOf(term.schedule).at(-1)).toBe('36400.37 + 364.00');
  const kept = layAgain(terms, { ...left, keep: 'payment' });
  expect(kept.payment).toBe(fen('1992.86'));
  expect(amountsOf(kept.schedule).at(-1)).toBe('32842.78 + 328.43');
});

describe('the factor of a period in which the rate changes', () => {
  const contract = contractOf('10000.00', '18', 12, '2026-01-15');
  const period = { seq: 1, startOn: day('2026-01-15'), endOn: day('2026-02-15') };
  const rates = [
    { fromOn: period.startOn, ratePpb: 180_000_000 },
    { fromOn: day('2026-01-25'), ratePpb: 120_000_000 },
  ];

  test('is mixed by days, 10 and 21 of 31', () => {
    // 10/31 x 1.5% + 21/31 x 1% of 10,000.00 = 48.39 + 67.74.
    const factor = mixedFactor(termsWith({}), contract, period, rates);
    expect(interestOn(contract.principal, factor, 'half_up')).toBe(fen('116.13'));
  });

  test('is the sum of the nights under actual_days', () => {
    // 10 nights of 5.00, 21 of 3.33333.
    const terms = termsWith({}, { periodInterest: 'actual_days' });
    const factor = mixedFactor(terms, contract, period, rates);
    expect(interestOn(contract.principal, factor, 'half_up')).toBe(fen('120.00'));
  });

  test('asks the running instalment, the others the new rate', () => {
    const terms = termsWith({});
    const left = leftFrom(terms, contract, 1);
    const runningFactor = mixedFactor(terms, contract, period, rates);
    const { schedule, payment } = layAgain(terms, { ...left, ratePpb: 120_000_000, runningFactor });
    // 10,000.00 over 12 at 1%: 888.49, of which 772.36 principal after 116.13 of interest.
    expect(payment).toBe(fen('888.49'));
    expect(amountsOf(schedule).slice(0, 2)).toEqual(['772.36 + 116.13', '796.21 + 92.28']);
  });
});

describe('nothing changed', () => {
  const METHODS: readonly RepaymentMethod[] = [
    'level_payment',
    'level_payment_solved',
    'level_payment_actuarial',
    'equal_principal',
    'flat_interest',
    'interest_only',
    'bullet',
    'daily_interest',
    'balloon',
  ];
  const contracts = fc.record({
    principal: fc.integer({ min: 10_000, max: 100_000_000 }),
    ratePpb: fc.integer({ min: 0, max: 360_000_000 }),
    periods: fc.integer({ min: 3, max: 24 }),
    disbursedOn: fc.integer({ min: day('2023-06-01'), max: day('2026-12-31') }),
    firstDueOn: fc.constant(null),
  });
  const repayments = fc.record({
    dueDay: fc.constantFrom('anchor' as const, 5, 31),
    principalFreePeriods: fc.constantFrom(0, 2),
    paymentMultipleFen: fc.constantFrom(1, 100),
    downPayment: fc.constantFrom(null, { percentPpb: 150_000_000, automatic: false }),
    amortizationPeriods: fc.constant(40),
    carryFraction: fc.boolean(),
  });
  const interests = fc.record({
    periodInterest: fc.constantFrom('monthly' as const, 'actual_days' as const),
    basis: fc.constantFrom(360 as const, 'actual' as const),
    leapYear: fc.constantFrom('year' as const, 'feb_29_period' as const),
    yearCut: fc.constantFrom('dec_31' as const, 'jan_1' as const),
  });

  test.each([...METHODS, 'flat_total'] as const)('%s: the rows and the payment stay', (name) => {
    const flatTotal = name === 'flat_total';
    const method = flatTotal ? 'flat_interest' : name;
    const noFree = method === 'flat_interest' || method === 'balloon';
    fc.assert(
      fc.property(contracts, repayments, interests, (contract, repayment, interest) => {
        const principalFreePeriods = noFree ? 0 : repayment.principalFreePeriods;
        // flat_total counts on the amount before a down payment, laid again on what is left.
        const downPayment = flatTotal ? null : repayment.downPayment;
        const own = { ...repayment, method, flatTotal, principalFreePeriods, downPayment };
        const terms = termsWith(own, interest);
        const { schedule, payment } = layContract(terms, contract);
        // From the first instalment everything is computed anew, to the same.
        const down = downPayment === null ? 0 : 1;
        const first = layAgain(terms, leftFrom(terms, contract, 1 + down));
        // A multiple of flat_total may repay the principal before the last period. That row takes the
        // interest of the periods after it, which are no longer among the dates left to lay.
        const endsEarly = flatTotal && schedule.dueOn.length < contract.periods;
        if (!endsEarly) expect(amountsOf(first.schedule)).toEqual(amountsOf(schedule).slice(down));
        if (!endsEarly) expect(first.payment).toBe(payment);
        let balance = contract.principal;
        for (const [k, part] of schedule.principal.entries()) {
          balance -= part;
          expect(part).toBeGreaterThanOrEqual(0);
          expect(schedule.interest[k]).toBeGreaterThanOrEqual(0);
          expect(schedule.balanceAfter[k]).toBe(balance);
        }
        expect(balance).toBe(0);
        // In the middle the payment kept goes on, where no fraction is left behind by the rows past.
        const seq = 2 + down;
        if (flatTotal || repayment.carryFraction || schedule.dueOn.length <= seq) return;
        const kept = layAgain(terms, { ...leftFrom(terms, contract, seq), keep: 'payment' });
        expect(amountsOf(kept.schedule)).toEqual(amountsOf(schedule).slice(seq - 1));
      }),
      { numRuns: 60 },
    );
  });
});

test('a running factor beyond the safe integers still asks one rounded amount', () => {
  const third = fraction(1, 1, 3_000_000_007);
  const factor = subtractFactors(fraction(15, 1, 1000), shareOfFactor(third, 1, 999_999_937));
  expect(typeof factor.den).toBe('bigint');
  // 10,000,000.00 x (0.015 - 3.3e-19): 150,000.00 less nothing that shows.
  expect(interestOn(fen('10000000.00'), factor, 'half_up')).toBe(fen('150000.00'));
  expect(interestOn(fen('10000000.00'), factor, 'down')).toBe(fen('149999.99'));
  expect(() => interestOn(9e15, shareOfFactor(factor, 1000, 1), 'up')).toThrow(RangeError);
  expect(subtractFactors(third, fraction(1, 1, 2))).toEqual({ num: 0, den: 1 });
});
