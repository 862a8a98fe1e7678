import type { Calendar } from '../../accounting/calendar/calendar.js';
import type { EpochDay, Fen } from '../../accounting/money/units.js';
import { settlementDay } from '../settle/settlement-day.js';
import type { Merchant } from '../terms/merchant.js';
import type { MerchantDay } from './merchant-days.js';

/** One settlement of a merchant; `paid` 0: no transfer. */
export interface MerchantSettlement extends Omit<MerchantDay, 'day'> {
  readonly dueOn: EpochDay;
  /** First and last business date; both null where only what was held back is released. */
  readonly from: EpochDay | null;
  readonly to: EpochDay | null;
  readonly released: Fen;
  /** Taken out of what is held back, for what the merchant owes. */
  readonly drawn: Fen;
  readonly carriedIn: Fen;
  readonly paid: Fen;
  readonly carriedOut: Fen;
}

/** What was held back of a business date, and what of it is still there. */
export interface HeldBack {
  readonly day: EpochDay;
  readonly left: Fen;
}

/** How a merchant stands between two settlements. */
export interface MerchantState {
  /** Oldest first, none of them 0. */
  readonly held: readonly HeldBack[];
  /** Negative: the merchant owes. */
  readonly carried: Fen;
  /** Since when that is negative. */
  readonly negativeSince: EpochDay | null;
}

export const NEW_MERCHANT: MerchantState = { held: [], carried: 0, negativeSince: null };

export interface MerchantSettled {
  /** Each with how it leaves the merchant. */
  readonly settlements: readonly (MerchantSettlement & { readonly state: MerchantState })[];
  readonly state: MerchantState;
}

/**
 * What is settled of a merchant's business through a day, from where the settlement before it left
 * off: `days` are those that none has taken yet. Throws Refusal `calendar_year_not_loaded`.
 */
export function settleMerchant(
  terms: Merchant,
  calendar: Calendar,
  before: MerchantState,
  days: readonly MerchantDay[],
  through: EpochDay,
): MerchantSettled {
  const dueOf = (day: EpochDay) =>
    settlementDay({ days: terms.days, dark: [] }, calendar, day, through);
  const releaseOf = (day: EpochDay) => dueOf(day + terms.holdBackReleaseDays);
  const dues = new Map<EpochDay, MerchantDay[]>();
  for (const { day } of before.held) touch(releaseOf(day));
  for (const each of days) {
    const dueOn = dueOf(each.day);
    touch(dueOn)?.push(each);
    if (dueOn !== null && each.withheld !== 0) touch(releaseOf(each.day));
  }
  const settlements: (MerchantSettlement & { readonly state: MerchantState })[] = [];
  let state = before;
  for (const [dueOn, group] of [...dues].sort(([left], [right]) => left - right)) {
    const held = [...state.held, ...heldOf(group)];
    const due = held.filter(({ day }) => (releaseOf(day) ?? dueOn + 1) <= dueOn);
    if (group.length === 0 && due.length === 0) continue;
    const kept = held.slice(due.length);
    const step = settle(terms, dueOn, group, { ...state, held: kept }, sumOf(due));
    state = step.state;
    settlements.push({ ...step.settlement, state });
  }
  return { settlements, state };

  function touch(dueOn: EpochDay | null): MerchantDay[] | undefined {
    if (dueOn === null) return undefined;
    const group = dues.get(dueOn) ?? [];
    dues.set(dueOn, group);
    return group;
  }
}

/** What the merchant owes is a receivable where it has been negative for longer than it may. */
export function isReceivable(
  { receivableAfterDays }: Merchant,
  { negativeSince }: MerchantState,
  day: EpochDay,
): boolean {
  return negativeSince !== null && day - negativeSince > receivableAfterDays;
}

/** What is still held back. */
export function heldBack({ held }: MerchantState): Fen {
  return sumOf(held);
}

function settle(
  terms: Merchant,
  dueOn: EpochDay,
  group: readonly MerchantDay[],
  before: MerchantState,
  released: Fen,
): { settlement: MerchantSettlement; state: MerchantState } {
  const sums = sumsOf(group);
  const net =
    sums.gross -
    sums.fee -
    sums.subsidy -
    sums.withheld -
    sums.refunds +
    sums.feeBack +
    sums.subsidyBack +
    released +
    before.carried;
  const { held, drawn } = draw(before.held, Math.max(0, 0 - net));
  const left = net + drawn;
  const isPaid = left > 0 && left >= terms.minimumFen;
  const carried = isPaid ? 0 : left;
  const settlement = {
    dueOn,
    from: group[0]?.day ?? null,
    to: group.at(-1)?.day ?? null,
    ...sums,
    ...{ released, drawn, carriedIn: before.carried },
    ...{ paid: isPaid ? left : 0, carriedOut: carried },
  };
  const negativeSince = carried < 0 ? (before.negativeSince ?? dueOn) : null;
  return { settlement, state: { held, carried, negativeSince } };
}

function sumsOf(group: readonly MerchantDay[]): Omit<MerchantDay, 'day'> {
  const of = (key: keyof MerchantDay) => group.reduce((sum, each) => sum + each[key], 0);
  return {
    gross: of('gross'),
    fee: of('fee'),
    subsidy: of('subsidy'),
    withheld: of('withheld'),
    refunds: of('refunds'),
    feeBack: of('feeBack'),
    subsidyBack: of('subsidyBack'),
  };
}

function heldOf(group: readonly MerchantDay[]): HeldBack[] {
  return group
    .filter(({ withheld }) => withheld !== 0)
    .map(({ day, withheld }) => ({ day, left: withheld }));
}

/** Takes an amount out of what is held back, the oldest first, as far as it goes. */
function draw(held: readonly HeldBack[], amount: Fen): { held: HeldBack[]; drawn: Fen } {
  let open = amount;
  const rest = held.map(({ day, left }) => {
    const taken = Math.min(left, open);
    open -= taken;
    return { day, left: left - taken };
  });
  return { held: rest.filter(({ left }) => left > 0), drawn: amount - open };
}

function sumOf(held: readonly HeldBack[]): Fen {
  return held.reduce((sum, { left }) => sum + left, 0);
}
