import { describe, expect, test } from 'vitest';
import { EXIT, LoanbookError } from '../../../../src/errors.js';
import {
  parseProductDocument,
  productFromValue,
} from '../../../../src/jobs/book/documents/product-document.js';

/** The error of a document, as its lines after the first. */
function violations(text: string): string[] {
  try {
    parseProductDocument(text, 'p.yaml');
  } catch (error) {
    if (!(error instanceof LoanbookError)) throw error;
    expect(error.code).toBe('invalid_document');
    expect(error.exitCode).toBe(EXIT.usage);
    expect(error.message).toContain('p.yaml');
    return error.message
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
  }
  return [];
}

/** A document of one section with one key, in flow style. */
function withKey(path: string, value: string): string {
  const [section = '', ...keys] = path.split('.');
  const nested = keys.reduceRight((inner, key) => `{${key}: ${inner}}`, value);
  return `code: P\n${section}: ${nested}\n`;
}

describe('a product document', () => {
  test('fills in the defaults of the conventions', () => {
    const { document, terms } = parseProductDocument('code: P', 'p.yaml');
    expect(document).toMatchObject({ version: 1, currency: 'CNY', effective_from: '2026-01-01' });
    expect(terms).toMatchObject({
      code: 'P',
      version: 1,
      minorDigits: 2,
      repayment: {
        method: 'level_payment',
        periods: null,
        interval: { every: 1, unit: 'month' },
        dueDay: 'anchor',
        fixedDayFirstDue: 'next_month',
        principalFreePeriods: 0,
        paymentRounding: 'half_up',
        paymentMultipleFen: 1,
        amortizationPeriods: null,
        carryFraction: false,
        downPayment: null,
        flatTotal: false,
      },
      interest: {
        rateUnit: 'year',
        basis: 360,
        periodInterest: 'monthly',
        rounding: 'half_up',
        leapYear: 'year',
        yearCut: 'dec_31',
        recalculation: null,
      },
      penalty: {
        rate: { kind: 'multiple', numerator: 3, denominator: 2 },
        base: 'principal',
        compoundInterest: false,
        graceDays: 0,
        graceMissed: 'retroactive',
        postpone: 'max',
      },
      allocation: {
        accruing: {
          direction: 'by_installment',
          order: ['fee', 'penalty', 'compound', 'interest', 'principal'],
        },
        nonAccruing: {
          direction: 'by_component',
          order: ['principal', 'interest', 'compound', 'penalty', 'fee'],
        },
        pastDueFirst: false,
        inAdvanceOrder: null,
        earlyPayment: 'hold',
      },
      prepayment: {
        interestTo: 'value_date',
        partial: { keep: 'term', interestOn: 'prepaid' },
        fee: null,
      },
    });
  });

  test('reads plain and quoted scalars, YAML and JSON alike', () => {
    const plain = `
code: P
effective_from: 2026-03-01
repayment: {periods: 12, due_day: 31, payment_multiple: 1.00}
interest: {basis: 365}
penalty: {rate: {annual: 0.27}, grace_days: 3}
prepayment: {fee: {rate: 0.03, min: 10}}`;
    const quoted = `
code: "P"
effective_from: "2026-03-01"
repayment: {periods: "12", due_day: "31", payment_multiple: "1.00"}
interest: {basis: "365"}
penalty: {rate: {annual: "0.27"}, grace_days: "3"}
prepayment: {fee: {rate: "0.03", min: "10"}}`;
    const json = `{"code": "P", "effective_from": "2026-03-01",
\t"repayment": {"periods": 12, "due_day": 31, "payment_multiple": 1.00},
\t"interest": {"basis": 365}, "penalty": {"rate": {"annual": 0.27}, "grace_days": 3},
\t"prepayment": {"fee": {"rate": 0.03, "min": 10}}}`;
    const first = parseProductDocument(plain, 'plain');
    expect(parseProductDocument(quoted, 'quoted')).toEqual(first);
    expect(parseProductDocument(json, 'json')).toEqual(first);
    expect(first.terms.repayment).toMatchObject({ dueDay: 31, paymentMultipleFen: 100 });
    expect(first.terms.interest.basis).toBe(365);
    expect(first.terms.penalty.rate).toEqual({ kind: 'annual', ratePpb: 270_000_000 });
    expect(first.terms.prepayment.fee).toEqual({
      ratePpb: 30_000_000,
      of: 'remaining_principal',
      freeAfterPeriod: null,
      minFen: 1000,
      maxFen: null,
    });
  });

  test('kept as JSON and checked again it is the same', () => {
    const first = parseProductDocument(
      'code: P\npenalty: {rate: {multiple: 1.35}}\nprepayment: {partial: {keep: payment}}',
      'p.yaml',
    );
    const again = productFromValue(JSON.parse(JSON.stringify(first.document)), { name: 'book' });
    expect(again).toEqual(first);
    expect(again.terms.penalty.rate).toEqual({ kind: 'multiple', numerator: 27, denominator: 20 });
    expect(again.document.prepayment.partial).toEqual({ keep: 'payment', interest_on: 'prepaid' });
  });

  test('compiles every key of the schedule, the allocation and the prepayment', () => {
    const { terms } = parseProductDocument(
      `
code: P
repayment: {method: balloon, amortization_periods: 36, carry_fraction: true,
  down_payment: {percent: 12.5, automatic: true}}
interest: {basis: actual, leap_year: feb_29_period, year_cut: jan_1}
prepayment: {partial: {keep: payment, interest_on: whole_balance}}`,
      'p.yaml',
    );
    expect(terms.repayment).toMatchObject({
      amortizationPeriods: 36,
      carryFraction: true,
      downPayment: { percentPpb: 125_000_000, automatic: true },
    });
    expect(terms.interest).toMatchObject({ leapYear: 'feb_29_period', yearCut: 'jan_1' });
    expect(terms.prepayment.partial).toEqual({ keep: 'payment', interestOn: 'whole_balance' });
  });

  test('the scale of amounts follows the currency', () => {
    const yen = 'code: P\ncurrency: JPY\nrepayment: {payment_multiple: 100}';
    expect(parseProductDocument(yen, 'p').terms.repayment.paymentMultipleFen).toBe(100);
    expect(violations('code: P\ncurrency: JPY\nrepayment: {payment_multiple: 0.5}')).toEqual([
      'repayment.payment_multiple: must be a positive amount of JPY; got 0.5',
    ]);
  });
});

