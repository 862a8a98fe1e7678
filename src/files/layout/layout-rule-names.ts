/**
 * The rules by which a line fails, under the names that partners' files have, and the names under
 * which imports and statements have always reported the same.
 */
const NAMES = {
  field_count: 'column_count',
  amount: 'malformed_amount',
  rate: 'malformed_rate',
  date: 'malformed_date',
  integer: 'malformed_count',
  unknown_word: 'value_not_mapped',
  repeated_key: 'duplicate',
  nul_character: 'nul_character',
  record_kind: 'record_kind',
  expression: 'expression',
} as const;

export type LayoutRule = keyof typeof NAMES;

/** Every rule by which a line may fail. */
export const LAYOUT_RULES = Object.keys(NAMES) as LayoutRule[];

/** What an import or a statement calls the rule. */
export function importRuleOf(rule: LayoutRule): string {
  return NAMES[rule];
}

/**
 * What partners' files call the rules that refuse a whole file, and the codes of the errors:
 * `wrong_header` has long been known to who imports.
 */
export const REFUSALS = {
  bad_head: 'bad_head',
  bad_trailer: 'bad_trailer',
  columns_differ: 'wrong_header',
  count_differs: 'count_differs',
  total_differs: 'total_differs',
  balance_broken: 'balance_broken',
} as const;

export type LayoutRefusal = keyof typeof REFUSALS;
