import { expect, it } from 'vitest';
import { answerOf } from '../../jobs/funding/simulate/funding-cases.js';
import { randomOf } from '../operations/random.js';
import { type Dark, fenOf, nextDay, yuanOf } from './naive-days.js';
import { type MerchantCase, naiveMerchant } from './naive-merchant.js';
import { naiveSettle, type SettleCase } from './naive-settle.js';

const RUNS = 100;
const FIRST = '2026-01-20';
const CALENDAR = {
  holidays: ['2026-02-16', '2026-02-17', '2026-02-18', '2026-02-19', '2026-02-20', '2026-04-06'],
  workdays: ['2026-02-14', '2026-02-28'],
  years: [2026],
};
type Below = ReturnType<typeof randomOf>;

const dayOf = (below: Below, days: number) => nextDay(FIRST, below(days));
const pick = <T>(below: Below, ...from: T[]): T => from[below(from.length)]!;

function randomSettle(seed: number): SettleCase {
  const below = randomOf(seed);
  const dark = Array.from({ length: below(3) }, (): Dark => {
    const from = dayOf(below, 60);
    return { from, to: nextDay(from, below(9)) };
  });
  return {
    kind: 'settle',
    terms: {
      days: below(4),
      minimum: pick(below, '0.00', '0.01', '5.00', '40.00'),
      net: below(3) > 0,
      month_end: below(3) > 0,
      dark,
    },
    ...(below(3) > 0 ? { calendar: CALENDAR } : {}),
    through: dayOf(below, 80),
    items: Array.from({ length: below(40) }, (_, at) => ({
      business_date: dayOf(below, 60),
      ref: `R${at}`,
      kind: pick(below, 'repayment', 'funding', 'service_fee'),
      amount: yuanOf(BigInt(below(4001) - 2000)),
    })),
  };
}

it('settles as the second model does; settled and carried are the items of every day', () => {
  let [transfers, carries] = [0, 0];
  for (let seed = 1; seed <= RUNS; seed += 1) {
    const input = randomSettle(seed);
    const answer = answerOf(input) as unknown as {
      settlements: { amount: string }[];
      carried: string;
      not_due: string;
    };
    expect(answer, `seed ${seed}`).toEqual(naiveSettle(input));
    const settled = answer.settlements.reduce((sum, { amount }) => sum + fenOf(amount), 0n);
    const items = input.items.reduce((sum, { amount }) => sum + fenOf(amount), 0n);
    expect(settled + fenOf(answer.carried) + fenOf(answer.not_due), `seed ${seed}`).toBe(items);
    transfers += answer.settlements.length;
    if (answer.carried !== '0.00') carries += 1;
  }
  expect(transfers).toBeGreaterThan(RUNS);
  expect(carries).toBeGreaterThan(RUNS / 20);
});

function randomMerchant(seed: number): MerchantCase {
  const below = randomOf(seed);
  const amount = () => yuanOf(BigInt(1 + below(30_000)));
  const orders = Array.from({ length: 1 + below(12) }, (_, at) => ({
    day: dayOf(below, 40),
    order_no: `O${at}`,
    principal: amount(),
    interest: yuanOf(BigInt(below(3000))),
  }));
  return {
    kind: 'merchant',
    merchant: {
      code: 'M1',
      days: below(4),
      minimum: pick(below, '0.00', '1.00', '50.00'),
      fee: {
        rate: pick(below, '0', '0.006', '0.0165'),
        min: pick(below, null, '0.50'),
        max: pick(below, null, '2.00'),
        on_refund: pick(below, 'keep', 'pro_rata'),
      },
      subsidy: { share: pick(below, '0', '0.5', '1') },
      hold_back: { rate: pick(below, '0', '0.05', '0.3333'), release_days: below(25) },
      receivable_after_days: below(10),
    },
    ...(below(3) > 0 ? { calendar: CALENDAR } : {}),
    through: dayOf(below, 90),
    orders,
    refunds: Array.from({ length: below(14) }, () => ({
      day: dayOf(below, 60),
      refund_no: `F${below(20)}`,
      order_no: `O${below(14)}`,
      amount: below(3) === 0 ? orders[below(orders.length)]!.principal : amount(),
      earned: yuanOf(BigInt(below(2000))),
    })),
  };
}

it('pays merchants as the second model does; every fen of what is sold stands somewhere', () => {
  const seen = new Set<string>();
  for (let seed = 1; seed <= RUNS; seed += 1) {
    const input = randomMerchant(seed);
    const answer = answerOf(input) as unknown as {
      settlements: Record<string, string>[];
      hold_back: string;
      carried: string;
      receivable: string;
      rejected: { rule: string }[];
    };
    expect(answer, `seed ${seed}`).toEqual(naiveMerchant(input));
    const sum = (key: string) =>
      answer.settlements.reduce((all, row) => all + fenOf(row[key]!), 0n);
    const kept = sum('fee') - sum('fee_back') + sum('subsidy') - sum('subsidy_back');
    const stands = fenOf(answer.hold_back) + fenOf(answer.carried) - fenOf(answer.receivable);
    expect(sum('paid') + kept + sum('refunds') + stands, `seed ${seed}`).toBe(sum('gross'));
    for (const { rule } of answer.rejected) seen.add(rule);
    for (const key of ['fee_back', 'subsidy_back', 'released', 'drawn', 'paid']) {
      if (sum(key) !== 0n) seen.add(key);
    }
    if (answer.receivable !== '0.00') seen.add('receivable');
  }
  expect([...seen].sort()).toEqual([
    ...['drawn', 'fee_back', 'paid', 'receivable', 'refund_above_order', 'released'],
    ...['repeated_refund', 'subsidy_back', 'unknown_order'],
  ]);
});
