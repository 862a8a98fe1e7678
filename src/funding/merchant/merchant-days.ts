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

export interface MerchantBusiness {
  /** In order; days without orders and refunds are not among them. */
  readonly days: readonly MerchantDay[];
  readonly rejected: readonly RejectedRefund[];
}

/** What orders and refunds through a day come to; on a day the orders come first. */
export function merchantBusiness(
  terms: Merchant,
  orders: readonly SoldOrder[],
  refunds: readonly OrderRefund[],
  through: EpochDay,
): MerchantBusiness {
  const known = new Map<string, MerchantOrder>();
  const taken = new Set<string>();
  const rejected: RejectedRefund[] = [];
  const days: MerchantDay[] = [];
  let grossSoFar = 0;
  const ofDay = { orders: byDay(orders), refunds: byDay(refunds) };
  const dates = new Set([...ofDay.orders.keys(), ...ofDay.refunds.keys()]);
  for (const day of [...dates].filter((each) => each <= through).sort((a, b) => a - b)) {
    const sum = { gross: 0, fee: 0, subsidy: 0, refunds: 0, feeBack: 0, subsidyBack: 0 };
    let count = 0;
    for (const { orderNo, principal, interest } of ofDay.orders.get(day) ?? []) {
      const order = new MerchantOrder(terms, principal, interest);
      known.set(orderNo, order);
      sum.gross += principal;
      sum.fee += order.fee;
      sum.subsidy += order.subsidy;
      count += 1;
    }
    for (const refund of ofDay.refunds.get(day) ?? []) {
      const rule = take(refund);
      if (rule !== null) rejected.push({ refundNo: refund.refundNo, rule });
    }
    if (count === 0) continue;
    const withheld = heldBackOf(terms, grossSoFar + sum.gross) - heldBackOf(terms, grossSoFar);
    grossSoFar += sum.gross;
    days.push({ day, ...sum, withheld });

    function take({ refundNo, orderNo, amount, earned }: OrderRefund): RefundRule | null {
      if (taken.has(refundNo)) return 'repeated_refund';
      const order = known.get(orderNo);
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
  return { days, rejected };
}

/** What is held back of all that was ever sold. */
export function heldBackOf({ holdBackPpb }: Merchant, gross: Fen): Fen {
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
