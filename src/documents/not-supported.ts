import type { ProductDocument } from './product-schema.js';
import type { Violation } from './violations.js';

const METHODS: ReadonlySet<ProductDocument['repayment']['method']> = new Set([
  'level_payment',
  'equal_principal',
  'interest_only',
  'bullet',
] as const);

/**
 * What a product document may say but no loan can be computed with yet. The one place: to lift a
 * restriction, delete its line.
 */
export function notSupported({ repayment, interest, allocation }: ProductDocument): Violation[] {
  const asked: readonly (readonly [path: string, value: unknown, supported: boolean])[] = [
    ['repayment.method', repayment.method, METHODS.has(repayment.method)],
    ['repayment.carry_fraction', true, !repayment.carry_fraction],
    ['repayment.down_payment', repayment.down_payment, repayment.down_payment === null],
    ['repayment.flat_total', true, !repayment.flat_total],
    [
      'repayment.amortization_periods',
      repayment.amortization_periods,
      repayment.amortization_periods === null,
    ],
    ['interest.leap_year', interest.leap_year, interest.leap_year === 'year'],
    ['interest.year_cut', interest.year_cut, interest.year_cut === 'dec_31'],
    ['interest.recalculation', interest.recalculation, interest.recalculation === null],
    ['allocation.past_due_first', true, !allocation.past_due_first],
    ['allocation.in_advance', allocation.in_advance, allocation.in_advance === null],
    ['allocation.early_payment', allocation.early_payment, allocation.early_payment === 'hold'],
  ];
  return asked
    .filter(([, , supported]) => !supported)
    .map(([path, value]) => ({ path, rule: 'not_supported', value }));
}
