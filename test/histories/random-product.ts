import type { Draw, Loose } from './draw.js';

export const COMPONENTS = ['principal', 'interest', 'penalty', 'compound', 'fee'] as const;

const METHODS = [
  'level_payment',
  'level_payment',
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
const ROUNDINGS = ['half_up', 'half_up', 'half_even', 'up', 'down'] as const;

/** A random product document, its method and every key among what may go together. */
export function randomProduct(draw: Draw): Loose {
  const method = draw.of(METHODS);
  const repayment: Loose = { method };
  if (draw.chance(0.25)) {
    const unit = draw.of(['month', 'week', 'day'] as const);
    repayment.interval = { every: draw.between(1, unit === 'month' ? 3 : 5), unit };
  }
  const monthly = (repayment.interval?.unit ?? 'month') === 'month';
  if (monthly && draw.chance(0.2)) repayment.due_day = draw.between(1, 31);
  if (monthly && draw.chance(0.3)) repayment.fixed_day_first_due = 'same_month';
  if (method === 'balloon') repayment.amortization_periods = draw.between(10, 40);
  const mayBeFree = !['flat_interest', 'balloon', 'level_payment_actuarial'].includes(method);
  if (mayBeFree && draw.chance(0.15)) {
    repayment.principal_free_periods = draw.between(1, 2);
  }
  if (draw.chance(0.3)) repayment.payment_rounding = draw.of(ROUNDINGS);
  if (draw.chance(0.1)) repayment.payment_multiple = draw.of(['0.05', '1.00', '10.00']);
  if (method === 'level_payment' && draw.chance(0.1)) repayment.carry_fraction = true;
  if (draw.chance(0.12)) {
    const percent = draw.of(['25', '10', '33.3']);
    repayment.down_payment = { percent, automatic: draw.chance(0.5) };
  }
  if (method === 'flat_interest' && draw.chance(0.3)) repayment.flat_total = true;
  const product: Loose = { code: 'RANDOM', repayment, interest: randomInterest(draw, method) };
  if (draw.chance(0.7)) product.penalty = randomPenalty(draw);
  if (draw.chance(0.6)) product.allocation = randomAllocation(draw);
  if (draw.chance(0.7)) {
    product.prepayment = randomPrepayment(draw, repayment.flat_total === true);
  }
  return product;
}

function randomInterest(draw: Draw, method: string): Loose {
  const interest: Loose = {};
  if (draw.chance(0.4)) interest.basis = draw.of([360, 364, 365, 'actual']);
  if (draw.chance(0.4)) {
    const kinds = ['monthly', 'actual_days', 'thirty_360'];
    interest.period_interest = draw.of(interest.basis === 'actual' ? kinds.slice(0, 2) : kinds);
  }
  if (draw.chance(0.15)) interest.rate_unit = draw.of(['month', 'day']);
  const isMonthly = (interest.period_interest ?? 'monthly') === 'monthly';
  if (isMonthly && draw.chance(0.1)) interest.monthly_rate_decimals = draw.between(4, 8);
  if (draw.chance(0.3)) interest.rounding = draw.of(ROUNDINGS);
  if (draw.chance(0.3)) interest.first_period = draw.of(['whole_period', 'months_plus_days']);
  if (draw.chance(0.2)) interest.odd_days = 'proportion_of_month';
  if (draw.chance(0.3)) interest.accrual = 'straight_line';
  if (method === 'level_payment_actuarial' && interest.basis === 'actual') {
    if (draw.chance(0.3)) interest.leap_year = 'feb_29_period';
    if (draw.chance(0.3)) interest.year_cut = 'jan_1';
  }
  return interest;
}

function randomPenalty(draw: Draw): Loose {
  const penalty: Loose = {};
  if (draw.chance(0.5)) {
    penalty.rate = draw.chance(0.5) ? { annual: '0.27' } : { multiple: draw.of(['1.3', '2']) };
  }
  if (draw.chance(0.3)) penalty.base = 'principal_and_interest';
  else if (draw.chance(0.4)) penalty.compound_interest = true;
  if (draw.chance(0.5)) penalty.grace_days = draw.between(1, 6);
  if (draw.chance(0.3)) penalty.grace_missed = 'from_grace_end';
  if (draw.chance(0.4)) {
    penalty.postpone = draw.of(['min', 'grace_then_holiday', 'holiday_then_grace', 'any']);
  }
  return penalty;
}

function shuffled(draw: Draw): string[] {
  const order = [...COMPONENTS];
  for (let k = order.length - 1; k > 0; k -= 1) {
    const at = draw.upTo(k + 1);
    const held = order[k]!;
    order[k] = order[at]!;
    order[at] = held;
  }
  return order;
}

function randomAllocation(draw: Draw): Loose {
  const direction = () => draw.of(['by_installment', 'by_component']);
  const allocation: Loose = {};
  if (draw.chance(0.5)) allocation.accruing = { direction: direction(), order: shuffled(draw) };
  if (draw.chance(0.3)) allocation.non_accruing = { direction: direction(), order: shuffled(draw) };
  if (draw.chance(0.2)) allocation.past_due_first = true;
  if (draw.chance(0.2)) allocation.in_advance = { order: shuffled(draw) };
  if (draw.chance(0.7)) {
    allocation.early_payment = draw.of(['pay_next', 'pay_last', 'pay_evenly', 'prepay']);
  }
  return allocation;
}

function randomPrepayment(draw: Draw, isFlatTotal: boolean): Loose {
  const prepayment: Loose = {};
  if (draw.chance(0.5)) prepayment.interest_to = draw.of(['next_due', 'none']);
  if (draw.chance(0.7)) {
    prepayment.partial = {
      keep: isFlatTotal ? 'term' : draw.of(['term', 'payment']),
      interest_on: draw.of(['prepaid', 'whole_balance']),
    };
  }
  if (draw.chance(0.4)) {
    prepayment.fee = { rate: draw.of(['0.03', '0.005']) };
    if (draw.chance(0.5)) prepayment.fee.of = 'prepaid_principal';
    if (draw.chance(0.3)) prepayment.fee.free_after_period = draw.between(1, 3);
    if (draw.chance(0.3)) prepayment.fee.min = '5.00';
    if (draw.chance(0.2)) prepayment.fee.max = '50.00';
  }
  return prepayment;
}
