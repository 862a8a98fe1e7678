import { Refusal } from '../../../src/accounting/money/refusal.js';
import { simulateLoan } from '../../../src/accounting/simulate/simulate.js';
import { LoanbookError } from '../../../src/errors.js';
import { keysWithoutEffect } from '../../../src/jobs/book/documents/product-effects.js';
import { productContradictions } from '../../../src/jobs/book/documents/product-rules.js';
import {
  type ProductDocument,
  productSchema,
} from '../../../src/jobs/book/documents/product-schema.js';
import { simulationReader } from '../../../src/jobs/simulate/documents/simulate-document.js';
import { randomLoan } from '../../histories/random-loan.js';

const read = simulationReader({ ledger: null, findProduct: () => undefined });

/** One or more keys of a product, by path. */
export type Keys = Readonly<Record<string, unknown>>;

const METHODS = [
  'level_payment',
  'level_payment_solved',
  'level_payment_actuarial',
  'equal_principal',
  'flat_interest',
  'interest_only',
  'bullet',
  'daily_interest',
  'balloon',
] as const;

/** Every method under every basis and every way to count a period, those of a method together. */
export const BASES: readonly (readonly Keys[])[] = METHODS.map((method) =>
  [360, 364, 365, 'actual'].flatMap((basis) =>
    ['monthly', 'actual_days', 'thirty_360']
      .filter((kind) => kind !== 'thirty_360' || basis !== 'actual')
      .map((kind) => ({
        'repayment.method': method,
        ...(method === 'balloon' ? { 'repayment.amortization_periods': 36 } : {}),
        'interest.basis': basis,
        'interest.period_interest': kind,
      })),
  ),
);

const REVERSED = ['principal', 'interest', 'compound', 'penalty', 'fee'];
const MIXED = ['interest', 'fee', 'principal', 'penalty', 'compound'];

/** One key at a time, at a value that is not its default. */
export const CHANGES: readonly Keys[] = [
  { 'repayment.interval.every': 2 },
  { 'repayment.interval.unit': 'week' },
  { 'repayment.interval.unit': 'day' },
  { 'repayment.due_day': 5 },
  { 'repayment.fixed_day_first_due': 'same_month' },
  { 'repayment.amortization_periods': 24 },
  { 'repayment.principal_free_periods': 1 },
  { 'repayment.payment_rounding': 'up' },
  { 'repayment.payment_rounding': 'half_even' },
  { 'repayment.payment_multiple': '10.00' },
  { 'repayment.carry_fraction': true },
  { 'repayment.down_payment': { percent: '25' } },
  { 'repayment.down_payment': { percent: '25', automatic: true } },
  { 'repayment.flat_total': true },
  { 'interest.rate_unit': 'month' },
  { 'interest.rate_unit': 'day' },
  { 'interest.basis': 365 },
  { 'interest.basis': 'actual' },
  { 'interest.period_interest': 'actual_days' },
  { 'interest.period_interest': 'thirty_360' },
  { 'interest.monthly_rate_decimals': 4 },
  { 'interest.rounding': 'up' },
  { 'interest.first_period': 'whole_period' },
  { 'interest.first_period': 'months_plus_days' },
  { 'interest.odd_days': 'proportion_of_month' },
  { 'interest.accrual': 'straight_line' },
  { 'interest.leap_year': 'feb_29_period' },
  { 'interest.year_cut': 'jan_1' },
  { 'interest.recalculation': { rest: 'daily' } },
  { 'penalty.rate': { multiple: '2' } },
  { 'penalty.rate': { annual: '0.27' } },
  { 'penalty.base': 'principal_and_interest' },
  { 'penalty.compound_interest': true },
  { 'penalty.grace_days': 4 },
  { 'penalty.grace_missed': 'from_grace_end' },
  { 'penalty.postpone': 'min' },
  { 'penalty.postpone': 'grace_then_holiday' },
  { 'penalty.postpone': 'holiday_then_grace' },
  { 'penalty.postpone': 'any' },
  { 'allocation.accruing.direction': 'by_component' },
  { 'allocation.accruing.order': REVERSED },
  { 'allocation.non_accruing.direction': 'by_installment' },
  { 'allocation.non_accruing.order': MIXED },
  { 'allocation.past_due_first': true },
  { 'allocation.in_advance': { order: MIXED } },
  { 'allocation.early_payment': 'pay_next' },
  { 'allocation.early_payment': 'prepay' },
  { 'prepayment.interest_to': 'next_due' },
  { 'prepayment.interest_to': 'none' },
  { 'prepayment.partial.keep': 'payment' },
  { 'prepayment.partial.interest_on': 'whole_balance' },
  { 'prepayment.fee': { rate: '0.03' } },
  { 'prepayment.fee': { rate: '0' } },
  { 'prepayment.fee': { rate: '0', min: '5.00' } },
  { 'prepayment.fee': { rate: '0.03', free_after_period: 0 } },
  { 'prepayment.fee.of': 'prepaid_principal' },
  { 'prepayment.fee.free_after_period': 1 },
  { 'prepayment.fee.min': '500.00' },
  { 'prepayment.fee.max': '700.00' },
];

