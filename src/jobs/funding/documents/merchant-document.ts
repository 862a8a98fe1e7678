import type { z } from 'zod';
import { formatAmount } from '../../../accounting/money/amount-text.js';
import { checkedDay, date, integer, mapping, oneOf, rate } from '../../../documents/fields.js';
import { jsonSchemaOf } from '../../../documents/json-schema.js';
import {
  checkShape,
  type DocumentSource,
  refuseViolations,
} from '../../../documents/violations.js';
import { faultsOfMerchant, type Merchant } from '../../../funding/terms/merchant.js';
import {
  amountOrNull,
  amountText,
  checkedAmount,
  checkedRate,
  code,
  MINOR_DIGITS,
} from './amount-fields.js';

const DAYS_MAX = 366;

const merchantSchema = (minorDigits = MINOR_DIGITS) =>
  mapping({
    code: code(),
    version: integer(1).default(1),
    effective_from: date().default('1970-01-01'),
    days: integer(0, DAYS_MAX).default(1),
    minimum: amountText(minorDigits).default(formatAmount(0, minorDigits)),
    fee: mapping({
      rate: rate().default('0'),
      min: amountText(minorDigits).nullable().default(null),
      max: amountText(minorDigits).nullable().default(null),
      on_refund: oneOf('keep', 'pro_rata').default('keep'),
    }).prefault({}),
    subsidy: mapping({ share: rate().default('0') }).prefault({}),
    hold_back: mapping({
      rate: rate().default('0'),
      release_days: integer(0).default(0),
    }).prefault({}),
    receivable_after_days: integer(0).default(7),
  });

/** A checked merchant: plain JSON, every default filled in, amounts and rates as their text. */
export type MerchantDocument = z.output<ReturnType<typeof merchantSchema>>;

export interface CheckedMerchant {
  readonly document: MerchantDocument;
  readonly merchant: Merchant;
}

/** A merchant from a document's value. Throws LoanbookError `invalid_document`, with paths. */
export function merchantFromValue(
  value: unknown,
  source: DocumentSource,
  minorDigits = MINOR_DIGITS,
): CheckedMerchant {
  const document = checkShape(merchantSchema(minorDigits), value, source);
  const { fee, subsidy, hold_back } = document;
  const merchant = {
    code: document.code,
    version: document.version,
    effectiveFrom: checkedDay(document.effective_from),
    days: document.days,
    minimumFen: checkedAmount(document.minimum, minorDigits),
    fee: {
      ratePpb: checkedRate(fee.rate),
      minFen: amountOrNull(fee.min, minorDigits),
      maxFen: amountOrNull(fee.max, minorDigits),
      onRefund: fee.on_refund,
    },
    subsidySharePpb: checkedRate(subsidy.share),
    holdBackPpb: checkedRate(hold_back.rate),
    holdBackReleaseDays: hold_back.release_days,
    receivableAfterDays: document.receivable_after_days,
  };
  refuseViolations(source, faultsOfMerchant(merchant));
  return { document, merchant };
}

/** The JSON Schema of a merchant, in a currency of two decimals. */
export function merchantJsonSchema(): Record<string, unknown> {
  return jsonSchemaOf('loanbook merchant', merchantSchema());
}
