import { expect, it } from 'vitest';
import { answerOf } from '../../jobs/funding/simulate/funding-cases.js';
import { randomOf } from '../operations/random.js';
import { fenOf, yuanOf } from './naive-days.js';
import { type NaivePlan, naiveRoute, type RouteCase } from './naive-route.js';

const RUNS = 100;
const DAY = '2026-03-02';
type Below = ReturnType<typeof randomOf>;

const maybe = <T>(below: Below, key: string, value: () => T) =>
  below(3) === 0 ? { [key]: value() } : {};
const money = (below: Below, most: number) => yuanOf(BigInt(1 + below(most)));
const clock = (below: Below) => `${String(below(24)).padStart(2, '0')}:${below(6)}0`;

function randomPlan(below: Below, at: number): NaivePlan {
  const [from, to] = [clock(below), clock(below)];
  return {
    plan: `JL-${at}`,
    party: `P${below(3)}`,
    parts: [below(4), 1 + below(4)],
    ...maybe(below, 'used', () => money(below, 50_000)),
    ...maybe(below, 'loan_min', () => money(below, 2000)),
    ...maybe(below, 'loan_max', () => yuanOf(BigInt(5000 + below(9000)))),
    ...maybe(below, 'terms', () => [3, 6, 12].slice(below(3))),
    ...maybe(below, 'rate_max', () => '0.18'),
    ...maybe(below, 'daily', () => money(below, 60_000)),
    ...maybe(below, 'total', () => money(below, 120_000)),
    ...maybe(below, 'customer', () => money(below, 20_000)),
    ...maybe(below, 'deposit', () => money(below, 60_000)),
    ...maybe(below, 'weight', () => 1 + below(5)),
    ...(from === to ? {} : maybe(below, 'hours', () => [from, to])),
    ...maybe(below, 'dark', () => [{ from: `${DAY}T1${below(6)}:30`, to: `${DAY}T17:00` }]),
  };
}

function randomRoute(seed: number): RouteCase {
  const below = randomOf(seed);
  const plans = Array.from({ length: 1 + below(4) }, (_, at) => randomPlan(below, at));
  return {
    kind: 'route',
    day: DAY,
    by: below(2) === 0 ? 'priority' : 'weight',
    plans,
    fallback: below(2) === 0 ? 'OWN' : null,
    exposures: { C1: { P0: money(below, 9000), P1: money(below, 9000) } },
    applications: Array.from({ length: 30 }, (_, at) => ({
      id: String(at),
      at: `${clock(below)}:0${below(10)}`,
      customer: `C${below(5)}`,
      amount: below(9) === 0 ? '0.01' : money(below, 15_000),
      term: [3, 6, 12, 24][below(4)]!,
      rate: below(4) === 0 ? '0.1801' : '0.18',
      ...maybe(below, 'refused_by', () => [`JL-${below(4)}`]),
      ...maybe(below, 'outcome', () => (below(2) === 0 ? 'failed' : 'success')),
    })),
  };
}

it('routes as the second model does, for the first reason, and above no limit', () => {
  const reasons = new Set<string>();
  for (let seed = 1; seed <= RUNS; seed += 1) {
    const input = randomRoute(seed);
    const answer = answerOf(input) as unknown as {
      results: { skipped: Record<string, string> }[];
      plans: Record<string, { total: string; daily: string; deposit?: string }>;
    };
    expect(answer, `seed ${seed}`).toEqual(naiveRoute(input));
    for (const { skipped } of answer.results) {
      for (const reason of Object.values(skipped)) reasons.add(reason);
    }
    for (const { plan, daily, total, used = '0.00' } of input.plans) {
      const use = answer.plans[plan]!;
      const isOver = total !== undefined && fenOf(used) > fenOf(total);
      if (daily !== undefined) expect(fenOf(use.daily)).toBeLessThanOrEqual(fenOf(daily));
      if (total !== undefined && !isOver) {
        expect(fenOf(use.total)).toBeLessThanOrEqual(fenOf(total));
      }
      if (use.deposit !== undefined) expect(fenOf(use.deposit)).toBeGreaterThanOrEqual(0n);
    }
  }
  expect([...reasons].sort()).toEqual([
    ...['amount', 'closed', 'customer', 'daily', 'deposit', 'rate', 'refused', 'term', 'total'],
  ]);
});
