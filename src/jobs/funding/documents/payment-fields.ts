import { field, mapping } from '../../../documents/fields.js';
import { checkShape } from '../../../documents/violations.js';
import {
  type Creditor,
  ISO_ACCOUNT_MAX,
  ISO_NAME_MAX,
} from '../../../files/formats/pain/pain008.js';
import { MINOR_DIGITS } from './amount-fields.js';
import { deductionFields } from './deduction-document.js';

const BIC = /^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?$/;

/** Who collects, in files of pain.008. */
const creditorSchema = () =>
  mapping({
    name: characters(ISO_NAME_MAX),
    account: characters(ISO_ACCOUNT_MAX),
    agent: field('must be a BIC of 8 or 11 characters', { pattern: BIC.source }, (text) =>
      BIC.test(text) ? text : undefined,
    ),
  });

function characters(max: number) {
  const schema = { type: 'string', minLength: 1, maxLength: max };
  return field(`must be 1 to ${max} characters`, schema, (text) =>
    text !== '' && text.length <= max ? text : undefined,
  );
}

/** The keys of a channel that is asked for money, beside those of its reconciliation. */
export const paymentFields = (minorDigits = MINOR_DIGITS) => ({
  ...deductionFields(minorDigits),
  iso20022: creditorSchema().nullable().default(null),
});

/** Who collects; null: the channel takes our CSV. Throws LoanbookError `invalid_document`. */
export function creditorOfChannel(document: Readonly<Record<string, unknown>>): Creditor | null {
  const { iso20022 = null } = document;
  if (iso20022 === null) return null;
  const source = { name: `channel ${String(document.code)}`, path: 'iso20022' };
  return checkShape(creditorSchema(), iso20022, source);
}
