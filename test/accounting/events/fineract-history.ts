import { z } from 'zod';
import { formatAmount, parseRatePpb } from '../../../src/accounting/money/amount-text.js';
import { fineractLoan, productDocumentOf } from '../product/fineract-product.js';
import { cents } from '../product/terms.js';
import type { Scenario } from '../simulate/simulation.js';

const amount = z.string();
const event = z.object({
  type: z.enum([
    'business_date',
    'approve',
    'disburse',
    'cob',
    'repayment',
    'transaction',
    'charge',
    'nsf_fee',
    'pay_off',
    'undo_repayment',
    'undo_last_repayment',
    'credit_balance_refund',
    'set_product_future_rule',
  ]),
  date: z.string().optional(),
  amount: amount.optional(),
  due: z.string().nullish(),
  penalty: z.boolean().optional(),
  nth: z.string().optional(),
  transaction_type: z.string().optional(),
  rule: z.string().optional(),
});
type FineractEvent = z.output<typeof event>;

const row = z.object({
  n: z.number().nullable(),
  days: z.number().nullable(),
  due: z.string(),
  balance: amount,
  principal: amount.nullable(),
  interest: amount.nullable(),
  fees: amount,
  penalties: amount.nullable(),
  due_total: amount,
  paid: amount,
  in_advance: amount.nullable(),
  late: amount.nullable(),
  outstanding: amount.nullable(),
});
export type FineractRow = z.output<typeof row>;

/** A loan with what happened to it, and the schedule that stands after some of the events. */
export const fineractHistory = fineractLoan.extend({
  effective: fineractLoan.shape.effective.extend({
    processing_type: z.enum(['HORIZONTAL', 'VERTICAL']).nullable(),
    strategy: z.string(),
    interest_recalculation: z.boolean(),
  }),
  product: fineractLoan.shape.product.extend({
    recalculationRestFrequencyType: z.string().optional(),
  }),
  payment_allocation: z
    .record(z.string(), z.object({ future: z.string(), order: z.array(z.string()) }))
    .optional(),
  events: z.array(event),
  verified_up_to_event: z.number(),
  checkpoints: z.array(
    z.object({
      after_event: z.number(),
      business_date: z.string(),
      schedule: z.array(row).optional(),
    }),
  ),
});
export type FineractHistory = z.output<typeof fineractHistory>;

type Fields = Record<string, unknown>;

/** What later instalment an advance payment goes to; no document of ours says the last of them. */
const FUTURE: Readonly<Record<string, string>> = {
  NEXT_INSTALLMENT: 'pay_next',
  LAST_INSTALLMENT: 'pay_last',
  REAMORTIZATION: 'pay_evenly',
  NEXT_LAST_INSTALLMENT: 'pay_next',
};

/** The document that asks how the case stands after so many of its events, at that close. */
export function scenarioAfter(history: FineractHistory, events: number, through: string): Scenario {
  const { loan, disbursed } = history;
  const disbursedOn = history.events.find(({ type }) => type === 'disburse')?.date ?? through;
  return {
    product: { ...productOf(history) },
    policy: { non_accrual_after: 99_999 },
    loan: {
      principal: text(disbursed),
      rate: formatAmount(Number(parseRatePpb(loan.interest_rate, true)), 9),
      periods: loan.number_of_repayments,
      disbursed_on: disbursedOn,
    },
    events: eventsOf(history, events, disbursedOn),
    through,
  };
}

function productOf(history: FineractHistory): Fields {
  const { effective, product } = history;
  const { interest, ...document } = productDocumentOf(history);
  const direction = effective.processing_type === 'VERTICAL' ? 'by_component' : 'by_installment';
  const [due, inAdvance] = ordersOf(history);
  const rule = { direction, order: due };
  const daily = product.recalculationRestFrequencyType === 'DAILY';
  const rest = daily ? 'daily' : 'same_as_repayment_period';
  return {
    ...document,
    interest: { ...interest, recalculation: effective.interest_recalculation ? { rest } : null },
    penalty: { rate: { annual: '0' } },
    allocation: {
      accruing: rule,
      non_accruing: rule,
      past_due_first: true,
      in_advance: { order: inAdvance },
    },
    prepayment: { interest_to: 'none' },
  };
}

