import { z } from 'zod';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import { checkedDay, date, listOf, mapping, oneOf } from '../../../documents/fields.js';
import { checkShape, refuseViolations } from '../../../documents/violations.js';
import { netSettlements } from '../../../funding/settle/net-settlement.js';
import { faultsOfSettlement } from '../../../funding/terms/settlement.js';
import { code, shown, signedAmount } from '../documents/amount-fields.js';
import { calendarOnPaper, withinCalendar } from '../documents/calendar-on-paper.js';
import { settlementFields, settlementTerms } from '../documents/settlement-fields.js';

const settleSchema = mapping({
  kind: oneOf('settle'),
  terms: settlementFields().prefault({}),
  calendar: z.unknown().optional(),
  through: date(),
  items: listOf(
    mapping({
      business_date: date(),
      ref: code(),
      kind: code(),
      amount: signedAmount(),
      value_date: date().optional(),
    }),
  ),
});

/** What is settled of items through a day. Throws LoanbookError `invalid_document`. */
export function simulateSettle(input: unknown, name = 'settle'): object {
  const document = checkShape(settleSchema, input, { name });
  const terms = settlementTerms(document.terms);
  refuseViolations({ name }, faultsOfSettlement(terms, 'terms'));
  const calendar = calendarOnPaper(document.calendar, name);
  const items = document.items.map(({ business_date, amount }) => ({
    ...{ businessDate: checkedDay(business_date), amount },
  }));
  const { settlements, carried, notDue } = withinCalendar(name, () =>
    netSettlements(terms, calendar, items, checkedDay(document.through)),
  );
  return {
    settlements: settlements
      .filter(({ amount }) => amount !== 0)
      .map(({ dueOn, from, to, amount }) => ({
        due_on: formatDay(dueOn),
        from: formatDay(from),
        to: formatDay(to),
        amount: shown(amount),
      })),
    carried: shown(carried),
    not_due: shown(notDue),
  };
}
