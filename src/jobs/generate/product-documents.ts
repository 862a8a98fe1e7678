/** A product document as text, with its code for the file name and its name for the manifest. */
export interface ProductText {
  readonly code: string;
  readonly name: string;
  readonly yaml: string;
}

/** What a product says beyond the sections that all of them share. */
export interface ProductParts {
  readonly code: string;
  readonly name: string;
  readonly repayment: readonly string[];
  readonly interest: readonly string[];
  readonly penalty?: readonly string[];
  readonly prepayment?: readonly string[];
}

const PENALTY = [
  'rate: {multiple: 1.5}',
  'base: principal',
  'grace_days: 3',
  'grace_missed: retroactive',
  'postpone: max',
];

const ALLOCATION = [
  'accruing: {direction: by_installment, order: [fee, penalty, compound, interest, principal]}',
  'non_accruing: {direction: by_component, order: [principal, interest, compound, penalty, fee]}',
  'early_payment: hold',
];

const MONTHLY = ['rate_unit: year', 'basis: 360', 'period_interest: monthly'];
const ACTUAL_DAYS = ['rate_unit: year', 'basis: 360', 'period_interest: actual_days'];
const EVERY_MONTH = 'interval: {every: 1, unit: month}';

/** The products of the believable book: each method, a fixed day and the anchor, a fee. */
export const BOOK_PRODUCTS: readonly ProductParts[] = [
  {
    code: 'CASH-LEVEL',
    name: '综合消费贷',
    repayment: ['method: level_payment', 'periods: 12', EVERY_MONTH, 'due_day: anchor'],
    interest: [...MONTHLY, 'first_period: actual_days', 'accrual: daily_capped'],
  },
  {
    code: 'CARD-LEVEL',
    name: '账单分期',
    repayment: [
      'method: level_payment',
      'periods: 6',
      EVERY_MONTH,
      'due_day: 1',
      'fixed_day_first_due: next_month',
    ],
    interest: [...MONTHLY, 'first_period: actual_days', 'accrual: daily_capped'],
  },
  {
    code: 'HOME-EQUAL',
    name: '家装分期',
    repayment: ['method: equal_principal', 'periods: 24', EVERY_MONTH, 'due_day: anchor'],
    interest: [...MONTHLY, 'first_period: actual_days', 'accrual: straight_line'],
    prepayment: [
      'interest_to: value_date',
      'fee: {rate: 0.01, of: remaining_principal, free_after_period: 6}',
    ],
  },
  {
    code: 'FLEX-INTEREST',
    name: '先息后本消费贷',
    repayment: ['method: interest_only', 'periods: 12', EVERY_MONTH, 'due_day: anchor'],
    interest: [...ACTUAL_DAYS, 'accrual: daily_capped'],
    penalty: [...PENALTY, 'compound_interest: true'],
  },
  {
    code: 'BULLET-90',
    name: '九十天周转贷',
    repayment: ['method: bullet', 'periods: 1', 'interval: {every: 90, unit: day}'],
    interest: [...ACTUAL_DAYS, 'accrual: daily_capped'],
  },
];

/** One level payment due on the day of the month on which the loan was disbursed. */
export const SPREAD_PRODUCT: ProductParts = {
  code: 'BENCH-SPREAD',
  name: '基准消费贷',
  repayment: ['method: level_payment', 'periods: 24', EVERY_MONTH, 'due_day: anchor'],
  interest: [...MONTHLY, 'first_period: actual_days', 'accrual: daily_capped'],
};

/** One level payment of which every loan falls due on `dueDay`. */
export function oneDayProduct(dueDay: number): ProductParts {
  return {
    ...SPREAD_PRODUCT,
    code: 'BENCH-ONE-DAY',
    name: '基准固定还款日消费贷',
    repayment: [
      'method: level_payment',
      'periods: 24',
      EVERY_MONTH,
      `due_day: ${dueDay}`,
      'fixed_day_first_due: next_month',
    ],
  };
}

/** The document as it is written to a file and compiled; the same bytes for both. */
export function productText(parts: ProductParts, effectiveFrom: string): ProductText {
  const { code, name, repayment, interest, penalty = PENALTY, prepayment } = parts;
  const lines = [
    `code: ${code}`,
    `name: ${name}`,
    'currency: CNY',
    `effective_from: ${effectiveFrom}`,
    ...section('repayment', repayment),
    ...section('interest', [...interest, 'rounding: half_up']),
    ...section('penalty', penalty),
    ...section('allocation', ALLOCATION),
    ...section('prepayment', prepayment ?? ['interest_to: value_date']),
  ];
  return { code, name, yaml: `${lines.join('\n')}\n` };
}

/** Path of a product's document below the folder of the book. */
export function productFile(text: ProductText): string {
  return `products/${text.code.toLowerCase()}.yaml`;
}

function section(name: string, lines: readonly string[]): string[] {
  return [`${name}:`, ...lines.map((line) => `  ${line}`)];
}
