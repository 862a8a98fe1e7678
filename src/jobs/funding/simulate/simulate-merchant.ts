import { z } from 'zod';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import { checkedDay, date, listOf, mapping, oneOf } from '../../../documents/fields.js';
import { checkShape, refuseViolations } from '../../../documents/violations.js';
import {
  heldBack,
  isReceivable,
  type MerchantSettlement,
  NEW_MERCHANT,
  settleMerchant,
} from '../../../funding/merchant/merchant-account.js';
import { merchantBusiness } from '../../../funding/merchant/merchant-days.js';
import { amount, code, shown } from '../documents/amount-fields.js';
import { calendarOnPaper, withinCalendar } from '../documents/calendar-on-paper.js';
import { merchantFromValue } from '../documents/merchant-document.js';

const merchantCaseSchema = mapping({
  kind: oneOf('merchant'),
  merchant: z.unknown(),
  calendar: z.unknown().optional(),
  through: date(),
  orders: listOf(
    mapping({ day: date(), order_no: code(), principal: amount(1), interest: amount().default(0) }),
  ).default([]),
  refunds: listOf(
    mapping({
      day: date(),
      refund_no: code(),
      order_no: code(),
      amount: amount(1),
      earned: amount().default(0),
    }),
  ).default([]),
});
type MerchantCase = z.output<typeof merchantCaseSchema>;

/** What a merchant is paid through a day. Throws LoanbookError `invalid_document`. */
export function simulateMerchant(input: unknown, name = 'merchant'): object {
  const document = checkShape(merchantCaseSchema, input, { name });
  const { merchant } = merchantFromValue(document.merchant, { name, path: 'merchant' });
  const calendar = calendarOnPaper(document.calendar, name);
  refuseRepeatedOrders(document, name);
  const through = checkedDay(document.through);
  const { days, rejected } = merchantBusiness(
    merchant,
    document.orders.map(({ day, order_no, principal, interest }) => ({
      ...{ day: checkedDay(day), orderNo: order_no, principal, interest },
    })),
    document.refunds.map(({ day, refund_no, order_no, ...amounts }) => ({
      ...{ day: checkedDay(day), refundNo: refund_no, orderNo: order_no, ...amounts },
    })),
    through,
  );
  const { settlements, state } = withinCalendar(name, () =>
    settleMerchant(merchant, calendar, NEW_MERCHANT, days, through),
  );
  const isBilled = isReceivable(merchant, state, through);
  return {
    settlements: settlements.map(shownSettlement),
    hold_back: shown(heldBack(state)),
    carried: shown(isBilled ? 0 : state.carried),
    receivable: shown(isBilled ? 0 - state.carried : 0),
    rejected: rejected.map(({ refundNo, rule }) => ({ refund_no: refundNo, rule })),
  };
}

function refuseRepeatedOrders({ orders }: MerchantCase, name: string): void {
  const first = new Map<string, number>();
  for (const [at, { order_no }] of orders.entries()) {
    if (!first.has(order_no)) first.set(order_no, at);
  }
  refuseViolations(
    { name },
    orders.flatMap(({ order_no }, at) =>
      first.get(order_no) === at
        ? []
        : [{ path: `orders[${at}].order_no`, rule: 'is an order already', value: order_no }],
    ),
  );
}

function shownSettlement(each: MerchantSettlement): object {
  return {
    due_on: formatDay(each.dueOn),
    gross: shown(each.gross),
    fee: shown(each.fee),
    subsidy: shown(each.subsidy),
    withheld: shown(each.withheld),
    refunds: shown(each.refunds),
    fee_back: shown(each.feeBack),
    subsidy_back: shown(each.subsidyBack),
    released: shown(each.released),
    drawn: shown(each.drawn),
    carried_in: shown(each.carriedIn),
    paid: shown(each.paid),
    carried_out: shown(each.carriedOut),
  };
}
