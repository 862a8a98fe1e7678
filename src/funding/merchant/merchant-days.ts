import { mulDivRound } from '../../accounting/money/money.js';
import { type EpochDay, type Fen, RATE_SCALE } from '../../accounting/money/units.js';
import type { Merchant } from '../terms/merchant.js';
import { MerchantOrder, type RefundRule } from './merchant-order.js';

export interface SoldOrder {
  readonly day: EpochDay;
  readonly orderNo: string;
  readonly principal: Fen;
  /** What the customer is to pay over the whole term. */
  readonly interest: Fen;
  /** Those that it was sold under, where they are not the merchant's. */
  readonly terms?: Merchant;
  /** It was settled before: only its refunds count. */
  readonly isSettled?: boolean;
}

export interface OrderRefund {
  readonly day: EpochDay;
  readonly refundNo: string;
  readonly orderNo: string;
  readonly amount: Fen;
  /** The order's interest that has been earned so far. */
  readonly earned: Fen;
}

/** What a merchant's business date comes to. */
export interface MerchantDay {
  readonly day: EpochDay;
  readonly gross: Fen;
  readonly fee: Fen;
  readonly subsidy: Fen;
  readonly withheld: Fen;
  readonly refunds: Fen;
  readonly feeBack: Fen;
  readonly subsidyBack: Fen;
}

export interface RejectedRefund {
  readonly refundNo: string;
  readonly rule: RefundRule;
}

/** All that was ever sold under terms. */
export interface SoldUnder {
  readonly terms: Merchant;
  readonly gross: Fen;
}

/** An order with what it and its refunds came to. */
export interface OrderTaken {
  readonly sold: SoldOrder;
  readonly order: MerchantOrder;
}

export interface MerchantBusiness {
  /** In order; days without orders and refunds are not among them. */
  readonly days: readonly MerchantDay[];
  readonly rejected: readonly RejectedRefund[];
  readonly orders: ReadonlyMap<string, OrderTaken>;
}

/**
 * What orders and refunds through a day come to; on a day the orders come first. `before`: what was
 * sold besides the orders given, settled before.
 */
export function merchantBusiness(
  terms: Merchant,
  orders: readonly SoldOrder[],
  refunds: readonly OrderRefund[],
  through: EpochDay,
  before: readonly SoldUnder[] = [],
): MerchantBusiness {
  const known = new Map<string, OrderTaken>();
  const taken = new Set<string>();
  const rejected: RejectedRefund[] = [];
  const days: MerchantDay[] = [];
  const held = new HeldOfSales(before);
  const ofDay = { orders: byDay(orders), refunds: byDay(refunds) };
  const dates = new Set([...ofDay.orders.keys(), ...ofDay.refunds.keys()]);
  for (const day of [...dates].filter((each) => each <= through).sort((a, b) => a - b)) {
    const sum = { gross: 0, fee: 0, subsidy: 0, refunds: 0, feeBack: 0, subsidyBack: 0 };
    let count = 0;
    for (const sold of ofDay.orders.get(day) ?? []) {
      const order = new MerchantOrder(sold.terms ?? terms, sold.principal, sold.interest);
      known.set(sold.orderNo, { sold, order });
      if (sold.isSettled === true) continue;
      held.sell(sold.terms ?? terms, sold.principal);
      sum.gross += sold.principal;
      sum.fee += order.fee;
      sum.subsidy += order.subsidy;
      count += 1;
    }
    for (const refund of ofDay.refunds.get(day) ?? []) {
      const rule = take(refund);
      if (rule !== null) rejected.push({ refundNo: refund.refundNo, rule });
    }
    if (count > 0) days.push({ day, ...sum, withheld: held.take() });

    function take({ refundNo, orderNo, amount, earned }: OrderRefund): RefundRule | null {
      if (taken.has(refundNo)) return 'repeated_refund';
      const order = known.get(orderNo)?.order;
      if (order === undefined) return 'unknown_order';
      const back = order.refund(amount, earned);
      if (back === null) return 'refund_above_order';
      taken.add(refundNo);
      sum.refunds += amount;
      sum.feeBack += back.fee;
      sum.subsidyBack += back.subsidy;
      count += 1;
      return null;
    }
  }
  return { days, rejected, orders: known };
}

/** What is held back of sales: cumulative over all that was ever sold under the same terms. */
class HeldOfSales {
  readonly #gross = new Map<number, { terms: Merchant; gross: Fen; taken: Fen }>();

  constructor(before: readonly SoldUnder[]) {
    for (const { terms, gross } of before) this.sell(terms, gross);
    this.take();
  }

  sell(terms: Merchant, gross: Fen): void {
    const so = this.#gross.get(terms.version) ?? { terms, gross: 0, taken: 0 };
    so.gross += gross;
    this.#gross.set(terms.version, so);
  }

  /** What is to be held back of what was sold since it was asked last. */
  take(): Fen {
    let sum = 0;
    for (const so of this.#gross.values()) {
      const held = heldBackOf(so.terms, so.gross);
      sum += held - so.taken;
      so.taken = held;
    }
    return sum;
  }
}

function heldBackOf({ holdBackPpb }: Merchant, gross: Fen): Fen {
  return mulDivRound(gross, holdBackPpb, RATE_SCALE, 'half_up');
}

function byDay<T extends { readonly day: EpochDay }>(all: readonly T[]): Map<EpochDay, T[]> {
  const days = new Map<EpochDay, T[]>();
  for (const each of all) {
    const same = days.get(each.day);
    if (same === undefined) days.set(each.day, [each]);
    else same.push(each);
  }
  return days;
}