/** What else a product may say, beside which a key may do something or nothing. */
export const CONTEXTS: readonly Keys[] = [
  {},
  { 'repayment.due_day': 5 },
  { 'repayment.interval': { every: 2, unit: 'week' } },
  { 'repayment.interval': { every: 20, unit: 'day' } },
  { 'repayment.down_payment': { percent: '20' } },
  { 'repayment.carry_fraction': true },
  { 'repayment.flat_total': true },
  { 'repayment.payment_multiple': '5.00' },
  { 'repayment.principal_free_periods': 1 },
  { 'interest.first_period': 'whole_period' },
  { 'interest.first_period': 'months_plus_days' },
  { 'interest.odd_days': 'proportion_of_month' },
  { 'interest.first_period': 'months_plus_days', 'interest.odd_days': 'proportion_of_month' },
  { 'interest.leap_year': 'feb_29_period' },
  { 'interest.monthly_rate_decimals': 4 },
  { 'repayment.interval': { every: 20, unit: 'day' }, 'interest.monthly_rate_decimals': 4 },
  { 'interest.accrual': 'straight_line' },
  { 'interest.recalculation': { rest: 'daily' } },
  { 'penalty.rate': { multiple: '0' } },
  { 'penalty.grace_days': 3 },
  { 'penalty.postpone': 'min' },
  { 'allocation.accruing.direction': 'by_component' },
  { 'allocation.non_accruing.direction': 'by_installment' },
  { 'allocation.in_advance': { order: REVERSED } },
  { 'allocation.early_payment': 'pay_evenly' },
  { 'allocation.early_payment': 'prepay' },
  { 'prepayment.interest_to': 'next_due' },
  { 'prepayment.interest_to': 'none' },
  { 'prepayment.partial.interest_on': 'whole_balance' },
  { 'prepayment.partial.keep': 'payment' },
  { 'prepayment.fee': { rate: '0.03' } },
  { 'prepayment.fee': { rate: '0', min: '5.00' } },
  { 'prepayment.fee': { rate: '0.01', min: '5.00', max: '5.00' } },
];

/** A document of these keys, checked; null: it is refused for what it says. */
export function documentOf(...parts: readonly Keys[]): ProductDocument | null {
  const written: Record<string, unknown> = { code: 'KEYS' };
  for (const [path, value] of parts.flatMap((part) => Object.entries(part))) {
    const keys = path.split('.');
    const last = keys.pop() as string;
    let at = written;
    for (const key of keys) {
      const inner = { ...(at[key] as Record<string, unknown> | undefined) };
      at[key] = inner;
      at = inner;
    }
    if (value === undefined) delete at[last];
    else at[last] = value;
  }
  const { success, data } = productSchema.safeParse(written);
  return success && productContradictions(data).length === 0 ? data : null;
}

