import type { ColumnSpec, RowProblem } from './source-columns.js';

export const LOAN_COLUMNS: readonly ColumnSpec[] = [
  { name: 'loan_no', required: true },
  { name: 'product', required: true },
  { name: 'product_version', required: false },
  { name: 'principal', required: true },
  { name: 'rate', required: true },
  { name: 'periods', required: false },
  { name: 'disbursed_on', required: true },
  { name: 'first_due_on', required: false },
  { name: 'paid_periods', required: false },
  { name: 'org', required: false },
  { name: 'party', required: false },
  { name: 'funding_plan', required: false },
  { name: 'merchant', required: false },
];

/** Columns of `import_row`, in the order in which `put` writes them. */
export const LOAN_STAGE_COLUMNS = [
  'line',
  'bucket',
  'loan_id',
  'loan_no',
  'look',
  'look_bucket',
  'product_id',
  'org',
  'principal',
  'rate',
  'rate_ppb',
  'periods',
  'disbursed_on',
  'first_due_on',
  'paid_periods',
  'born_on',
  'party',
  'plan_id',
  'merchant',
  'merchant_version',
  'due_fee',
  'brought',
] as const;

/** Columns of `import_schedule`, those of the first version of a schedule. */
export const LOAN_SCHEDULE_COLUMNS = [
  'bucket',
  'loan_id',
  'version',
  'effective_on',
  'balance_after',
  'due_on',
  'principal',
  'interest',
] as const;

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
