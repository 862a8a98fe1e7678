import type { ProductDocument } from './product-schema.js';
import type { Violation } from './violations.js';

/**
 * What a product document may say but no loan can be computed with yet. The one place: to lift a
 * restriction, delete its line.
 */
export function notSupported({ interest }: ProductDocument): Violation[] {
  const asked: readonly (readonly [path: string, value: unknown, supported: boolean])[] = [
    ['interest.recalculation', interest.recalculation, interest.recalculation === null],
  ];
  return asked
    .filter(([, , supported]) => !supported)
    .map(([path, value]) => ({ path, rule: 'not_supported', value }));
}