interface History {
  readonly loan: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

const LOAN = { principal: '123457.89', rate: '0.14567', periods: 3, disbursed_on: '2023-12-12' };
/** Days of no work on and after due dates. */
const CALENDAR = {
  years: [2023, 2024],
  holidays: [
    '2024-01-05',
    '2024-01-20',
    '2024-01-21',
    '2024-02-05',
    '2024-02-09',
    '2024-02-20',
    '2024-02-29',
    '2024-03-05',
    '2024-03-20',
    '2024-03-21',
  ],
};

const money = (ref: string, on: string, amount: string, early?: string) => ({
  ref,
  type: 'repayment',
  value_date: on,
  amount,
  ...(early === undefined ? {} : { early_payment: early }),
});
const fee = (ref: string, amount: string, more: object) => ({
  ref,
  type: 'fee',
  value_date: '2023-12-13',
  amount,
  ...more,
});
/** The last two have a row of their own behind those of any method. */
const FEES = [
  fee('F1', '31.11', { seq: 1 }),
  fee('F2', '7.77', { component: 'penalty' }),
  fee('F3', '55.00', { due_on: '2024-04-02' }),
  fee('F4', '8.00', { component: 'penalty', due_on: '2024-04-02' }),
];
/** Too little every time for all that is due, on the day on which the last fee falls due. */
const DRIBLETS = Array.from({ length: 30 }, (_, k) => money(`D${k}`, '2024-04-02', '7.00'));

const UNPAID: History = {
  loan: { ...LOAN, first_due_on: '2024-01-20' },
  calendar: CALENDAR,
  through: '2024-04-08',
};
const PREPAID: History = {
  loan: LOAN,
  events: [
    { ref: 'P1', type: 'prepayment', value_date: '2023-12-20', amount: '40000.00' },
    money('R1', '2024-01-12', '60000.00'),
    { ref: 'P2', type: 'prepayment', value_date: '2024-01-27', amount: '10000.01' },
    { ref: 'S', type: 'settlement', value_date: '2024-02-05' },
  ],
  through: '2024-03-20',
};
/** What is due is paid, a down payment too; a part prepaid, and the rows after it run on. */
const prepaidSmall = (principal: string): History => ({
  loan: { ...LOAN, principal, periods: 6 },
  events: [
    money('R0', '2023-12-12', principal),
    { ref: 'W', type: 'suspense_refund', value_date: '2023-12-13', amount: principal },
    money('R1', '2024-01-12', principal),
    { ref: 'X', type: 'suspense_refund', value_date: '2024-01-12', amount: principal },
    { ref: 'P', type: 'prepayment', value_date: '2024-01-27', amount: '700.00' },
  ],
  through: '2024-03-13',
});
/** The first row or the only one due on a holiday, and looked at before the next working day. */
const ON_HOLIDAY = ['2024-01-21', '2024-03-21'].map((through): History => ({ ...UNPAID, through }));
/** Two rows in arrears, and money for less than the first. */
const IN_ARREARS: History = {
  loan: { ...LOAN, periods: 6 },
  events: [money('R', '2024-02-15', '1800.00')],
  through: '2024-02-16',
};
const PAID_AHEAD: History = {
  loan: { ...LOAN, first_due_on: '2024-02-12' },
  events: [
    { ref: 'C', type: 'rate_change', value_date: '2023-12-25', rate: '0.2' },
    ...FEES,
    money('R1', '2024-01-02', '5000.00', 'pay_next'),
    money('R2', '2024-01-05', '44444.00', 'pay_evenly'),
    { ref: 'S', type: 'settlement', value_date: '2024-02-05' },
  ],
  through: '2024-02-20',
};
/** A first period of less than a month; little by little, on the balance sheet and off it. */
const dribbled = (nonAccrualAfter: number): History => ({
  loan: { ...LOAN, principal: '100.00', first_due_on: '2023-12-30' },
  events: [...FEES, ...DRIBLETS],
  policy: { non_accrual_after: nonAccrualAfter },
  through: '2024-04-10',
});
/** Several rows under any method. */
const OWN_SCHEDULE: History = {
  loan: {
    ...LOAN,
    schedule: [
      { due_on: '2024-01-12', principal: '23457.89', interest: '1500.00' },
      { due_on: '2024-02-12', principal: '50000.00', interest: '1200.00' },
      { due_on: '2024-03-12', principal: '50000.00', interest: '600.00' },
    ],
  },
  events: [
    money('R1', '2024-01-12', '24957.89'),
    { ref: 'P1', type: 'prepayment', value_date: '2024-01-20', amount: '10000.00' },
    { ref: 'S', type: 'settlement', value_date: '2024-02-05' },
  ],
  through: '2024-03-12',
};
/** The same under any method, with a row of its own for each month. */
const OWN_IN_ARREARS: History = {
  ...OWN_SCHEDULE,
  events: [money('R', '2024-02-15', '1800.00')],
  through: '2024-02-16',
};
/** Paid once it is due, and a part prepaid after it: something is left also of one row a method. */
const OWN_PREPAID: History = {
  ...OWN_SCHEDULE,
  events: [
    money('R0', '2023-12-12', '30000.00'),
    money('R1', '2024-01-12', '30000.00'),
    { ref: 'P', type: 'prepayment', value_date: '2024-01-27', amount: '700.00' },
  ],
};
const agreed = (loan: object): History => ({
  loan: { ...LOAN, ...loan },
  through: LOAN.disbursed_on,
});
/** An odd first period whose days cross New Year, before its months and behind them. */
const OVER_NEW_YEAR = [
  { disbursed_on: '2023-12-27', first_due_on: '2024-02-02' },
  { disbursed_on: '2023-11-28', first_due_on: '2024-01-03' },
].map((loan) => ({ loan: { ...LOAN, ...loan }, through: loan.disbursed_on }));
/**
 * Payments that are halves of 5.00 or of a fen, each with a down payment of a fifth too: 205.00 over
 * two and 3,690.00 over 36 are 102.50, 1,000.26 over 36 are 27.785; 1.00 bears 0.005.
 */
const TIES = [
  { principal: '205.00', rate: '0', periods: 2 },
  { principal: '256.25', rate: '0', periods: 2 },
  { principal: '3690.00', rate: '0', periods: 5 },
  { principal: '4612.50', rate: '0', periods: 5 },
  { principal: '1000.26', rate: '0', periods: 5 },
  { principal: '1250.33', rate: '0', periods: 5 },
  { principal: '1.00', rate: '0.06', periods: 1 },
  { principal: '1.25', rate: '0.06', periods: 1 },
].map(agreed);
/** Schedules alone: among so many amounts each way to round a payment shows. */
const AGREED: readonly History[] = Array.from({ length: 60 }, (_, k) => ({
  loan: {
    ...LOAN,
    principal: `${1000 + 149 * k}.${10 + k}`,
    rate: k % 3 === 0 ? '0' : `0.${10 + (k % 17)}3`,
    periods: 2 + (k % 5),
  },
  through: LOAN.disbursed_on,
}));

/** Loans that bring every key to bear somewhere, the commonest reasons first. */
const HISTORIES: readonly History[] = [
  UNPAID,
  PREPAID,
  dribbled(90),
  dribbled(5),
  PAID_AHEAD,
  OWN_SCHEDULE,
  ...ON_HOLIDAY,
  IN_ARREARS,
  OWN_IN_ARREARS,
  OWN_PREPAID,
  prepaidSmall('5000.00'),
  prepaidSmall('100000.00'),
  ...OVER_NEW_YEAR,
  ...TIES,
  ...AGREED,
];

function historiesOf(random: number): History[] {
  const drawn = Array.from({ length: random }, (_, k) => {
    const { product: _product, ...history } = randomLoan(7000 + k);
    return history as unknown as History;
  });
  return [...HISTORIES, ...drawn];
}

/** Null: the product does not take such a loan, so that nothing is computed. */
function outcome(product: ProductDocument, history: History): string | null {
  try {
    return JSON.stringify(simulateLoan(read({ ...history, product }, 'keys')));
  } catch (error) {
    if (error instanceof Refusal || error instanceof LoanbookError) return null;
    throw error;
  }
}

/** Says of two products whether they compute the same. What plain ones compute is kept. */
export class Probe {
  readonly #histories: readonly History[];
  readonly #known = new Map<string, (string | null)[]>();

