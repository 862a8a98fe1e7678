import type { Calendar } from '../../accounting/calendar/calendar.js';
import type { EpochDay, Fen } from '../../accounting/money/units.js';
import type { SettlementTerms } from '../terms/settlement.js';
import { isLastOfMonth, settlementDay } from './settlement-day.js';

/** What was booked with a party on a day; positive: we pay. */
export interface OwedItem {
  readonly businessDate: EpochDay;
  readonly amount: Fen;
}

/** Which items a settlement is of: those of both signs, or of one. */
export type Direction = 'net' | 'pay' | 'draw';

/** One transfer, or none where the amount is 0, for the items from one business date to another. */
export interface Settlement {
  readonly direction: Direction;
  readonly dueOn: EpochDay;
  readonly from: EpochDay;
  readonly to: EpochDay;
  /** Positive: we pay. */
  readonly amount: Fen;
}

export interface Settled {
  /** By day; what we pay before what we draw. */
  readonly settlements: readonly Settlement[];
  /** What was below the minimum until the last of its days. */
  readonly carried: Fen;
  /** What is settled after `through` only. */
  readonly notDue: Fen;
}

/**
 * What is settled of items through a day (FUNDING, Net settlement). Settled items leave nothing
 * behind, so that those which no settlement has taken suffice to go on from. Throws Refusal
 * `calendar_year_not_loaded`.
 */
export function netSettlements(
  terms: SettlementTerms,
  calendar: Calendar,
  items: readonly OwedItem[],
  through: EpochDay,
): Settled {
  if (terms.net) return settleOne('net', terms, calendar, items, through);
  const [paid, drawn] = (['pay', 'draw'] as const).map((direction) => {
    const own = items.filter(({ amount }) => amount > 0 === (direction === 'pay'));
    return settleOne(direction, terms, calendar, own, through);
  });
  return {
    settlements: [...paid!.settlements, ...drawn!.settlements].sort(
      (left, right) => left.dueOn - right.dueOn,
    ),
    carried: paid!.carried + drawn!.carried,
    notDue: paid!.notDue + drawn!.notDue,
  };
}

function settleOne(
  direction: Direction,
  terms: SettlementTerms,
  calendar: Calendar,
  items: readonly OwedItem[],
  through: EpochDay,
): Settled {
  const settlements: Settlement[] = [];
  let open: { readonly from: EpochDay; readonly amount: Fen } | null = null;
  let notDue = 0;
  for (const { dueOn, from, to, amount: own } of groupsOf(terms, calendar, items, through)) {
    if (dueOn === null) {
      notDue = own;
      continue;
    }
    const amount: Fen = own + (open?.amount ?? 0);
    const since: EpochDay = open?.from ?? from;
    const isSmall = Math.abs(amount) < terms.minimumFen;
    if (isSmall && !(terms.monthEnd && isLastOfMonth(terms.dark, calendar, dueOn))) {
      open = { from: since, amount };
    } else {
      settlements.push({ direction, dueOn, from: since, to, amount });
      open = null;
    }
  }
  return { settlements, carried: open?.amount ?? 0, notDue };
}

/** Business dates that are settled on one day; null: after `through`. */
interface DueGroup {
  readonly dueOn: EpochDay | null;
  readonly from: EpochDay;
  to: EpochDay;
  amount: Fen;
}

/** By day, the last of them what is not due yet: a later business date is never settled earlier. */
function groupsOf(
  terms: SettlementTerms,
  calendar: Calendar,
  items: readonly OwedItem[],
  through: EpochDay,
): DueGroup[] {
  const byDate = new Map<EpochDay, Fen>();
  for (const { businessDate, amount } of items) {
    byDate.set(businessDate, (byDate.get(businessDate) ?? 0) + amount);
  }
  const groups: DueGroup[] = [];
  for (const [date, amount] of [...byDate].sort(([left], [right]) => left - right)) {
    const dueOn = settlementDay(terms, calendar, date, through);
    const last = groups.at(-1);
    if (last?.dueOn === dueOn) {
      last.to = date;
      last.amount += amount;
    } else groups.push({ dueOn, from: date, to: date, amount });
  }
  return groups;
}
