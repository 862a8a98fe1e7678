import { LOAN_COLUMNS } from './loan-columns.js';
import type { RowProblem } from './source/source-columns.js';

/** Which column a contract that has no schedule is reported under; else the product's. */
const REFUSED_FIELDS: Readonly<Record<string, string>> = {
  first_due_not_after_disbursement: 'first_due_on',
  principal_free_too_long: 'periods',
  rate_out_of_range: 'rate',
};

/** What is wrong with the row of a loan whose contract is refused by `rule`. */
export function refusedField(rule: string, fields: readonly string[]): RowProblem {
  const field = REFUSED_FIELDS[rule] ?? 'product';
  const at = LOAN_COLUMNS.findIndex((column) => column.name === field);
  return { field, rule, value: fields[at] ?? '' };
}