  constructor(random: number) {
    this.#histories = historiesOf(random);
  }

  differ(plain: ProductDocument, changed: ProductDocument): boolean {
    const key = JSON.stringify(plain);
    const known = this.#known.get(key) ?? [];
    this.#known.set(key, known);
    return this.#histories.some((history, k) => {
      if (known[k] === undefined) known[k] = outcome(plain, history);
      const found = known[k] === null ? null : outcome(changed, history);
      return found !== null && found !== known[k];
    });
  }
}

/**
 * A rate that is rounded twice differs; the page gives the factors of the method 19 decimals, and no
 * others.
 */
const TWICE_ROUNDED = 'interest.monthly_rate_decimals';

/**
 * What is wrong with a key of a product: it does something and is refused as `no_effect`, or it does
 * nothing and is taken; null: neither, or the product is refused for another reason.
 */
export function faultOf(probe: Probe, base: readonly Keys[], change: Keys): string | null {
  const [path] = Object.keys(change) as [string];
  const plain = documentOf(...base, { [path]: undefined });
  const changed = documentOf(...base, change);
  if (plain === null || changed === null) return null;
  const isActuarial = changed.repayment.method === 'level_payment_actuarial';
  if (isActuarial && path === TWICE_ROUNDED) return null;
  const refused = keysWithoutEffect(changed);
  const isRefused = refused.some((one) => one.path === path);
  if (!isRefused && refused.length > 0) return null;
  if (probe.differ(plain, changed) !== isRefused) return null;
  return `${isRefused ? 'refused' : 'idle'}: ${JSON.stringify([...base, change])}`;
}
