import type { ProductDocument } from './product-schema.js';
import type { Violation } from './violations.js';

/**
 * What a product document may say but no loan can be computed with yet. The one place: to lift a
 * restriction, delete its line.
 */
export function notSupported({ interest, allocation }: ProductDocument): Violation[] {
  const asked: readonly (readonly [path: string, value: unknown, supported: boolean])[] = [
    ['interest.recalculation', interest.recalculation, interest.recalculation === null],
    ['allocation.past_due_first', true, !allocation.past_due_first],
    ['allocation.in_advance', allocation.in_advance, allocation.in_advance === null],
    ['allocation.early_payment', allocation.early_payment, allocation.early_payment === 'hold'],
  ];
  return asked
    .filter(([, , supported]) => !supported)
    .map(([path, value]) => ({ path, rule: 'not_supported', value }));
}
