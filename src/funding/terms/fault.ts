import { RATE_SCALE, type RatePpb } from '../../accounting/money/units.js';

/** What is wrong with terms: the path inside their document, and the rule. */
export interface TermFault {
  readonly path: string;
  readonly rule: string;
  readonly value?: unknown;
}

/** A share of something is the whole of it at most. */
export function faultsOfShare(path: string, ppb: RatePpb): TermFault[] {
  if (ppb <= RATE_SCALE) return [];
  return [{ path, rule: 'must not be above 1', value: ppb / RATE_SCALE }];
}
