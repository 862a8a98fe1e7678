import { z } from 'zod';
import { checkedDay, date, integer, mapping, oneOf, words } from '../../../documents/fields.js';
import { jsonSchemaOf } from '../../../documents/json-schema.js';
import {
  checkShape,
  type DocumentSource,
  refuseViolations,
} from '../../../documents/violations.js';
import {
  AUTHORITIES,
  FILE_FAMILIES,
  faultsOfPartner,
  PARTNER_ROLES,
  type Partner,
} from '../../../funding/terms/partner.js';
import { code, MINOR_DIGITS } from './amount-fields.js';
import { settlementFields, settlementTerms } from './settlement-fields.js';

const partnerSchema = (minorDigits = MINOR_DIGITS) =>
  mapping({
    code: code(),
    version: integer(1).default(1),
    effective_from: date().default('1970-01-01'),
    group: code().optional().describe('partners of one group count together; default: its code'),
    role: oneOf(...PARTNER_ROLES).default('participant'),
    authority: oneOf(...AUTHORITIES).default('ours'),
    tolerance: integer(0).default(0),
    cross_days: integer(0, 31).default(2),
    settlement: settlementFields(minorDigits).prefault({}),
    layouts: z
      .partialRecord(z.enum(FILE_FAMILIES), words(), {
        error: `must be a mapping of ${FILE_FAMILIES.join(', ')}`,
      })
      .default({}),
  });

/** A checked partner document: plain JSON, every default filled in, amounts as their text. */
export type PartnerDocument = z.output<ReturnType<typeof partnerSchema>> & {
  readonly group: string;
};

export interface CheckedPartner {
  readonly document: PartnerDocument;
  readonly partner: Partner;
}

/** A partner from a document's value. Throws LoanbookError `invalid_document`, with paths. */
export function partnerFromValue(
  value: unknown,
  source: DocumentSource,
  minorDigits = MINOR_DIGITS,
): CheckedPartner {
  const checked = checkShape(partnerSchema(minorDigits), value, source);
  const document = { ...checked, group: checked.group ?? checked.code };
  const { effective_from, cross_days, settlement, ...rest } = document;
  const partner = {
    ...rest,
    effectiveFrom: checkedDay(effective_from),
    crossDays: cross_days,
    settlement: settlementTerms(settlement, minorDigits),
  };
  refuseViolations(source, faultsOfPartner(partner));
  return { document, partner };
}

/** The JSON Schema of a partner, in a currency of two decimals. */
export function partnerJsonSchema(): Record<string, unknown> {
  return jsonSchemaOf('loanbook funding partner', partnerSchema());
}
