import type { Violation } from '../../documents/violations.js';
import type { LayoutShape } from './layout-schema.js';

/** What contradicts itself in a layout, or has no effect. */
export function layoutViolations(_shape: LayoutShape): Violation[] {
  return [];
}
