import type { z } from 'zod';
import { formatAmount } from '../../../accounting/money/amount-text.js';
import {
  checkedDay,
  date,
  flag,
  integer,
  mapping,
  oneOf,
  rate,
  someOf,
} from '../../../documents/fields.js';
import { jsonSchemaOf } from '../../../documents/json-schema.js';
import { checkShape, type DocumentSource } from '../../../documents/violations.js';
import {
  COVERED,
  type Guarantee,
  type GuaranteeFee,
  type GuaranteeTerms,
} from '../../../funding/terms/guarantee.js';
import {
  amountOrNull,
  amountText,
  checkedAmount,
  checkedRate,
  code,
  MINOR_DIGITS,
} from './amount-fields.js';

/** What the customer pays the guarantor; the keys of `fee` of a guarantee. */
export const guaranteeFeeSchema = mapping({
  base: oneOf('balance', 'principal').default('balance'),
  rate: rate(),
  collected: oneOf('per_instalment', 'upfront').default('per_instalment'),
  refund: oneOf('none', 'pro_rata').default('none'),
});

const termFields = (minorDigits: number) => ({
  guarantor: code(),
  covers: someOf(oneOf(...COVERED)).default(['principal', 'interest']),
  after_days: integer(0).nullable().default(null),
  recovery_order: oneOf('oldest_first', 'lender_first').default('oldest_first'),
  buy_back: mapping({
    after_days: integer(0).nullable().default(null),
    in_row: integer(1).nullable().default(null),
    in_all: integer(1).nullable().default(null),
    interest_to: oneOf('none', 'value_date').default('none'),
  }).prefault({}),
  cap: mapping({
    rate: rate(),
    disbursed: amountText(minorDigits)
      .nullable()
      .default(null)
      .describe('null: what the book has disbursed under the guarantee'),
    used: amountText(minorDigits).default(formatAmount(0, minorDigits)),
    restored_by_recovery: flag().default(false),
  })
    .nullable()
    .default(null),
  fee: guaranteeFeeSchema.nullable().default(null),
});

/** The terms alone, as a case on paper has them. */
export const guaranteeTermsSchema = (minorDigits = MINOR_DIGITS) =>
  mapping(termFields(minorDigits));
type TermsDocument = z.output<ReturnType<typeof guaranteeTermsSchema>>;

const guaranteeSchema = (minorDigits = MINOR_DIGITS) =>
  mapping({
    code: code(),
    version: integer(1).default(1),
    effective_from: date().default('1970-01-01'),
    ...termFields(minorDigits),
  });

/** A checked guarantee: plain JSON, every default filled in, amounts and rates as their text. */
export type GuaranteeDocument = z.output<ReturnType<typeof guaranteeSchema>>;

export interface CheckedGuarantee {
  readonly document: GuaranteeDocument;
  readonly guarantee: Guarantee;
}

/** A guarantee from a document's value. Throws LoanbookError `invalid_document`, with paths. */
export function guaranteeFromValue(
  value: unknown,
  source: DocumentSource,
  minorDigits = MINOR_DIGITS,
): CheckedGuarantee {
  const document = checkShape(guaranteeSchema(minorDigits), value, source);
  const { code, version, effective_from, ...terms } = document;
  const effectiveFrom = checkedDay(effective_from);
  const guarantee = { code, version, effectiveFrom, ...guaranteeTerms(terms, minorDigits) };
  return { document, guarantee };
}

/** Terms that `guaranteeTermsSchema` has checked. */
export function guaranteeTerms(
  { guarantor, covers, after_days, recovery_order, buy_back, cap, fee }: TermsDocument,
  minorDigits = MINOR_DIGITS,
): GuaranteeTerms {
  return {
    guarantor,
    covers,
    afterDays: after_days,
    recoveryOrder: recovery_order,
    buyBack: {
      afterDays: buy_back.after_days,
      inRow: buy_back.in_row,
      inAll: buy_back.in_all,
      interestTo: buy_back.interest_to,
    },
    cap:
      cap === null
        ? null
        : {
            ratePpb: checkedRate(cap.rate),
            disbursedFen: amountOrNull(cap.disbursed, minorDigits),
            usedFen: checkedAmount(cap.used, minorDigits),
            restoredByRecovery: cap.restored_by_recovery,
          },
    fee: fee === null ? null : guaranteeFee(fee),
  };
}

/** A fee that `guaranteeFeeSchema` has checked. */
export function guaranteeFee({
  rate,
  ...words
}: z.output<typeof guaranteeFeeSchema>): GuaranteeFee {
  return { ...words, ratePpb: checkedRate(rate) };
}

/** The JSON Schema of a guarantee, in a currency of two decimals. */
export function guaranteeJsonSchema(): Record<string, unknown> {
  return jsonSchemaOf('loanbook funding guarantee', guaranteeSchema());
}
