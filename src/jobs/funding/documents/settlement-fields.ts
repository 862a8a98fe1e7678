import type { z } from 'zod';
import { formatAmount } from '../../../accounting/money/amount-text.js';
import { checkedDay, date, flag, integer, listOf, mapping } from '../../../documents/fields.js';
import type { SettlementTerms } from '../../../funding/terms/settlement.js';
import { amountText, checkedAmount, MINOR_DIGITS } from './amount-fields.js';

const DAYS_MAX = 366;

/** When what is owed is paid; the keys of `settlement` of a partner. */
export function settlementFields(minorDigits = MINOR_DIGITS) {
  return mapping({
    days: integer(0, DAYS_MAX).default(1),
    minimum: amountText(minorDigits).default(formatAmount(0, minorDigits)),
    net: flag().default(true),
    month_end: flag().default(true),
    dark: listOf(mapping({ from: date(), to: date() })).default([]),
  });
}
type SettlementFields = z.output<ReturnType<typeof settlementFields>>;

export function settlementTerms(
  { days, minimum, net, month_end, dark }: SettlementFields,
  minorDigits = MINOR_DIGITS,
): SettlementTerms {
  return {
    days,
    minimumFen: checkedAmount(minimum, minorDigits),
    net,
    monthEnd: month_end,
    dark: dark.map(({ from, to }) => ({ from: checkedDay(from), to: checkedDay(to) })),
  };
}
