import { CLASS_NAMES } from '../../../accounting/fold/position.js';
import type { Fen } from '../../../accounting/money/units.js';
import type { OpeningPosition } from '../../../accounting/opening/opening-position.js';
import {
  checkedDay,
  date,
  decimal,
  flag,
  integer,
  listOf,
  mapping,
  oneOf,
} from '../../../documents/fields.js';

const SEQ_MAX = 36_600;

/** The position of a running loan (CONVENTIONS, Opening), in the words of a file of balances. */
export const openingSchema = mapping({
  cut_over_on: date(),
  principal_not_due: decimal(),
  interest_accrued: decimal().default('0'),
  suspense: decimal().default('0'),
  accruing: flag().default(true),
  written_off: flag().default(false),
  periods_paid: integer(0, SEQ_MAX).nullable().default(null),
  days_past_due: integer(0).nullable().default(null),
  class: oneOf(...CLASS_NAMES)
    .nullable()
    .default(null),
  history: flag().default(false),
  installments: listOf(
    mapping({
      seq: integer(1, SEQ_MAX),
      due_on: date(),
      free_until: date().nullable().default(null),
      principal: decimal().default('0'),
      interest: decimal().default('0'),
      penalty: decimal().default('0'),
      compound: decimal().default('0'),
      fee: decimal().default('0'),
    }),
  ).default([]),
  schedule: listOf(
    mapping({
      seq: integer(1, SEQ_MAX),
      due_on: date(),
      principal: decimal(),
      interest: decimal(),
      fee: decimal().default('0'),
    }),
  )
    .nullable()
    .default(null),
});
type OpeningDocument = ReturnType<typeof openingSchema.parse>;

/** `amountOf` reads an amount of the loan's currency, and reports one that is none. */
export function readOpening(
  opening: OpeningDocument,
  amountOf: (path: string, text: string) => Fen,
): OpeningPosition {
  const amount = (key: string, text: string) => amountOf(`opening.${key}`, text);
  return {
    cutOverOn: checkedDay(opening.cut_over_on),
    principalNotDue: amount('principal_not_due', opening.principal_not_due),
    interestAccrued: amount('interest_accrued', opening.interest_accrued),
    suspense: amount('suspense', opening.suspense),
    accruing: opening.accruing,
    writtenOff: opening.written_off,
    periodsPaid: opening.periods_paid,
    daysPastDue: opening.days_past_due,
    classification: opening.class === null ? null : CLASS_NAMES.indexOf(opening.class),
    fromBirth: opening.history,
    open: opening.installments.map((item, k) => ({
      seq: item.seq,
      dueOn: checkedDay(item.due_on),
      freeUntil: item.free_until === null ? null : checkedDay(item.free_until),
      principal: amount(`installments[${k}].principal`, item.principal),
      interest: amount(`installments[${k}].interest`, item.interest),
      penalty: amount(`installments[${k}].penalty`, item.penalty),
      compound: amount(`installments[${k}].compound`, item.compound),
      fee: amount(`installments[${k}].fee`, item.fee),
    })),
    coming:
      opening.schedule?.map((item, k) => ({
        seq: item.seq,
        dueOn: checkedDay(item.due_on),
        principal: amount(`schedule[${k}].principal`, item.principal),
        interest: amount(`schedule[${k}].interest`, item.interest),
        fee: amount(`schedule[${k}].fee`, item.fee),
      })) ?? null,
  };
}
