import {
  daysBetween,
  fenOf,
  half,
  type NaiveCalendar,
  naiveDue,
  nextDay,
  times,
  yuanOf,
} from './naive-days.js';

export interface MerchantCase {
  readonly kind: 'merchant';
  readonly merchant: {
    readonly code: string;
    readonly days: number;
    readonly minimum: string;
    readonly fee: {
      readonly rate: string;
      readonly min: string | null;
      readonly max: string | null;
      readonly on_refund: 'keep' | 'pro_rata';
    };
    readonly subsidy: { readonly share: string };
    readonly hold_back: { readonly rate: string; readonly release_days: number };
    readonly receivable_after_days: number;
  };
  readonly calendar?: NaiveCalendar;
  readonly through: string;
  readonly orders: readonly Sold[];
  readonly refunds: readonly Refund[];
}
interface Sold {
  readonly day: string;
  readonly order_no: string;
  readonly principal: string;
  readonly interest: string;
}
interface Refund {
  readonly day: string;
  readonly refund_no: string;
  readonly order_no: string;
  readonly amount: string;
  readonly earned: string;
}
type Merchant = MerchantCase['merchant'];
/** A fact of a business date, with what it adds to the merchant's net. */
interface Fact {
  readonly day: string;
  readonly key: (typeof KEYS)[number];
  readonly amount: bigint;
}
const KEYS = ['gross', 'fee', 'subsidy', 'refunds', 'fee_back', 'subsidy_back'] as const;
const PAYS = new Set(['gross', 'fee_back', 'subsidy_back']);

/** The page's rules day by day; every order's standing is counted again from its refunds. */
export function naiveMerchant(input: MerchantCase): object {
  const { merchant, calendar, through } = input;
  const { facts, rejected } = factsOf(input);
  const dueOf = (day: string) => naiveDue(day, merchant.days, [], calendar);
  const grossThrough = (day: string) =>
    sum(facts.filter((fact) => fact.key === 'gross' && fact.day <= day));
  const pots: { day: string; left: bigint }[] = [];
  const settlements: object[] = [];
  let carried = 0n;
  let since: string | null = null;
  const first = [...facts.map(({ day }) => day)].sort()[0] ?? through;
  for (let day = first; day <= through; day = nextDay(day)) {
    const today = facts.filter((fact) => dueOf(fact.day) === day);
    let withheld = 0n;
    for (const date of [...new Set(today.map((fact) => fact.day))].sort()) {
      const part =
        times(grossThrough(date), merchant.hold_back.rate) -
        times(grossThrough(nextDay(date, -1)), merchant.hold_back.rate);
      withheld += part;
      pots.push({ day: date, left: part });
    }
    let released = 0n;
    for (const pot of pots) {
      if (dueOf(nextDay(pot.day, merchant.hold_back.release_days)) > day) continue;
      released += pot.left;
      pot.left = 0n;
    }
    if (today.length === 0 && released === 0n) continue;
    const sums = Object.fromEntries(
      KEYS.map((key) => [key, sum(today.filter((fact) => fact.key === key))]),
    );
    let net = carried + released - withheld;
    for (const { key, amount } of today) net += PAYS.has(key) ? amount : -amount;
    let drawn = 0n;
    for (const pot of pots) {
      while (net < 0n && pot.left > 0n) {
        const taken = pot.left < -net ? pot.left : -net;
        pot.left -= taken;
        net += taken;
        drawn += taken;
      }
    }
    const paid = net > 0n && net >= fenOf(merchant.minimum) ? net : 0n;
    const row = { ...sums, withheld, released, drawn, carried_in: carried, paid };
    carried = net - paid;
    if (carried >= 0n) since = null;
    else since ??= day;
    settlements.push({ due_on: day, ...shown({ ...row, carried_out: carried }) });
  }
  const isOld = since !== null && daysBetween(since, through) > merchant.receivable_after_days;
  return {
    settlements,
    hold_back: yuanOf(pots.reduce((all, { left }) => all + left, 0n)),
    carried: yuanOf(isOld ? 0n : carried),
    receivable: yuanOf(isOld ? -carried : 0n),
    rejected,
  };
}

function factsOf({ merchant, orders, refunds, through }: MerchantCase) {
  const facts: Fact[] = [];
  const taken: Refund[] = [];
  const rejected: object[] = [];
  for (const order of orders.filter(({ day }) => day <= through)) {
    const { day } = order;
    facts.push({ day, key: 'gross', amount: fenOf(order.principal) });
    facts.push({ day, key: 'fee', amount: feeOf(merchant, order) });
    facts.push({ day, key: 'subsidy', amount: subsidyOf(merchant, order.interest) });
  }
  const inTime = refunds.filter(({ day }) => day <= through);
  for (const refund of inTime.sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0))) {
    const order = orders.find((each) => each.order_no === refund.order_no);
    const rule = ruleAgainst(refund, order, taken);
    if (rule !== null || order === undefined) {
      rejected.push({ refund_no: refund.refund_no, rule });
      continue;
    }
    const earlier = taken.filter((each) => each.order_no === refund.order_no);
    const { day } = refund;
    const [before, after] = [earlier, [...earlier, refund]].map((all) =>
      standing(merchant, order, all),
    );
    taken.push(refund);
    facts.push({ day, key: 'refunds', amount: fenOf(refund.amount) });
    facts.push({ day, key: 'fee_back', amount: before!.fee - after!.fee });
    facts.push({ day, key: 'subsidy_back', amount: before!.subsidy - after!.subsidy });
  }
  return { facts, rejected };
}

function ruleAgainst(refund: Refund, order: Sold | undefined, taken: readonly Refund[]) {
  if (taken.some((each) => each.refund_no === refund.refund_no)) return 'repeated_refund';
  if (order === undefined || order.day > refund.day) return 'unknown_order';
  const before = taken.filter((each) => each.order_no === refund.order_no);
  const all = [...before, refund].reduce((total, each) => total + fenOf(each.amount), 0n);
  return all > fenOf(order.principal) ? 'refund_above_order' : null;
}

/** What the merchant has paid of an order, and not got back, after some refunds. */
function standing(merchant: Merchant, order: Sold, refunds: readonly Refund[]) {
  const principal = fenOf(order.principal);
  let left = principal;
  let subsidy = subsidyOf(merchant, order.interest);
  for (const refund of refunds) {
    const open = subsidy - subsidyOf(merchant, refund.earned);
    const back = half((open < 0n ? 0n : open) * fenOf(refund.amount), left);
    left -= fenOf(refund.amount);
    subsidy -= back;
  }
  const fee = feeOf(merchant, order);
  const isKept = merchant.fee.on_refund === 'keep';
  return { subsidy, fee: isKept ? fee : half(fee * left, principal) };
}

function feeOf({ fee }: Merchant, { principal }: Sold): bigint {
  let amount = times(fenOf(principal), fee.rate);
  if (fee.min !== null && amount < fenOf(fee.min)) amount = fenOf(fee.min);
  if (fee.max !== null && amount > fenOf(fee.max)) amount = fenOf(fee.max);
  return amount;
}

const subsidyOf = ({ subsidy }: Merchant, interest: string) =>
  times(fenOf(interest), subsidy.share);

function sum(facts: readonly Fact[]): bigint {
  return facts.reduce((all, { amount }) => all + amount, 0n);
}

function shown(row: Readonly<Record<string, bigint>>): object {
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [key, yuanOf(value)]));
}
