import type { z } from 'zod';
import { decimal, listOf, mapping, oneOf } from '../../../documents/fields.js';
import { readDocumentText } from '../../../documents/read-text.js';
import { checkShape, refuseViolations, type Violation } from '../../../documents/violations.js';
import type { Ratio } from '../../../operations/figures/ratio.js';
import { LIMITED_FIGURES, type Limit } from '../../../operations/figures/red-list.js';

/** Limits of figures: what passes one makes the page of a morning red. */
export const limitList = listOf(
  mapping({
    figure: oneOf(...LIMITED_FIGURES),
    above: decimal().optional(),
    below: decimal().optional(),
  }),
).default([]);
type LimitList = z.output<typeof limitList>;

const limitsSchema = mapping({ limits: limitList });

/** Reads a document of limits. Throws LoanbookError `invalid_document` (2), with paths. */
export function readLimits(text: string, name: string): Limit[] {
  const { limits } = checkShape(limitsSchema, readDocumentText(text, name), { name });
  refuseViolations({ name }, limitFaults(limits));
  return limitsOf(limits);
}

export function limitsOf(limits: LimitList): Limit[] {
  return limits.map(({ figure, above, below }) => ({
    figure,
    above: ratioOf(above),
    below: ratioOf(below),
  }));
}

export function limitFaults(limits: LimitList): Violation[] {
  return limits.flatMap(({ above, below }, at) =>
    above === undefined && below === undefined
      ? [{ path: `limits[${at}]`, rule: 'must have above or below' }]
      : [],
  );
}

/** A decimal number of any length, exactly. */
function ratioOf(text: string | undefined): Ratio | null {
  if (text === undefined) return null;
  const [whole = '', fraction = ''] = text.replace('+', '').split('.');
  return { num: BigInt(whole + fraction), den: 10n ** BigInt(fraction.length) };
}
