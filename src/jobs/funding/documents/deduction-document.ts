import { z } from 'zod';
import { formatAmount } from '../../../accounting/money/amount-text.js';
import { flag, integer, listOf, mapping, oneOf, words } from '../../../documents/fields.js';
import {
  checkShape,
  type DocumentSource,
  refuseViolations,
} from '../../../documents/violations.js';
import {
  type DeductionTerms,
  FAILURE_CLASSES,
  faultsOfDeduction,
  RESULT_STATES,
} from '../../../funding/terms/deduction.js';
import { amountOrNull, amountText, checkedAmount, code, MINOR_DIGITS } from './amount-fields.js';

/** The keys of a channel that collects from cards, beside those of its reconciliation. */
export const deductionFields = (minorDigits = MINOR_DIGITS) => {
  const limits = () => ({
    single: amountText(minorDigits, 1).nullable().default(null),
    daily: amountText(minorDigits, 1).nullable().default(null),
  });
  return {
    ...limits(),
    banks: z
      .record(z.string(), mapping({ ...limits(), prefixes: listOf(words()).default([]) }), {
        error: 'must be a mapping of banks',
      })
      .default({}),
    minimum: amountText(minorDigits).default(formatAmount(1, minorDigits)),
    partial: flag().default(false),
    max_attempts: integer(1).default(3),
    batch_max: integer(1).nullable().default(null),
    words: z
      .record(z.string(), oneOf(...RESULT_STATES), { error: 'must be a mapping of words' })
      .default({ S: 'success', F: 'failed', P: 'unknown' }),
    codes: z
      .record(z.string(), oneOf(...FAILURE_CLASSES), { error: 'must be a mapping of codes' })
      .default({}),
  };
};

const deductionSchema = (minorDigits = MINOR_DIGITS) =>
  mapping({ code: code(), ...deductionFields(minorDigits) });
type DeductionDocument = z.output<ReturnType<typeof deductionSchema>>;

/** A channel that says nothing but how it collects, as a case on paper has it. */
export function deductionFromValue(
  value: unknown,
  source: DocumentSource,
  minorDigits = MINOR_DIGITS,
): DeductionTerms {
  const document = checkShape(deductionSchema(minorDigits), value, source);
  const terms = deductionTerms(document, minorDigits);
  refuseViolations(source, faultsOfDeduction(terms));
  return terms;
}

/** The same of a channel of a book, whose other keys say how it is reconciled. */
export function deductionOfChannel(
  document: Readonly<Record<string, unknown>>,
  minorDigits: number,
): DeductionTerms {
  const keys = ['code', ...Object.keys(deductionFields(minorDigits))];
  const own = keys.filter((key) => key in document).map((key) => [key, document[key]]);
  const name = `channel ${String(document.code)}`;
  return deductionFromValue(Object.fromEntries(own), { name }, minorDigits);
}

/** Terms whose keys `deductionFields` have checked. */
export function deductionTerms(
  document: DeductionDocument,
  minorDigits = MINOR_DIGITS,
): DeductionTerms {
  const limits = (each: { single: string | null; daily: string | null }) => ({
    singleFen: amountOrNull(each.single, minorDigits),
    dailyFen: amountOrNull(each.daily, minorDigits),
  });
  return {
    code: document.code,
    ...limits(document),
    banks: new Map(
      Object.entries(document.banks).map(([bank, each]) => [
        bank,
        { ...limits(each), prefixes: each.prefixes },
      ]),
    ),
    minimumFen: checkedAmount(document.minimum, minorDigits),
    partial: document.partial,
    maxAttempts: document.max_attempts,
    batchMax: document.batch_max,
    words: new Map(Object.entries(document.words)),
    codes: new Map(Object.entries(document.codes)),
  };
}