/** The order of components for what is due, and for money paid ahead. */
function ordersOf({ payment_allocation: rules, effective }: FineractHistory): string[][] {
  const pairs = rules?.DEFAULT?.order;
  if (pairs) {
    const group = (name: string) => componentsOf(pairs.filter((pair) => pair.startsWith(name)));
    return [group('PAST_DUE'), group('IN_ADVANCE')];
  }
  const [due = '', inAdvance = due] = effective.strategy.split('_IN_ADVANCE_');
  return [componentsOf([due]), componentsOf([inAdvance])];
}

const WORDS: Readonly<Record<string, string>> = {
  PENALT: 'penalty',
  FEE: 'fee',
  INTEREST: 'interest',
  PRINCIPAL: 'principal',
};

function componentsOf(names: readonly string[]): string[] {
  const words = names.join(' ').match(/PENALT|FEE|INTEREST|PRINCIPAL/g) ?? [];
  return [...words.map((word) => WORDS[word] ?? ''), 'compound'];
}

/** The first events of the case as ours; the business date is that of the last one set. */
function eventsOf(history: FineractHistory, count: number, disbursedOn: string): Fields[] {
  const rules = Object.entries(history.payment_allocation ?? {});
  const future = new Map(rules.map(([type, rule]) => [type, rule.future]));
  const events: Fields[] = [];
  let today = disbursedOn;
  for (const [index, item] of history.events.slice(0, count).entries()) {
    const ref = `E${index + 1}`;
    if (item.type === 'business_date') today = item.date ?? today;
    if (item.type === 'set_product_future_rule') {
      future.set(item.transaction_type ?? '', item.rule ?? '');
    }
    const rule = future.get(item.transaction_type ?? 'DEFAULT') ?? future.get('DEFAULT');
    const early = FUTURE[rule ?? 'NEXT_INSTALLMENT'];
    const own = eventOf(item, { today, disbursedOn, early, before: events });
    if (own !== null) events.push({ ref, business_date: today, ...own });
  }
  return events;
}

interface Scene {
  readonly today: string;
  readonly disbursedOn: string;
  readonly early: string | undefined;
  readonly before: readonly Fields[];
}

function eventOf(item: FineractEvent, { today, disbursedOn, early, before }: Scene): Fields | null {
  switch (item.type) {
    case 'repayment':
    case 'transaction': {
      const paid = { type: 'repayment', amount: text(item.amount), early_payment: early };
      return { ...paid, value_date: item.date };
    }
    case 'charge':
    case 'nsf_fee': {
      const dueOn = item.due ?? today;
      // It takes effect when it is added, or on its due date where that lies before.
      const valueDate = dueOn < today ? later(dueOn, disbursedOn) : today;
      const component = item.penalty ? 'penalty' : 'fee';
      const fee = { type: 'fee', component, amount: text(item.amount), due_on: dueOn };
      return { ...fee, value_date: valueDate };
    }
    case 'pay_off':
      return { type: 'settlement', value_date: today };
    case 'credit_balance_refund':
      return { type: 'suspense_refund', amount: text(item.amount), value_date: today };
    case 'undo_repayment':
    case 'undo_last_repayment':
      return { type: 'reversal', of: undoneBy(item, before), value_date: today };
    default:
      return null;
  }
}

/** The ref of the repayment that is undone: the last one, or the nth one of its day. */
function undoneBy(item: FineractEvent, before: readonly Fields[]): unknown {
  const undone = new Set(before.map(({ of }) => of));
  const paid = before.filter(({ type }) => type === 'repayment');
  if (item.type === 'undo_last_repayment')
    return paid.filter(({ ref }) => !undone.has(ref)).at(-1)?.ref;
  const ofDay = paid.filter((event) => event.value_date === item.date);
  return ofDay[Number(item.nth ?? 1) - 1]?.ref;
}

function later(left: string, right: string): string {
  return left > right ? left : right;
}

function text(written: string | undefined): string {
  return formatAmount(cents(written ?? '0'), 2);
}
