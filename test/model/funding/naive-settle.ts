import {
  type Dark,
  fenOf,
  isNaiveMonthEnd,
  type NaiveCalendar,
  naiveDue,
  nextDay,
  yuanOf,
} from './naive-days.js';

export interface SettleCase {
  readonly kind: 'settle';
  readonly terms: {
    readonly days: number;
    readonly minimum: string;
    readonly net: boolean;
    readonly month_end: boolean;
    readonly dark: readonly Dark[];
  };
  readonly calendar?: NaiveCalendar;
  readonly through: string;
  readonly items: readonly {
    readonly business_date: string;
    readonly ref: string;
    readonly kind: string;
    readonly amount: string;
  }[];
}
type Item = SettleCase['items'][number];

/** The page's rules day by day, with a heap of items that waits; written from the page alone. */
export function naiveSettle(input: SettleCase): object {
  const { terms, calendar, through } = input;
  const minimum = fenOf(terms.minimum);
  const isPaid = (item: Item) => fenOf(item.amount) > 0n;
  const heaps = terms.net
    ? [input.items]
    : [input.items.filter(isPaid), input.items.filter((item) => !isPaid(item))];
  const dueOf = (item: Item) => naiveDue(item.business_date, terms.days, terms.dark, calendar);
  const carried: Item[][] = heaps.map(() => []);
  const settlements: object[] = [];
  const dates = input.items.map((item) => item.business_date).sort();
  for (let day = dates[0] ?? through; day <= through; day = nextDay(day)) {
    for (const [at, heap] of heaps.entries()) {
      const today = heap.filter((item) => dueOf(item) === day);
      if (today.length === 0) continue;
      const all = [...carried[at]!, ...today];
      const sum = sumOf(all);
      const size = sum < 0n ? -sum : sum;
      const mustPay = terms.month_end && isNaiveMonthEnd(day, terms.dark, calendar);
      carried[at] = size < minimum && !mustPay ? all : [];
      if (carried[at].length > 0 || sum === 0n) continue;
      const of = all.map((item) => item.business_date).sort();
      settlements.push({ due_on: day, from: of[0], to: of.at(-1), amount: yuanOf(sum) });
    }
  }
  return {
    settlements,
    carried: yuanOf(sumOf(carried.flat())),
    not_due: yuanOf(sumOf(input.items.filter((item) => dueOf(item) > through))),
  };
}

function sumOf(items: readonly Item[]): bigint {
  return items.reduce((sum, item) => sum + fenOf(item.amount), 0n);
}
