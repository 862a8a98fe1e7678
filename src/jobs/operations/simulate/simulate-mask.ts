import { checkShape } from '../../../documents/violations.js';
import { maskField, maskText } from '../../../files/mask.js';
import { maskSchema } from '../documents/mask-input.js';

/** What is shown of values. Throws LoanbookError `invalid_document`. */
export function simulateMask(input: unknown, source = 'mask'): object {
  const { items } = checkShape(maskSchema, input, { name: source });
  const masked = items.map(({ field, value }) =>
    field === 'text' ? maskText(value) : maskField(field, value),
  );
  return { masked };
}
