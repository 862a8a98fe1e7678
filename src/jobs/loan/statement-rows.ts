import {
  EVENT_TYPE,
  EVENT_TYPE_NAMES,
  type EventTypeName,
} from '../../accounting/events/loan-event.js';
import { formatAmount } from '../../accounting/money/amount-text.js';
import type { Fen } from '../../accounting/money/units.js';
import {
  COMPONENTS,
  DOWN_PAYMENT_EVENT,
  LINE,
  LINE_COMPONENTS,
  PRINCIPAL,
  REFUND,
  SUSPENSE_EVENT,
} from '../../accounting/posting/flow.js';
import type { TableColumn, TableRow } from '../../files/table.js';
import type { StoredEvent } from './loan-queries.js';
import type { StatementAllocation, StatementMove } from './statement-queries.js';

export const TRANSACTION_COLUMNS: readonly TableColumn[] = [
  { key: 'businessDate', title: '入账日', kind: 'date', width: 12 },
  { key: 'valueDate', title: '起息日', kind: 'date', width: 12 },
  { key: 'type', title: '类型', kind: 'text' },
  { key: 'ref', title: '流水号', kind: 'text', width: 24 },
  { key: 'amount', title: '金额', kind: 'amount' },
  { key: 'principal', title: '本金', kind: 'amount' },
  { key: 'interest', title: '利息', kind: 'amount' },
  { key: 'penalty', title: '罚息', kind: 'amount' },
  { key: 'compound', title: '复利', kind: 'amount' },
  { key: 'fee', title: '费用', kind: 'amount' },
  { key: 'waived', title: '减免', kind: 'amount' },
  { key: 'charged', title: '收费', kind: 'amount' },
  { key: 'suspense', title: '转入暂收', kind: 'amount' },
  { key: 'suspenseBalance', title: '暂收余额', kind: 'amount' },
  { key: 'refundDue', title: '应退回款', kind: 'amount' },
  { key: 'refundDueBalance', title: '应退回余额', kind: 'amount' },
  { key: 'principalBalance', title: '本金余额', kind: 'amount' },
];

const TYPE_NAMES: Readonly<Record<EventTypeName, string>> = {
  disbursement: '放款',
  opening: '期初迁入',
  repayment: '还款',
  settlement: '结清',
  prepayment: '提前还款',
  waiver: '减免',
  fee: '收费',
  merchant_refund: '退货',
  suspense_refund: '暂收退还',
  rate_change: '利率变更',
  write_off: '核销',
  recovery: '还款',
  reversal: '冲正',
  transfer: '债权转让',
  charge_back: '退票',
};

/** Lines by which a component is met: money, what a merchant gave back, what a buyer took over. */
const MET: ReadonlySet<number> = new Set([
  LINE.paid,
  LINE.recovered,
  LINE.returned,
  LINE.refunded,
  LINE.transferred,
]);

/** What one event did on one day, amounts in minor units. */
interface Effect {
  readonly businessDate: string;
  readonly eventId: number;
  /** By component. */
  readonly met: Fen[];
  /** Principal that was paid after a write-off. */
  recovered: Fen;
  waived: Fen;
  charged: Fen;
  suspense: Fen;
  refundDue: Fen;
  principal: Fen;
}

export interface StatementSources {
  readonly events: readonly StoredEvent[];
  readonly allocations: readonly StatementAllocation[];
  readonly moves: readonly StatementMove[];
}

export interface StatementRows {
  readonly rows: readonly TableRow[];
  readonly principal: Fen;
  readonly suspense: Fen;
  readonly refundDue: Fen;
}

/**
 * What a customer sees of a loan from `from` on: each event on the day that it was booked on, and
 * each day that changed what an earlier one had done, with the balances behind it. A write-off is
 * no business of the customer: what was owed is owed.
 */
export function statementRows(
  sources: StatementSources,
  from: string,
  minorDigits: number,
): StatementRows {
  const text = (fen: Fen) => formatAmount(fen, minorDigits);
  const shown = (fen: Fen) => (fen === 0 ? null : text(fen));
  const byId = new Map(sources.events.map((event) => [event.eventId, event]));
  const rows: TableRow[] = [];
  let [principal, suspense, refundDue] = [0, 0, 0];
  let isOpened = false;
  const balances = () => ({
    suspenseBalance: text(suspense),
    refundDueBalance: shown(refundDue),
    principalBalance: text(principal),
  });
  const open = () => {
    if (!isOpened && (principal !== 0 || suspense !== 0 || refundDue !== 0)) {
      rows.push({ businessDate: from, type: '期初余额', ...balances() });
    }
    isOpened = true;
  };
  for (const effect of effectsOf(sources)) {
    if (effect.businessDate >= from) open();
    principal += effect.principal - effect.recovered;
    suspense += effect.suspense;
    refundDue += effect.refundDue;
    const event = byId.get(effect.eventId);
    if (!isOpened || isHidden(effect, event)) continue;
    rows.push({
      businessDate: effect.businessDate,
      valueDate: event?.valueDate ?? effect.businessDate,
      type: typeOf(effect, event),
      ref: event?.ref ?? null,
      amount: shown(amountOf(effect, event)),
      ...Object.fromEntries(COMPONENTS.map((name, at) => [name, shown(effect.met[at]!)])),
      waived: shown(effect.waived),
      charged: shown(effect.charged),
      suspense: shown(effect.suspense),
      refundDue: shown(effect.refundDue),
      ...balances(),
    });
  }
  open();
  return { rows, principal, suspense, refundDue };
}

