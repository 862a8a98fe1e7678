import { fenOf, half, yuanOf } from './naive-days.js';

export interface RouteCase {
  readonly kind: 'route';
  readonly day: string;
  readonly by: 'priority' | 'weight';
  readonly plans: readonly NaivePlan[];
  readonly fallback: string | null;
  readonly exposures: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly applications: readonly NaiveApplication[];
}
export interface NaivePlan {
  readonly plan: string;
  readonly party: string;
  readonly parts: readonly [number, number];
  readonly used?: string;
  readonly loan_min?: string;
  readonly loan_max?: string;
  readonly terms?: readonly number[];
  readonly rate_max?: string;
  readonly daily?: string;
  readonly total?: string;
  readonly customer?: string;
  readonly deposit?: string;
  readonly weight?: number;
  readonly hours?: readonly [string, string];
  readonly dark?: readonly { readonly from: string; readonly to: string }[];
}
export interface NaiveApplication {
  readonly id: string;
  readonly at: string;
  readonly customer: string;
  readonly amount: string;
  readonly term: number;
  readonly rate: string;
  readonly refused_by?: readonly string[];
  readonly outcome?: 'failed' | 'success';
}
interface Taken {
  readonly plan: NaivePlan;
  readonly customer: string;
  readonly share: bigint;
}

/** The page's checks, each with what was taken before counted again from the first. */
export function naiveRoute(input: RouteCase): object {
  const taken: Taken[] = [];
  const results = input.applications.map((it) => {
    const skipped: Record<string, string> = {};
    const passing: NaivePlan[] = [];
    for (const plan of input.plans) {
      const reason = reasonAgainst(input, taken, plan, it);
      if (reason === null) passing.push(plan);
      else skipped[plan.plan] = reason;
      if (reason === null && input.by === 'priority') break;
    }
    const plan = chosen(input, taken, passing, it);
    if (plan === undefined) return { id: it.id, plan: input.fallback, funded: '0.00', skipped };
    const share = shareOf(plan, it);
    if (it.outcome !== 'failed') taken.push({ plan, customer: it.customer, share });
    return { id: it.id, plan: plan.plan, funded: yuanOf(share), skipped };
  });
  const plans = input.plans.map((plan) => {
    const own = sum(taken.filter((each) => each.plan === plan));
    const left = plan.deposit === undefined ? {} : { deposit: yuanOf(fenOf(plan.deposit) - own) };
    const total = yuanOf(fenOf(plan.used ?? '0.00') + own);
    return [plan.plan, { total, daily: yuanOf(own), ...left }];
  });
  return { results, plans: Object.fromEntries(plans) };
}

function reasonAgainst(
  { day, exposures }: RouteCase,
  taken: readonly Taken[],
  plan: NaivePlan,
  it: NaiveApplication,
): string | null {
  const share = shareOf(plan, it);
  const amount = fenOf(it.amount);
  const now = `${day}T${it.at}`;
  const ofPlan = sum(taken.filter((each) => each.plan === plan)) + share;
  const ofCustomer =
    fenOf(exposures[it.customer]?.[plan.party] ?? '0.00') +
    share +
    sum(taken.filter((each) => each.customer === it.customer && each.plan.party === plan.party));
  const above = (value: bigint, bound: string | undefined) =>
    bound !== undefined && value > fenOf(bound);
  const checks: [string, boolean][] = [
    [
      'closed',
      (plan.hours !== undefined && !isWithin(it.at, plan.hours)) ||
        (plan.dark ?? []).some(({ from, to }) => `${from}:00` <= now && now < `${to}:00`),
    ],
    ['term', plan.terms !== undefined && !plan.terms.includes(it.term)],
    ['rate', plan.rate_max !== undefined && Number(it.rate) > Number(plan.rate_max)],
    [
      'amount',
      (plan.loan_min !== undefined && amount < fenOf(plan.loan_min)) ||
        above(amount, plan.loan_max) ||
        share === 0n,
    ],
    ['refused', (it.refused_by ?? []).includes(plan.plan)],
    ['customer', above(ofCustomer, plan.customer)],
    ['daily', above(ofPlan, plan.daily)],
    ['total', above(fenOf(plan.used ?? '0.00') + ofPlan, plan.total)],
    ['deposit', above(ofPlan, plan.deposit)],
  ];
  return checks.find(([, fails]) => fails)?.[0] ?? null;
}

function isWithin(at: string, [from, to]: readonly [string, string]): boolean {
  const [opens, closes] = [`${from}:00`, `${to}:00`];
  return opens < closes ? opens <= at && at < closes : opens <= at || at < closes;
}

function chosen(
  { by }: RouteCase,
  taken: readonly Taken[],
  passing: readonly NaivePlan[],
  it: NaiveApplication,
): NaivePlan | undefined {
  if (by === 'priority') return passing[0];
  const less = (left: NaivePlan, right: NaivePlan) =>
    load(left) * BigInt(right.weight ?? 1) < load(right) * BigInt(left.weight ?? 1);
  const load = (plan: NaivePlan) =>
    sum(taken.filter((each) => each.plan === plan)) + shareOf(plan, it);
  return passing.find((plan) => !passing.some((other) => less(other, plan)));
}

function shareOf({ parts: [own, theirs] }: NaivePlan, { amount }: NaiveApplication): bigint {
  const whole = fenOf(amount);
  return whole - half(whole * BigInt(own), BigInt(own + theirs));
}

function sum(taken: readonly Taken[]): bigint {
  return taken.reduce((all, { share }) => all + share, 0n);
}