describe('what is refused', () => {
  test.each([
    ['interest.basis', '361', 'must be one of 360, 364, 365, actual; got 361'],
    ['interest.bases', '360', 'unknown key'],
    ['interest', '5', 'must be a mapping; got 5'],
    ['repayment.due_day', '32', 'must be anchor or 1 to 31; got 32'],
    ['repayment.interval.every', '0', 'must be a whole number, 1 to 36600; got 0'],
    ['repayment.carry_fraction', 'maybe', 'must be true or false; got maybe'],
    ['penalty.grace_days', '-1', 'must be a whole number, 0 to 366; got -1'],
    [
      'penalty.rate.annual',
      '0.0000000001',
      'must be a decimal number, not negative, of at most 9 decimals; got 0.0000000001',
    ],
    ['effective_from', '2026-02-29', 'must be a date, YYYY-MM-DD; got 2026-02-29'],
    ['currency', 'yuan', 'must be an ISO 4217 code of three capital letters; got yuan'],
    ['repayment.payment_multiple', '1e2', 'must be a decimal number; got 1e2'],
    ['allocation.accruing.order', 'fee', 'must be a list; got fee'],
    [
      'allocation.accruing.order',
      '[fee, fee, penalty, interest, principal]',
      'must name each of fee, penalty, compound, interest, principal exactly once; ' +
        'got ["fee","fee","penalty","interest","principal"]',
    ],
    [
      'penalty.rate',
      '{multiple: 1.5, annual: 0.2}',
      'must name either multiple or annual; got {"multiple":"1.5","annual":"0.2"}',
    ],
  ])('%s: %s', (path, value, expected) => {
    expect(violations(withKey(path, value))).toEqual([`${path}: ${expected}`]);
  });

  test('everything that is wrong is listed at once', () => {
    expect(
      violations('name: x\ninterest: {basis: 361, rate: 1}\npenalty: {postpone: later}'),
    ).toEqual([
      'code: is required',
      'interest.basis: must be one of 360, 364, 365, actual; got 361',
      'interest.rate: unknown key',
      'penalty.postpone: must be one of max, min, grace_then_holiday, holiday_then_grace, any; ' +
        'got later',
    ]);
  });

  test.each([
    [
      'thirty_360 over actual',
      'interest: {period_interest: thirty_360, basis: actual}',
      'interest.basis: thirty_360 needs a basis of 360, 364 or 365; got actual',
    ],
    [
      'compound interest twice',
      'penalty: {compound_interest: true, base: principal_and_interest}',
      'penalty.compound_interest: cannot be true with base principal_and_interest; got true',
    ],
    [
      'no period with principal',
      'repayment: {periods: 3, principal_free_periods: 3}',
      'repayment.principal_free_periods: must be fewer than the periods, 3; got 3',
    ],
    [
      'a day of the month by weeks',
      'repayment: {due_day: 10, interval: {unit: week}}',
      'repayment.due_day: a fixed day needs an interval of months; got 10',
    ],
    [
      'a balloon without its amortization',
      'repayment: {method: balloon}',
      'repayment.amortization_periods: is required with method balloon; got null',
    ],
    [
      'a down payment of everything',
      'repayment: {down_payment: {percent: 100}}',
      'repayment.down_payment.percent: must be above 0 and below 100, of at most 7 decimals; ' +
        'got 100',
    ],
    [
      'recalculation of what does not follow the balance',
      'repayment: {method: flat_interest}\ninterest: {recalculation: {rest: daily}}',
      'interest.recalculation: must be null with method flat_interest; got {"rest":"daily"}',
    ],
    [
      'recalculation of interest that is carried unrounded',
      'repayment: {carry_fraction: true}\ninterest: {recalculation: {rest: daily}}',
      'interest.recalculation: must be null with carry_fraction; got {"rest":"daily"}',
    ],
    [
      'a fee below its minimum',
      'prepayment: {fee: {rate: 0.03, min: 20, max: 10}}',
      'prepayment.fee.max: is below min; got 10',
    ],
  ])('%s', (_name, body, expected) => {
    expect(violations(`code: P\n${body}`)).toEqual([expected]);
  });

  test('text that cannot be read names line and column', () => {
    expect(() => parseProductDocument('code: P\ncode: Q\n', 'p.yaml')).toThrow(/p\.yaml:2:1: /);
    expect(() => parseProductDocument('code: [P\n', 'p.yaml')).toThrow(/p\.yaml:\d+:\d+: /);
    expect(violations('')).toEqual(['(document): must be a mapping; got null']);
  });
});