/** By day and `placeOf`. */
function effectsOf({ events, allocations, moves }: StatementSources): Effect[] {
  const effects = new Map<string, Effect>();
  const effectOf = (businessDate: string, eventId: number): Effect => {
    const key = `${businessDate}/${eventId}`;
    const known = effects.get(key);
    if (known !== undefined) return known;
    const met = LINE_COMPONENTS.map(() => 0);
    const none = { recovered: 0, waived: 0, charged: 0, suspense: 0, refundDue: 0, principal: 0 };
    const effect = { businessDate, eventId, met, ...none };
    effects.set(key, effect);
    return effect;
  };
  for (const event of events) {
    if (isTold(event)) effectOf(postedOn(event), event.eventId);
  }
  for (const { businessDate, eventId, kind, component, amount } of allocations) {
    const effect = effectOf(businessDate, eventId);
    if (MET.has(kind)) effect.met[component]! += amount;
    if (kind === LINE.recovered && component === PRINCIPAL) effect.recovered += amount;
    if (kind === LINE.waived) effect.waived += amount;
    if (kind === LINE.charged && component !== REFUND) effect.charged += amount;
  }
  for (const { businessDate, eventId, principal, suspense, refundDue } of moves) {
    const effect = effectOf(businessDate, eventId);
    effect.principal += principal;
    effect.suspense += suspense;
    effect.refundDue += refundDue;
  }
  const byId = new Map(events.map((event) => [event.eventId, event]));
  return [...effects.values()].sort(
    (a, b) =>
      (a.businessDate < b.businessDate ? -1 : a.businessDate > b.businessDate ? 1 : 0) ||
      placeOf(a, byId) - placeOf(b, byId),
  );
}

/**
 * The order of a day: what begins the loan, its down payment, suspense on a due date, refunds whose
 * money turned out to be lacking, events as they arrived, suspense that pays such a refund.
 */
function placeOf(
  { eventId, businessDate, met }: Effect,
  events: ReadonlyMap<number, StoredEvent>,
): number {
  const event = events.get(eventId);
  const type = event?.type;
  if (type === EVENT_TYPE.disbursement || type === EVENT_TYPE.opening) return -4;
  if (eventId === DOWN_PAYMENT_EVENT) return -3;
  if (eventId === SUSPENSE_EVENT) return met[REFUND] === 0 ? -2 : Number.POSITIVE_INFINITY;
  const isLater = event !== undefined && event.businessDate !== businessDate;
  return isLater && type === EVENT_TYPE.suspense_refund ? -1 : eventId;
}

/** Posted, be it that a later day undid it. */
function isTold({ rule, type }: StoredEvent): boolean {
  return rule === '' && type !== EVENT_TYPE.write_off;
}

function isHidden(effect: Effect, event: StoredEvent | undefined): boolean {
  if (event?.type === EVENT_TYPE.write_off) return true;
  const { waived, charged, suspense, refundDue } = effect;
  const amounts = [...effect.met, waived, charged, suspense, refundDue];
  if (amounts.some((amount) => amount !== 0)) return false;
  // Principal that became overdue moves between accounts, and nothing of it is news.
  return event === undefined || effect.businessDate !== postedOn(event);
}

function typeOf(effect: Effect, event: StoredEvent | undefined): string {
  if (effect.eventId === DOWN_PAYMENT_EVENT) return '首付';
  if (event === undefined) return '暂收抵扣';
  const name = TYPE_NAMES[EVENT_TYPE_NAMES[event.type] as EventTypeName];
  const isLater = effect.businessDate !== postedOn(event);
  return isLater && event.type !== EVENT_TYPE.fee ? `更正-${name}` : name;
}

/** Of a loan that was held the day that caught up, not the one the event was booked on. */
function postedOn({ postedOn: day, businessDate }: StoredEvent): string {
  return day ?? businessDate;
}

/** Events by which money comes in. */
const PAYMENTS: ReadonlySet<number> = new Set([
  EVENT_TYPE.repayment,
  EVENT_TYPE.settlement,
  EVENT_TYPE.prepayment,
  EVENT_TYPE.recovery,
]);

/**
 * Of a payment its cash, which its parts come to: a prepayment names principal alone, a settlement
 * may name nothing, and a reversal takes the cash back. Of all else what the event says.
 */
function amountOf(effect: Effect, event: StoredEvent | undefined): Fen {
  if (event === undefined) return 0;
  const parts = effect.met.reduce((sum, amount) => sum + amount, effect.suspense);
  if (PAYMENTS.has(event.type)) return parts;
  // A migrated loan names what was lent; what is left of it is the balance.
  if (effect.businessDate !== postedOn(event) || event.type === EVENT_TYPE.opening) return 0;
  // What a buyer paid for the loan is no business of the customer: what left with it is.
  return event.amount === 0 || event.type === EVENT_TYPE.transfer ? parts : event.amount;
}
